// The command `validate`: events.

import { reportCommand } from "./files.js";
import { EVENTS } from "./report.js";
import { schemasIn } from "./schemas.js";
import { printable } from "./terminal.js";

/**
 * @param {string[]} files
 * @param {import("./files.js").CommonOptions & { schemas?: string }} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function validateCommand(files, options, usage) {
  const { severity, profile, maxDiagnostics, schemas: folder, ...how } = options;
  let schemas;
  try {
    schemas = folder === undefined ? undefined : await schemasIn(folder);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    return 2;
  }
  const all = {
    profile,
    maxDiagnostics,
    ...(severity && { severity }),
    ...(schemas && { schemas }),
  };
  return reportCommand(files, EVENTS, all, how, usage);
}
