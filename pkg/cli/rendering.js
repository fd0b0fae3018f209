// How the core renders results for a command.

import { colours, columns } from "./terminal.js";
import { displayName } from "./text.js";

/**
 * @param {string} format
 * @param {import("./output.js").Out} out
 * @param {string | undefined} file of the automations
 * @param {string[]} [events] files with events
 */
export function renderingOf(format, out, file, events = []) {
  return {
    format,
    colour: colours(out).isColorSupported,
    columns: columns(out),
    ...(file !== undefined && { file: displayName(file) }),
    events: events.map(displayName),
  };
}
