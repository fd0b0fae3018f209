// The command `explain`.

import { runCommand } from "../run-command.js";

/**
 * @param {string} subject
 * @param {object} options
 * @returns {Promise<number>} the exit status
 */
export function explainCommand(subject, options) {
  return runCommand("explain", { subject, ...options });
}
