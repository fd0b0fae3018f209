// JUnit XML, which test reports of continuous integration read: a suite per file, a failure per error.

import { plural, shown } from "../words.js";
import { testcase, testsuites, toXml } from "./xml.js";

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
  const name = shown(result.file);
  if ("unreadable" in result) {
    const message = toXml(`${name} ${result.unreadable}`);
    const xml = testcase(name, "can be read", `<error message="${message}" type="unreadable"/>`);
    return { name, cases: [xml], failures: 0, errors: 1 };
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
    testcase(name, `${error.code}${place(error)}`, failure(error, noun)),
  );
  if (unlisted > 0) {
    cases.push(
      testcase(
        name,
        "further errors",
        `<failure message="${unlisted} more errors are not listed"/>`,
      ),
    );
  }
  const failures = cases.length;
  if (failures === 0) cases.push(testcase(name, plural(report.events, noun), ""));
  return { name, cases, failures, errors: 0, output: rest.join("\n") };
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
