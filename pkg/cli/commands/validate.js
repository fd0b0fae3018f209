// The command `validate`.

import { runCommand } from "../run-command.js";

/**
 * @param {string[]} files
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function validateCommand(files, options, usage) {
  return runCommand("validate", { files, ...options }, { usage });
}
