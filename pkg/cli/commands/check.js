// The command `check`.

import { runCommand } from "../run-command.js";

/**
 * @param {string[]} files
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function checkCommand(files, options, usage) {
  return runCommand("check", { files, ...options }, { usage });
}
