// JUnit XML, which test reports of continuous integration read: a suite per file, a failure per error.

import { plural, shown } from "../words.js";
import { testsuites, unreadable } from "./xml.js";

/** @typedef {import("../../index.js").Diagnostic} Diagnostic */

/**
 * @param {import("./index.js").Out} out
 * @param {string} noun
 * @returns {import("./index.js").Format}
 */
export function junit(out, noun) {
  return {
    file() {},
    end(results) {
      out.write(testsuites(results.map((result) => suite(result, noun))));
    },
  };
}

/**
 * @param {import("./index.js").Result} result
 * @param {string} noun
 * @returns {import("./xml.js").Suite}
 */
function suite(result, noun) {
  if ("unreadable" in result) return unreadable(result.file, result.unreadable);
  const { report } = result;
  const errors = report.diagnostics.filter(({ severity }) => severity === "error");
  const rest = report.diagnostics
    .filter(({ severity }) => severity !== "error")
    .map((finding) => described(finding, noun));
  if (report.truncated) rest.push(`${report.truncated} more findings are not listed`);
  /** @type {import("./xml.js").Case[]} */
  const cases = errors.map((error) => ({
    name: `${error.code}${place(error)}`,
    failure: { message: error.message, type: error.code, text: described(error, noun) },
  }));
  // Errors that are not listed must not make a suite pass.
  const unlisted = report.errors - errors.length;
  if (unlisted > 0) {
    const message = `${unlisted} more errors are not listed`;
    cases.push({ name: "further errors", failure: { message } });
  }
  if (cases.length === 0) cases.push({ name: plural(report.events, noun) });
  return { name: shown(result.file), cases, output: rest.join("\n") };
}

/**
 * @param {Diagnostic} diagnostic
 * @param {string} noun
 */
function described({ severity, code, message, help, docs, path, event, range }, noun) {
  const lines = [`${severity}[${code}]: ${message}`];
  if (range) lines.push(`  at ${range.start.line}:${range.start.column}`);
  if (event !== undefined) lines.push(`  in ${noun} ${event}${path && `, ${path}`}`);
  if (help) lines.push(`  help: ${help}`);
  if (docs) lines.push(`  docs: ${docs}`);
  return lines.join("\n");
}

/** @param {Diagnostic} diagnostic */
function place({ range }) {
  return range ? ` at ${range.start.line}:${range.start.column}` : "";
}
