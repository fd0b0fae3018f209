// The command `simulate`.

import { runCommand } from "../run-command.js";

/**
 * @param {string | undefined} file a scenario
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function simulateCommand(file, options, usage) {
  return runCommand("simulate", { file, ...options }, { usage });
}
