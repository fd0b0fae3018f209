// The command `check`: automations.

import { AUTOMATIONS } from "../file-report.js";
import { reportCommand } from "../report-command.js";

/**
 * @typedef {object} AutomationOptions
 * @property {import("../../index.js").CheckOptions["route"]} [route]
 * @property {string} [serverVersion]
 * @property {string} [clientVersion]
 * @property {number} [heartbeatFrequency]
 * @property {boolean} [cloud]
 */

/**
 * @param {string[]} files
 * @param {import("../report-command.js").CommonOptions & AutomationOptions} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function checkCommand(files, options, usage) {
  const { profile, severity, maxDiagnostics } = options;
  const { route, serverVersion, clientVersion, heartbeatFrequency, cloud, ...how } = options;
  const all = {
    profile,
    maxDiagnostics,
    ...(severity && { severity }),
    ...(route && { route }),
    ...(serverVersion && { serverVersion }),
    ...(clientVersion && { clientVersion }),
    ...(heartbeatFrequency !== undefined && { heartbeatFrequency }),
    ...(cloud && { cloud }),
  };
  return reportCommand(files, AUTOMATIONS, all, how, usage);
}
