// Workflow commands of GitHub Actions, which become annotations.

import { printable, printableLines } from "../escape.js";
import { displayName } from "../text.js";

/** @typedef {import("../../index.js").Diagnostic} Diagnostic */

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
      out.write(findings(file, result.report.diagnostics));
      const { truncated } = result.report;
      if (truncated)
        out.write(command("notice", { file }, `${truncated} more findings are not listed`));
    },
    end() {},
  };
}

/**
 * The results of `test`: an error for each expectation that is not met.
 * @param {import("../commands/test.js").Result[]} results
 */
export function testGithub(results) {
  return results.map(ofScenarios).join("");
}

/** @param {import("../commands/test.js").Result} result */
function ofScenarios(result) {
  const file = displayName(result.file);
  if ("unreadable" in result) return command("error", { file }, `${file} ${result.unreadable}`);
  const { errors = [], warnings = [], scenarios } = result.report;
  const lines = [findings(file, [...errors, ...warnings])];
  for (const [index, { scenario, errors: own = [], expectations }] of scenarios.entries()) {
    lines.push(findings(file, own));
    const title = scenario ?? `scenario ${index + 1}`;
    for (const { message, range } of expectations)
      if (message) lines.push(command("error", { file, ...placeOf(range), title }, message));
  }
  return lines.join("");
}

/**
 * @param {string} file
 * @param {Diagnostic[]} diagnostics
 */
function findings(file, diagnostics) {
  return diagnostics
    .map(({ severity, code, message, help, range }) => {
      const text = help ? `${message}\n${help}` : message;
      return command(COMMANDS[severity], { file, ...placeOf(range), title: code }, text);
    })
    .join("");
}

/** @param {Diagnostic["range"]} range */
function placeOf(range) {
  return (
    range && {
      line: range.start.line,
      col: range.start.column,
      endLine: range.end.line,
      endColumn: range.end.column,
    }
  );
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
