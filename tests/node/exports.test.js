// The entries of the package export the same names: those that `index.d.ts` declares.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const load = (/** @type {string} */ name) => import(`../../pkg/${name}`);
const declared = readFileSync(new URL("../../pkg/index.d.ts", import.meta.url), "utf8");

/** Exported values: functions and classes. */
const NAMES = [
  ...declared.matchAll(/^export (?:declare )?(?:async )?(?:function|class|const) (\w+)/gm),
].map(([, name]) => name);

test("every entry exports what the types declare", async () => {
  assert.ok(NAMES.length > 20, String(NAMES));
  const wanted = [...new Set(NAMES)].sort();
  for (const entry of ["node.js", "inline.js", "browser.js"])
    assert.deepEqual(Object.keys(await load(entry)).sort(), wanted, entry);
  // It cannot locate files, and can start synchronously.
  assert.deepEqual(Object.keys(await load("slim.js")).sort(), [...wanted, "initSync"].sort());
});

test("each entry for a task has a part of them, the same in Node.js and in browsers", async () => {
  for (const task of ["validate", "automations", "simulate", "build"]) {
    const names = Object.keys(await load(`entries/${task}.js`)).sort();
    assert.deepEqual(Object.keys(await load(`entries/${task}.node.js`)).sort(), names, task);
    for (const name of names) assert.ok(NAMES.includes(name), `${task}: ${name}`);
  }
});
