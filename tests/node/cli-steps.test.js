// The work of the command line grows in proportion to its input. The tests count steps, not seconds.

import assert from "node:assert/strict";
import { test } from "node:test";

import { excerpts } from "../../pkg/cli/excerpt.js";
import { completeExcerpts } from "../../pkg/cli/file-report.js";
import { pretty } from "../../pkg/cli/formats/pretty.js";
import { checked, render, WARNING } from "./helpers/result.js";

/** @typedef {import("../../pkg/index.js").Diagnostic} Diagnostic */

/**
 * How many bytes are decoded and searched, and how many characters are split into what a reader sees, each of which looks at
 * the whole text again.
 * @param {() => unknown} work
 */
async function steps(work) {
  const { decode } = TextDecoder.prototype;
  const { indexOf } = Uint8Array.prototype;
  const { segment } = Intl.Segmenter.prototype;
  let count = 0;
  TextDecoder.prototype.decode = function (input, ...rest) {
    count += /** @type {Uint8Array} */ (input).byteLength;
    return decode.call(this, input, ...rest);
  };
  Uint8Array.prototype.indexOf = function (value, from = 0) {
    const found = indexOf.call(this, value, from);
    count += (found < 0 ? this.length : found + 1) - from;
    return found;
  };
  Intl.Segmenter.prototype.segment = function (text) {
    count += text.length ** 2;
    return segment.call(this, text);
  };
  try {
    await work();
  } finally {
    TextDecoder.prototype.decode = decode;
    Uint8Array.prototype.indexOf = indexOf;
    Intl.Segmenter.prototype.segment = segment;
  }
  return count;
}

/**
 * @param {number} line
 * @param {number} column
 * @param {number} end
 * @returns {Diagnostic}
 */
function finding(line, column, end) {
  const range = { start: { line, column, offset: 0 }, end: { line, column: end, offset: 0 } };
  return { ...WARNING, range };
}

/**
 * Twice the input needs at most slightly more than twice the work.
 * @param {(size: number) => unknown} work
 * @param {number} size
 */
async function doubles(work, size) {
  const counts = [];
  for (const times of [1, 2, 4]) counts.push(await steps(() => work(size * times)));
  const [one = 0, two = 0, four = 0] = counts;
  assert.ok(one > 0);
  assert.ok(two <= 2.2 * one && four <= 2.2 * two, counts.join(" "));
}

/**
 * How many times the positions of findings are read.
 * @param {Diagnostic[]} diagnostics
 */
function counted(diagnostics) {
  let count = 0;
  const watched = diagnostics.map(
    (diagnostic) =>
      new Proxy(diagnostic, {
        get(target, name) {
          if (name === "range") count += 1;
          return Reflect.get(target, name);
        },
      }),
  );
  return { watched, count: () => count };
}

test("a finding that extends to the end of a long line", async () => {
  await doubles((size) => {
    const text = `{"events":[]}${",1".repeat(size)}`;
    render(pretty, [checked([finding(1, 14, text.length + 1)], text)]);
  }, 20_000);
});

test("plain text is not segmented, however many findings", async () => {
  const { segment } = Intl.Segmenter.prototype;
  let count = 0;
  Intl.Segmenter.prototype.segment = function (text) {
    count += 1;
    return segment.call(this, text);
  };
  const segmented = (/** @type {string} */ text) => {
    count = 0;
    render(pretty, [checked([finding(1, 3, 5), finding(1, 7, 9)], text)]);
    return count;
  };
  try {
    assert.ok(segmented('{"name": "é"}') > 0);
    assert.equal(segmented('{"name": "e"}'), 0);
  } finally {
    Intl.Segmenter.prototype.segment = segment;
  }
});

test("findings that come and go between long lines", async () => {
  await doubles((size) => {
    const line = "x".repeat(size);
    const found = Array.from({ length: size / 1000 }, (_, index) => finding(1 + (index % 2), 1, 2));
    excerpts(Buffer.from(`${line}\n${line}\n`), 1, found);
  }, 100_000);
});

test("as many findings as lines, in any order", async () => {
  await doubles((size) => {
    const found = Array.from({ length: size }, (_, index) => finding(size - index, 1, 2));
    excerpts(Buffer.from("{}\n".repeat(size)), 1, found);
  }, 5000);
});

test("late findings: each is visited a few times, not once for each part of the file", async () => {
  for (const lines of [50_000, 100_000, 200_000]) {
    const text = Buffer.from(`${"x".repeat(99)}\n`.repeat(lines));
    const found = Array.from({ length: 500 }, (_, index) => finding(lines - index * 50, 3, 5));
    const { watched, count } = counted(found);
    const result = checked([]);
    result.report.diagnostics = watched;
    await completeExcerpts(result, async () => ({
      pieces: (async function* () {
        yield text;
      })(),
    }));
    assert.ok(
      result.excerpts.length === 500 && result.excerpts.every((one) => one?.text.length === 99),
    );
    assert.ok(count() <= 10 * found.length, String(count()));
  }
});

test("late findings have their own lines, at every border of chunks", async () => {
  // Chunks of about 1 MiB end between these lines; nothing follows the last line break.
  const lines = 30_000;
  const text = Buffer.from(
    Array.from({ length: lines }, (_, index) => `line ${index + 1}`.padEnd(99))
      .join("\n")
      .concat("\n"),
  );
  const found = Array.from({ length: lines + 1 }, (_, index) => finding(index + 1, 1, 2));
  const result = checked([]);
  result.report.diagnostics = found;
  const pieces = async () => ({
    pieces: (async function* () {
      yield text;
    })(),
  });
  await completeExcerpts(result, pieces);
  for (const [index, excerpt] of result.excerpts.entries())
    assert.equal(excerpt?.text.trim(), index < lines ? `line ${index + 1}` : "");
});
