// The command `test`.

import { runCommand } from "../run-command.js";

/**
 * @param {string[]} files
 * @param {object} options
 * @returns {Promise<number>} the exit status
 */
export function testCommand(files, options) {
  return runCommand("test", { files, ...options });
}
