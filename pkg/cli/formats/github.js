// Workflow commands of GitHub Actions, which become annotations.

import { printable, printableLines } from "../escape.js";
import { displayName } from "../text.js";

const COMMANDS = { error: "error", warning: "warning", info: "notice" };

/**
 * @param {import("./index.js").Out} out
 * @returns {import("./index.js").Format}
 */
export function github(out) {
  return {
    file(result) {
      const file = displayName(result.file);
      if ("unreadable" in result) {
        out.write(command("error", { file }, `${file} ${result.unreadable}`));
        return;
      }
      for (const { severity, code, message, help, range } of result.report.diagnostics) {
        const place = range && {
          line: range.start.line,
          col: range.start.column,
          endLine: range.end.line,
          endColumn: range.end.column,
        };
        const text = help ? `${message}\n${help}` : message;
        out.write(command(COMMANDS[severity], { file, ...place, title: code }, text));
      }
      const { truncated } = result.report;
      if (truncated)
        out.write(command("notice", { file }, `${truncated} more findings are not listed`));
    },
    end() {},
  };
}

/**
 * @param {string} name
 * @param {{ [name: string]: string | number }} properties
 * @param {string} message
 */
function command(name, properties, message) {
  const list = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(printable(String(value)))}`,
  );
  return `::${name} ${list.join(",")}::${escapeData(printableLines(message))}\n`;
}

/** @param {string} text */
function escapeData(text) {
  return text.replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** @param {string} text */
function escapeProperty(text) {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
