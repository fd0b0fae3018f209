// Prints the findings on a scenario, for people.

import { printable } from "../escape.js";
import { displayName } from "../text.js";

/**
 * @param {import("../../index.js").Diagnostic[]} found
 * @param {string} file
 * @param {import("../terminal.js").Colours} style
 */
export function diagnostics(found, file, style) {
  return found
    .map(({ severity, code, message, range, path, help }) => {
      const at = range ? `:${range.start.line}:${range.start.column}` : path && ` (${path})`;
      const lines = [
        `${(severity === "error" ? style.red : style.yellow)(style.bold(`${severity}[${code}]`))}${style.bold(`: ${printable(message)}`)}`,
        `${style.cyan("-->")} ${printable(displayName(file))}${printable(at)}`,
      ];
      if (help) lines.push(`  ${style.cyan("=")} ${style.bold("help")}: ${printable(help)}`);
      return lines.join("\n");
    })
    .join("\n\n");
}
