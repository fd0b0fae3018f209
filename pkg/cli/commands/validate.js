// The command `validate`: events.

import { EVENTS } from "../file-report.js";
import { printError } from "../output.js";
import { reportCommand } from "../report-command.js";
import { readSchemaFolder } from "../schema-folder.js";

/**
 * @param {string[]} files
 * @param {import("../report-command.js").CommonOptions & { schemas?: string }} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function validateCommand(files, options, usage) {
  const { severity, profile, maxDiagnostics, schemas: folder, ...how } = options;
  let schemas;
  try {
    schemas = folder === undefined ? undefined : await readSchemaFolder(folder);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printError(error.message);
  }
  const all = {
    profile,
    maxDiagnostics,
    ...(severity && { severity }),
    ...(schemas && { schemas }),
  };
  return reportCommand(files, EVENTS, all, how, usage);
}
