// Makes characters visible that control a terminal, reorder text or are invisible, in the few texts that do not come from
// the core: errors in arguments, and messages of live servers.

import { commandModule } from "../modules/command.js";

/**
 * Text for one line of a terminal or a log.
 * @param {string} text
 */
export function printable(text) {
  return commandModule.call((core) => core.printable(text), text.length);
}

/**
 * The same for text of several lines.
 * @param {string} text
 */
export function printableLines(text) {
  return commandModule.call((core) => core.printableLines(text), text.length);
}
