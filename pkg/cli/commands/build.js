// The command `build`.

import { runCommand } from "../run-command.js";

/**
 * @param {string | undefined} name
 * @param {object} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function buildCommand(name, options, usage) {
  return runCommand("build", { name, ...options }, { usage });
}
