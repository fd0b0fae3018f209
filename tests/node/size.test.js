// Every visitor of a page downloads the wasm, so it must only grow on purpose.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";

import { BUDGETS } from "./helpers/budgets.js";

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

/** @param {Uint8Array} bytes */
function compressed(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

for (const { file, raw, brotli } of BUDGETS) {
  test(`${file} keeps to its budget`, (t) => {
    const wasm = readFileSync(new URL(`../../pkg/wasm/${file}`, import.meta.url));
    t.diagnostic(`${wasm.length} bytes, ${compressed(wasm)} with brotli`);
    within("raw", wasm.length, raw);
    within("with brotli", compressed(wasm), brotli);
  });
}

/**
 * The widget as one script: two thirds of it are the compressed module that validates, which servers cannot compress
 * further. Options by serde-wasm-bindgen and histories of several files added 21 KB to the compressed module, which is
 * 28 KB of base64, and 4 KB to its glue; the file for automations grew with its module.
 */
const FILES = /** @type {const} */ ([
  ["widget.global.js", 268_000, 163_000],
  ["widget.author.json", 609_000, 458_000],
]);

for (const [file, raw, brotli] of FILES) {
  test(`${file} keeps to its budget`, (t) => {
    const text = readFileSync(new URL(`../../pkg/${file}`, import.meta.url));
    t.diagnostic(`${text.length} bytes, ${compressed(text)} with brotli`);
    within("raw", text.length, raw);
    within("with brotli", compressed(text), brotli);
  });
}

/**
 * The minified bundle of an entry from which only `validate` is imported. Three quarters of it are the glue of
 * wasm-bindgen for two modules, because `init` may load the one for schemas: reports cross as objects, which takes 1 KB
 * more of each than JSON text, and saves a fifth of the time of a report; options by serde-wasm-bindgen take 3.5 KB of
 * each, and histories of several files 0.7 KB of one. The code for traps and for input of any realm, and the named options
 * of `init`, take 2.5 KB.
 */
const SCRIPTS = /** @type {const} */ ([
  ["browser.js", 29_100, 6_450],
  ["slim.js", 29_100, 6_450],
  // It contains the module that validates as base64: four thirds of its budget.
  ["inline.js", 470_000, 158_000],
]);

for (const [entry, raw, brotli] of SCRIPTS) {
  test(`a bundle that only validates contains little of ${entry}`, async (t) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { init, validate } from "./${entry}"; console.log(init, validate);`,
        resolveDir: fileURLToPath(new URL("../../pkg", import.meta.url)),
      },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      logLevel: "warning",
    });
    const bundle = outputFiles[0]?.contents ?? new Uint8Array();
    t.diagnostic(`${bundle.length} bytes, ${compressed(bundle)} with brotli`);
    const more =
      "does what `validate` imports draw in more, such as explanations or the catalogue?";
    assert.ok(bundle.length <= raw, `${bundle.length} bytes, budget ${raw}: ${more}`);
    assert.ok(compressed(bundle) <= brotli, `budget of ${brotli} bytes with brotli: ${more}`);
  });
}
