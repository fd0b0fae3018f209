import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFixes } from "../../pkg/node.js";
import { steps } from "./helpers/steps.js";

/**
 * A diagnostic whose fix has these edits: [start, end, text].
 * @param {...[number, number, string]} changes
 * @returns {import("../../pkg/index.js").Diagnostic}
 */
function finding(...changes) {
  const at = (/** @type {number} */ offset) => ({ line: 1, column: offset + 1, offset });
  const edits = changes.map(([start, end, text]) => ({
    range: { start: at(start), end: at(end) },
    text,
  }));
  return {
    code: "wrong-label-value",
    severity: "error",
    message: "m",
    path: "",
    fix: { title: "t", edits },
  };
}

test("applies the edits of a fix in any order", () => {
  assert.equal(applyFixes("abcdef", [finding([4, 5, "E"], [1, 2, "BB"], [0, 0, ">"])]), ">aBBcdEf");
});

test("inserts before a replacement at the same position", () => {
  assert.equal(applyFixes("abcd", [finding([2, 3, "C"], [2, 2, "+"])]), "ab+Cd");
  assert.equal(applyFixes("abcd", [finding([2, 2, "+"], [2, 3, "C"])]), "ab+Cd");
});

test("changes nothing else", () => {
  const text = '\ufeff{\r\n\t"a" : "😀\ud800"\n}';
  assert.equal(applyFixes(text, []), text);
  assert.equal(applyFixes(text, [finding([0, 0, ""])]), text);
});

test("counts UTF-16 units", () => {
  assert.equal(applyFixes("😀x😀", [finding([2, 3, "y"])]), "😀y😀");
});

test("ignores diagnostics without a fix", () => {
  assert.equal(
    applyFixes("abc", [{ code: "wrong-label-value", severity: "info", message: "m", path: "" }]),
    "abc",
  );
});

test("skips a fix that overlaps an accepted one, with all its edits", () => {
  const first = finding([1, 3, "X"]);
  const overlapping = finding([2, 4, "Y"], [5, 6, "Z"]);
  assert.equal(applyFixes("abcdef", [first, overlapping]), "aXdef");
  assert.equal(applyFixes("abcdef", [overlapping, first]), "abYeZ");
  assert.equal(applyFixes("abcdef", [finding([0, 6, "-"]), first]), "-");
  assert.equal(applyFixes("abcdef", [first, finding([0, 6, "-"])]), "aXdef");
});

test("applies the same fix once", () => {
  assert.equal(applyFixes("abc", [finding([1, 2, "BB"]), finding([1, 2, "BB"])]), "aBBc");
  assert.equal(applyFixes("abc", [finding([1, 1, "+"]), finding([1, 1, "+"])]), "a+bc");
});

test("applies adjacent changes, unless one is an insertion", () => {
  assert.equal(applyFixes("abcd", [finding([0, 2, "X"]), finding([2, 4, "Y"])]), "XY");
  assert.equal(applyFixes("abcd", [finding([0, 2, "X"]), finding([2, 2, "+"])]), "Xcd");
  assert.equal(applyFixes("abcd", [finding([2, 2, "+"]), finding([2, 4, "Y"])]), "ab+cd");
});

const FIXES = import.meta.resolve("../../pkg/api/fixes.js");

/** The number of steps per fix, in the order that `place` gives them. */
async function stepsPerFix(
  /** @type {number} */ count,
  /** @type {(index: number) => number} */ place,
) {
  const text = "x".repeat(4 * count);
  const findings = Array.from({ length: count }, (_, index) => {
    const start = 4 * place(index);
    return finding([start, start + 1, "y"]);
  });
  let fixed;
  const all = await steps(FIXES, (/** @type {typeof import("../../pkg/api/fixes.js")} */ copy) => {
    fixed = copy.applyFixes(text, findings);
  });
  assert.equal(fixed, "yxxx".repeat(count));
  return all / count;
}

test("the work of a fix does not grow with the number of fixes", async () => {
  const orders = {
    "of the text": (/** @type {number} */ index) => index,
    backwards: (/** @type {number} */ index, /** @type {number} */ count) => count - 1 - index,
    mixed: (/** @type {number} */ index, /** @type {number} */ count) => (index * 7919) % count,
  };
  for (const [name, order] of Object.entries(orders)) {
    const few = await stepsPerFix(2000, (index) => order(index, 2000));
    const many = await stepsPerFix(8000, (index) => order(index, 8000));
    // Sorting and searching take two more steps with each doubling.
    assert.ok(many < 1.5 * few, `${name}: ${few}, then ${many} steps per fix`);
  }
});

test("rejects a wrong text, a wrong list, and findings of another text", () => {
  // @ts-expect-error
  assert.throws(() => applyFixes(1, []), {
    name: "TypeError",
    message: /needs the text as a string/,
  });
  // @ts-expect-error
  assert.throws(() => applyFixes("", {}), {
    name: "TypeError",
    message: /needs an array of diagnostics/,
  });
  assert.throws(() => applyFixes("abc", [finding([3, 4, ""])]), {
    message: /reported for another text/,
  });
});
