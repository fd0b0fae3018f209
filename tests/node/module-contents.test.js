// Data for different modules is in different statics, so that the linker drops what a module does not use.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { eventTypes } from "../../pkg/wasm/event-types.js";
import { explanations } from "../../pkg/wasm/explanations.js";
import { BUDGETS } from "./helpers/budgets.js";

/** The modules that browsers load: the one of the command line has all of the core. */
const MODULES = BUDGETS.map(
  ({ file }) => /^prefect_events_(\w+)\.wasm$/.exec(file)?.[1] ?? "",
).filter((name) => name !== "command");

/** @param {string} name */
function module(name) {
  return readFileSync(new URL(`../../pkg/wasm/prefect_events_${name}.wasm`, import.meta.url));
}

/**
 * Texts that are too long to occur elsewhere by chance.
 * @param {string[]} texts
 */
function long(texts) {
  return [...new Set(texts)].filter((text) => text.length > 24);
}

/**
 * @param {Buffer} wasm
 * @param {string[]} texts
 */
function found(wasm, texts) {
  return texts.filter((text) => wasm.includes(text));
}

const types = eventTypes();
const labels = types.flatMap(({ labels, related }) => [
  ...labels,
  ...related.flatMap(({ labels }) => labels),
]);
const fields = types.flatMap(({ payload }) => payload);
const titles = long(types.map(({ title }) => title));
const meanings = (/** @type {string} */ presence) =>
  [...labels, ...fields].filter((one) => one.presence === presence).map(({ meaning }) => meaning);
// Missing data is identified by its meaning.
const named = new Set([
  ...meanings("required"),
  ...types.flatMap(({ related }) => related.map(({ when }) => when)),
]);
const optional = long(meanings("optional")).filter((meaning) => !named.has(meaning));

test("no module of browsers contains data that only descriptions and explanations need", () => {
  const texts = long(explanations().map(({ text }) => text));
  assert.ok(titles.length > 20 && texts.length > 100);
  assert.deepEqual(MODULES, ["validate", "author", "live", "schemas"]);
  // They can be found where they are.
  for (const all of [titles, texts]) assert.notDeepEqual(found(module("command"), all), []);
  for (const name of MODULES) {
    assert.deepEqual(found(module(name), titles), [], name);
    assert.deepEqual(found(module(name), texts), [], name);
  }
});

test("the module that validates does not contain data that only building needs", () => {
  assert.ok(optional.length > 20);
  assert.deepEqual(found(module("validate"), optional), []);
  // They can be found where they are.
  assert.deepEqual(found(module("author"), optional), optional);
});
