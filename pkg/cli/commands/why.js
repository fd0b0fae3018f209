// The command `why`.

import { runCommand } from "../run-command.js";

/**
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function whyCommand(options, usage) {
  return runCommand("why", options, { usage });
}
