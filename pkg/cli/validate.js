// The command `validate`: events.

import { reportCommand } from "./files.js";
import { complain } from "./output.js";
import { EVENTS } from "./report.js";
import { schemasIn } from "./schemas.js";

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
    return complain(error.message);
  }
  const all = {
    profile,
    maxDiagnostics,
    ...(severity && { severity }),
    ...(schemas && { schemas }),
  };
  return reportCommand(files, EVENTS, all, how, usage);
}
