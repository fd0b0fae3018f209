// The command `validate`: events.

import { reportCommand } from "./files.js";
import { EVENTS } from "./report.js";

/**
 * @param {string[]} files
 * @param {import("./files.js").CommonOptions} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function validateCommand(files, { severity, profile, maxDiagnostics, ...how }, usage) {
  const all = { profile, maxDiagnostics, ...(severity && { severity }) };
  return reportCommand(files, EVENTS, all, how, usage);
}
