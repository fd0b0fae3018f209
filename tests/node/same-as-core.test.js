// What the package does without a module, the core does in the same way: the cases are read by a native test too
// (`tests/native/same_as_package.rs`).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { applyFixes, toCurl, toPython } from "../../pkg/node.js";

/** @param {string} name */
function cases(name) {
  const text = readFileSync(new URL(`../cases/${name}.json`, import.meta.url), "utf8");
  const all = JSON.parse(text);
  assert.ok(all.length > 10);
  return all;
}

/** @param {[number, number, string][]} edits */
function finding(edits) {
  const at = (/** @type {number} */ offset) => ({ line: 1, column: 1, offset });
  const changes = edits.map(([start, end, text]) => ({
    range: { start: at(start), end: at(end) },
    text,
  }));
  return /** @type {any} */ ({ fix: { title: "", edits: changes } });
}

test("fixes are applied as by the core", () => {
  for (const { what, text, fixes, result, error } of cases("fixes")) {
    const apply = () => applyFixes(text, fixes.map(finding));
    if (error === undefined) assert.equal(apply(), result, what);
    else assert.throws(apply, { name: "RangeError", message: error }, what);
  }
});

test("programs are written as by the core", () => {
  for (const { what, events: texts, ...expected } of cases("snippets")) {
    const events = texts.map((/** @type {string} */ text) => JSON.parse(text));
    for (const [name, write] of Object.entries({ curl: toCurl, python: toPython })) {
      const error = expected[`${name}-error`];
      if (error === undefined) assert.equal(write(events), expected[name], `${what} as ${name}`);
      else
        assert.throws(
          () => write(events),
          (thrown) => thrown instanceof TypeError && thrown.message.endsWith(error),
          `${what} as ${name}`,
        );
    }
  }
});
