// The command `diff`.

import { runCommand } from "../run-command.js";

/**
 * @param {string} old a file
 * @param {string} young the file of the new version
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function diffCommand(old, young, options, usage) {
  return runCommand("diff", { old, new: young, ...options }, { usage });
}
