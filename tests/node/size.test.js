// The wasm is downloaded by every visitor of a page: it grows only on purpose.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";

/** What it may take. */
const RAW = 350_000;
const BROTLI = 120_000;

/** The module for those who write. */
const AUTHORING_RAW = 390_000;
const AUTHORING_BROTLI = 140_000;

const wasm = readFileSync(new URL("../../pkg/wasm/prefect_events.wasm", import.meta.url));

/**
 * @param {string} what
 * @param {number} size
 * @param {number} budget
 */
function within(what, size, budget) {
  assert.ok(
    size <= budget,
    `the wasm is ${size} bytes ${what}, ${size - budget} over its budget of ${budget}. What made it grow? ` +
      "Usual causes: a new dependency, formatting of floats or Debug output, a generic function of many types, " +
      "words that stand in the catalogue or the table of codes more than once. " +
      "If it is worth its bytes, raise the budget here, and say why in the change log.",
  );
}

test(`the wasm is at most ${RAW} bytes`, (t) => {
  t.diagnostic(`${wasm.length} bytes`);
  within("raw", wasm.length, RAW);
});

test(`the wasm is at most ${BROTLI} bytes when compressed with brotli`, (t) => {
  const { length } = brotliCompressSync(wasm, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
    },
  });
  t.diagnostic(`${length} bytes`);
  within("with brotli", length, BROTLI);
});

test(`the module that checks automations is at most ${AUTHORING_RAW} bytes`, (t) => {
  const { length } = readFileSync(
    new URL("../../pkg/wasm/prefect_events_authoring.wasm", import.meta.url),
  );
  t.diagnostic(`${length} bytes`);
  within("raw", length, AUTHORING_RAW);
});
