// The command `schema`.

import { runCommand } from "../run-command.js";

/**
 * @param {string | undefined} name
 * @returns {Promise<number>} the exit status
 */
export function schemaCommand(name) {
  return runCommand("schema", { name });
}
