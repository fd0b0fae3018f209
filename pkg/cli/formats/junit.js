// JUnit XML, for CI that shows test results: its suites and cases.
// Findings: one suite per file and one failure per error. Scenarios: one suite each and one case per expectation.

import { PLAIN } from "../terminal.js";
import { displayName, plural } from "../text.js";
import { expectationTimeline } from "./expectation.js";
import { testsuites } from "./junit-xml.js";

/** @typedef {import("../../index.js").Diagnostic} Diagnostic */
/** @typedef {import("./junit-xml.js").Case} Case */
/** @typedef {import("./junit-xml.js").Suite} Suite */

/** Columns of a timeline in a report. */
const TIMELINE_COLUMNS = 100;

/**
 * @param {import("./index.js").Out} out
 * @param {string} noun
 * @returns {import("./index.js").Format}
 */
export function junit(out, noun) {
  return {
    file() {},
    end(results) {
      out.write(testsuites(results.map((result) => findingSuite(result, noun))));
    },
  };
}

/**
 * The results of `test`.
 * @param {import("../commands/test.js").Result[]} results
 */
export function testJunit(results) {
  return testsuites(results.flatMap(scenarioSuites));
}

/**
 * @param {import("./index.js").Result} result
 * @param {string} noun
 * @returns {Suite}
 */
function findingSuite(result, noun) {
  if ("unreadable" in result) return unreadable(result);
  const { report } = result;
  const errors = report.diagnostics.filter(({ severity }) => severity === "error");
  const rest = report.diagnostics
    .filter(({ severity }) => severity !== "error")
    .map((finding) => described(finding, noun));
  if (report.truncated) rest.push(`${report.truncated} more findings are not listed`);
  /** @type {Case[]} */
  const cases = errors.map((error) => ({
    name: `${error.code}${place(error)}`,
    failure: { message: error.message, type: error.code, text: described(error, noun) },
  }));
  // A suite with unlisted errors must not pass.
  const unlisted = report.errors - errors.length;
  if (unlisted > 0) {
    const message = `${unlisted} more errors are not listed`;
    cases.push({ name: "further errors", failure: { message } });
  }
  if (cases.length === 0) cases.push({ name: plural(report.count, noun) });
  return { name: displayName(result.file), cases, output: rest.join("\n") };
}

/**
 * @param {import("../commands/test.js").Result} result
 * @returns {Suite[]}
 */
function scenarioSuites(result) {
  if ("unreadable" in result) return [unreadable(result)];
  const file = displayName(result.file);
  const { errors, scenarios } = result.report;
  if (errors) return [{ name: file, cases: [unplayed("can be read", errors)] }];
  return scenarios.map((tested, index) => {
    const name = `${file}: ${tested.scenario ?? `scenario ${index + 1}`}`;
    if (tested.errors) return { name, cases: [unplayed("can be played", tested.errors)] };
    const cases = tested.expectations.map((expectation) => {
      const { expect, message } = expectation;
      if (!message) return { name: expect };
      const text = expectationTimeline(expectation, TIMELINE_COLUMNS, PLAIN).join("\n");
      return { name: expect, failure: { message, type: "expectation", text } };
    });
    return { name, cases };
  });
}

/**
 * @param {{ file: string, unreadable: string }} result
 * @returns {Suite}
 */
function unreadable({ file, unreadable }) {
  const name = displayName(file);
  const error = { message: `${name} ${unreadable}`, type: "unreadable" };
  return { name, cases: [{ name: "can be read", error }] };
}

/**
 * @param {string} name
 * @param {Diagnostic[]} errors
 * @returns {Case}
 */
function unplayed(name, [first]) {
  return first ? { name, error: { message: first.message, type: first.code } } : { name };
}

/**
 * @param {Diagnostic} diagnostic
 * @param {string} noun
 */
function described({ severity, code, message, help, docs, path, index, range }, noun) {
  const lines = [`${severity}[${code}]: ${message}`];
  if (range) lines.push(`  at ${range.start.line}:${range.start.column}`);
  if (index !== undefined) lines.push(`  in ${noun} ${index}${path && `, ${path}`}`);
  if (help) lines.push(`  help: ${help}`);
  if (docs) lines.push(`  docs: ${docs}`);
  return lines.join("\n");
}

/** @param {Diagnostic} diagnostic */
function place({ range }) {
  return range ? ` at ${range.start.line}:${range.start.column}` : "";
}
