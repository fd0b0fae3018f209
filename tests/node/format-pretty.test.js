import assert from "node:assert/strict";
import { test } from "node:test";

import { pretty } from "../../pkg/cli/formats/pretty.js";
import { checked, ERROR, INFO, rangeOf, render, UNREADABLE, WARNING } from "./helpers/result.js";

test("shows each finding with its position, and a summary", () => {
  assert.equal(
    render(pretty, [checked([WARNING, ERROR, INFO]), UNREADABLE]),
    `warning[missing-label]: a label is missing
 --> dir/some, events:1.ndjson:1:1
  |
1 | {"event":"prefect.task-run.Running"}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

error[wrong-label-value]: the label \`prefect.state-type\` is \`completed\`, not \`COMPLETED\`
 --> dir/some, events:1.ndjson:2:72
  |
2 | {"event":"prefect.task-run.Completed","resource":{"prefect.state-type":"completed"}}
  |                                                                        ^^^^^^^^^^^
  = help: write 100%, comma, colon: done␊and a second line
  = fix: write \`COMPLETED\` (--fix)
  = docs: https://docs.example/events#task-runs

info[unknown-label]: <&"␇>
--> dir/some, events:1.ndjson

2 events in 1 file: 1 error, 1 warning, 1 info; 1 fixable with --fix; 1 file could not be read
`,
  );
});

test("reports that nothing is wrong", () => {
  assert.equal(render(pretty, [checked([])]), "2 events in 1 file: no problems found\n");
});

test("reports how many findings are not listed, and counts each code if there are many", () => {
  const result = checked([...Array(9).fill(WARNING), ERROR, ERROR]);
  result.report.truncated = 5;
  const text = render(pretty, [result]);
  assert.match(
    text,
    /… 5 more findings in dir\/some, events:1\.ndjson not listed: --max-diagnostics lists them/,
  );
  assert.match(
    text,
    /\n {2}9 warning\[missing-label\]\n {2}2 error\[wrong-label-value\]\n\n2 events/,
  );
});

test("colours a terminal, and nothing else", () => {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  try {
    delete process.env.NO_COLOR;
    delete process.env.FORCE_COLOR;
    process.env.TERM = "xterm";
    assert.match(render(pretty, [checked([ERROR])], { isTTY: true }), /\u001b\[31m/);
    assert.doesNotMatch(render(pretty, [checked([ERROR])]), /\u001b/);
    process.env.NO_COLOR = "1";
    assert.doesNotMatch(render(pretty, [checked([ERROR])], { isTTY: true }), /\u001b/);
  } finally {
    Object.assign(process.env, {
      NO_COLOR: NO_COLOR ?? "",
      FORCE_COLOR: FORCE_COLOR ?? "0",
      TERM: TERM ?? "",
    });
  }
});

/**
 * The line and its carets.
 * @param {string} text
 * @param {import("../../pkg/index.js").TextRange} range
 * @param {number} [columns]
 */
function frameOf(text, range, columns = 60) {
  const lines = render(pretty, [checked([{ ...WARNING, range }], text)], { columns }).split("\n");
  return lines.slice(3, 5).map((line) => line.slice(line.indexOf("|") + 2));
}

test("crops a long line around the range, to the width of the terminal", () => {
  const text = `${"a".repeat(1000)}NEEDLE${"b".repeat(1000)}`;
  const [line, carets] = frameOf(text, rangeOf(text, "NEEDLE"));
  assert.match(String(line), /^…a+NEEDLEb+…$/);
  assert.equal(line?.length, 56);
  assert.equal(line?.indexOf("NEEDLE"), carets?.indexOf("^"));
  assert.equal(carets?.trim(), "^^^^^^");
});

test("crops a range that is wider than the terminal", () => {
  const text = `${"a".repeat(100)}${"N".repeat(500)}`;
  const [line, carets] = frameOf(text, rangeOf(text, "N".repeat(500)));
  assert.equal(line, `…${"N".repeat(54)}…`);
  assert.equal(carets, ` ${"^".repeat(54)}`);
});

test("does not crop short lines", () => {
  const start = `NEEDLE${"b".repeat(1000)}`;
  assert.match(String(frameOf(start, rangeOf(start, "NEEDLE"))[0]), /^NEEDLEb+…$/);
  const end = `${"a".repeat(1000)}NEEDLE`;
  assert.match(String(frameOf(end, rangeOf(end, "NEEDLE"))[0]), /^…a+NEEDLE$/);
});

test("puts the carets under tabs, wide, combining and paired characters", () => {
  for (const [before, width] of /** @type {[string, number][]} */ ([
    ["\t", 4],
    ["日本", 4],
    ["e\u0301", 1],
    ["😀", 2],
    ["\ufeff", 8],
    ["\u001b[2J", 4],
  ])) {
    const text = `${before}"x"`;
    const [line, carets] = frameOf(text, rangeOf(text, '"x"'));
    assert.equal(carets, `${" ".repeat(width)}^^^`, JSON.stringify(before));
    assert.doesNotMatch(String(line), /[\u001b\t\ufeff]/);
  }
});

test("marks an empty range, also after the last character", () => {
  const text = "abc";
  const at = (/** @type {number} */ offset) => ({ line: 1, column: offset + 1, offset });
  assert.deepEqual(frameOf(text, { start: at(1), end: at(1) }), ["abc", " ^"]);
  assert.deepEqual(frameOf(text, { start: at(3), end: at(3) }), ["abc", "   ^"]);
  assert.deepEqual(frameOf("", { start: at(0), end: at(0) }), ["", "^"]);
});

test("shows the first line of a range of several lines", () => {
  const text = "{\n  [1,\n2]}";
  assert.deepEqual(frameOf(text, rangeOf(text, "[1,\n2]")), ["  [1,", "  ^^^"]);
});

test("does not show carriage returns", () => {
  const text = "{}\r\n{}";
  assert.deepEqual(frameOf(text, rangeOf(text, "{}\r")), ["{}", "^^"]);
});
