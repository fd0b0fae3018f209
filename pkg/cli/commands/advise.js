// The command `advise`.

import { runCommand } from "../run-command.js";

/**
 * @param {object} options
 * @param {(message: string) => never} misuse
 * @returns {Promise<number>} the exit status
 */
export function adviseCommand(options, misuse) {
  return runCommand("advise", options, { misuse });
}
