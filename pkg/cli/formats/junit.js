// JUnit XML, which test reports of continuous integration read: a suite per file, a failure per error.

import { plural, shown } from "../words.js";

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
      const suites = results.map((result) => suite(result, noun));
      const tests = sum(suites.map((one) => one.tests));
      const failures = sum(suites.map((one) => one.failures));
      const errors = sum(suites.map((one) => one.errors));
      out.write(
        [
          '<?xml version="1.0" encoding="UTF-8"?>',
          `<testsuites name="prefect-events" tests="${tests}" failures="${failures}" errors="${errors}">`,
          ...suites.map((one) => one.xml),
          "</testsuites>\n",
        ].join("\n"),
      );
    },
  };
}

/**
 * @param {import("./index.js").Result} result
 * @param {string} noun
 */
function suite(result, noun) {
  const file = shown(result.file);
  if ("unreadable" in result) {
    const message = toXml(`${file} ${result.unreadable}`);
    const xml = testcase(file, "can be read", `<error message="${message}" type="unreadable"/>`);
    return wrap(file, [xml], 0, 1, "");
  }
  const { report } = result;
  const errors = report.diagnostics.filter(({ severity }) => severity === "error");
  const rest = report.diagnostics
    .filter(({ severity }) => severity !== "error")
    .map((finding) => described(finding, noun));
  if (report.truncated) rest.push(`${report.truncated} more findings are not listed`);
  // Errors that are not listed must not make a suite pass.
  const unlisted = report.errors - errors.length;
  const cases = errors.map((error) =>
    testcase(file, `${error.code}${place(error)}`, failure(error, noun)),
  );
  if (unlisted > 0) {
    cases.push(
      testcase(
        file,
        "further errors",
        `<failure message="${unlisted} more errors are not listed"/>`,
      ),
    );
  }
  const failures = cases.length;
  if (failures === 0) cases.push(testcase(file, plural(report.events, noun), ""));
  return wrap(file, cases, failures, 0, rest.join("\n"));
}

/**
 * @param {string} file
 * @param {string[]} cases
 * @param {number} failures
 * @param {number} errors
 * @param {string} output
 */
function wrap(file, cases, failures, errors, output) {
  const tests = cases.length;
  const xml = [
    `  <testsuite name="${toXml(file)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="0">`,
    ...cases,
    ...(output ? [`    <system-out>${toXml(output)}</system-out>`] : []),
    "  </testsuite>",
  ].join("\n");
  return { tests, failures, errors, xml };
}

/**
 * @param {string} file
 * @param {string} name
 * @param {string} content
 */
function testcase(file, name, content) {
  const start = `    <testcase classname="${toXml(file)}" name="${toXml(name)}"`;
  return content ? `${start}>\n      ${content}\n    </testcase>` : `${start}/>`;
}

/**
 * @param {Diagnostic} error
 * @param {string} noun
 */
function failure(error, noun) {
  return `<failure message="${toXml(error.message)}" type="${toXml(error.code)}">${toXml(described(error, noun))}</failure>`;
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

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @type {{ [character: string]: string }} */
const ENTITIES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
  "\r": "&#13;",
};

/**
 * For text and attributes; what XML 1.0 cannot hold at all becomes U+FFFD.
 * @param {string} text
 */
function toXml(text) {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"\n\t\r]/g, (character) => ENTITIES[character] ?? character);
}
