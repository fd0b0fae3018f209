// The command `backtest`.

import { runCommand } from "../run-command.js";

/**
 * @param {string | undefined} automation a file, or the name of one
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function backtestCommand(automation, options, usage) {
  return runCommand("backtest", { automation, ...options }, { usage });
}
