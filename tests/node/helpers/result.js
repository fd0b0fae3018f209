// A hand-written result, so that the formats are tested on every field of a report.

import { excerpts } from "../../../pkg/cli/excerpt.js";

/** @typedef {import("../../../pkg/index.js").Diagnostic} Diagnostic */

export const TEXT = [
  '{"event":"prefect.task-run.Running"}',
  '{"event":"prefect.task-run.Completed","resource":{"prefect.state-type":"completed"}}',
].join("\n");

/**
 * The range of the first occurrence of a part of a text of ASCII lines.
 * @param {string} text
 * @param {string} part
 */
export function rangeOf(text, part) {
  const offset = text.indexOf(part);
  return { start: position(text, offset), end: position(text, offset + part.length) };
}

/**
 * @param {string} text
 * @param {number} offset
 */
function position(text, offset) {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: /** @type {string} */ (lines.at(-1)).length + 1, offset };
}

/** @type {Diagnostic} */
export const ERROR = {
  code: "wrong-label-value",
  severity: "error",
  message: "the label `prefect.state-type` is `completed`, not `COMPLETED`",
  index: 1,
  name: "prefect.task-run.Completed",
  path: "/resource/prefect.state-type",
  range: rangeOf(TEXT, '"completed"'),
  help: "write 100%, comma, colon: done\nand a second line",
  docs: "https://docs.example/events#task-runs",
  fix: {
    title: "write `COMPLETED`",
    edits: [{ range: rangeOf(TEXT, '"completed"'), text: '"COMPLETED"' }],
  },
};

/** @type {Diagnostic} */
export const WARNING = {
  code: "missing-label",
  severity: "warning",
  message: "a label is missing",
  index: 0,
  path: "",
  range: rangeOf(TEXT, '{"event":"prefect.task-run.Running"}'),
};

/** @type {Diagnostic} */
export const INFO = {
  code: "unknown-label",
  severity: "info",
  message: '<&"\u0007>',
  path: "/a~1b",
};

/**
 * @param {Diagnostic[]} diagnostics
 * @param {string} [text]
 * @returns {import("../../../pkg/cli/file-report.js").Checked}
 */
export function checked(diagnostics, text = TEXT) {
  const count = (/** @type {string} */ severity) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    file: "dir/some, events:1.ndjson",
    report: {
      valid: count("error") === 0,
      count: 2,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      diagnostics,
    },
    excerpts: excerpts(Buffer.from(text), 1, diagnostics),
  };
}

/**
 * The output of a format.
 * @param {(out: import("../../../pkg/cli/formats/index.js").Out, noun: string) => import("../../../pkg/cli/formats/index.js").Format} format
 * @param {import("../../../pkg/cli/file-report.js").Result[]} results
 * @param {{ isTTY?: boolean, columns?: number }} [terminal]
 * @param {string} [noun]
 */
export function render(format, results, terminal = {}, noun = "event") {
  let text = "";
  const { file, end } = format({ ...terminal, write: (piece) => (text += piece) }, noun);
  for (const result of results) file(result);
  end(results);
  return text;
}

/** @type {import("../../../pkg/cli/file-report.js").Result} */
export const UNREADABLE = { file: "-", unreadable: "is empty" };
