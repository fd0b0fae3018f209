// The wasm is downloaded by every visitor of a page: it grows only on purpose.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";

/** What it may take. */
const RAW = 350_000;
const BROTLI = 120_000;

/** The module for those who write: to build events, it has more of the catalogue. */
const AUTHORING_RAW = 533_000;
const AUTHORING_BROTLI = 197_000;

/** The module for schemas of users' own: most of it is the library for JSON Schema with its regular expressions. */
const SCHEMAS_RAW = 2_400_000;
const SCHEMAS_BROTLI = 660_000;

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

/** @param {Uint8Array} bytes */
function compressed(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

test(`the wasm is at most ${RAW} bytes`, (t) => {
  t.diagnostic(`${wasm.length} bytes`);
  within("raw", wasm.length, RAW);
});

test(`the wasm is at most ${BROTLI} bytes when compressed with brotli`, (t) => {
  const length = compressed(wasm);
  t.diagnostic(`${length} bytes`);
  within("with brotli", length, BROTLI);
});

test("the module for those who write keeps to its budget too", (t) => {
  const authoring = readFileSync(
    new URL("../../pkg/wasm/prefect_events_authoring.wasm", import.meta.url),
  );
  t.diagnostic(`${authoring.length} bytes, ${compressed(authoring)} with brotli`);
  within("raw", authoring.length, AUTHORING_RAW);
  within("with brotli", compressed(authoring), AUTHORING_BROTLI);
});

test("the module for schemas is a file of its own for its size, and keeps to its budget", (t) => {
  const schemas = readFileSync(
    new URL("../../pkg/wasm/prefect_events_schemas.wasm", import.meta.url),
  );
  t.diagnostic(`${schemas.length} bytes, ${compressed(schemas)} with brotli`);
  within("raw", schemas.length, SCHEMAS_RAW);
  within("with brotli", compressed(schemas), SCHEMAS_BROTLI);
});

/** What a bundler makes of an entry of which only `validate` is used, minified. */
const SCRIPTS = /** @type {const} */ ([
  ["browser.js", 16_500, 4_200],
  ["slim.js", 16_500, 4_200],
  // The main module is in it, as base64.
  ["inline.js", 477_000, 165_000],
]);

for (const [entry, raw, brotli] of SCRIPTS) {
  test(`who only validates gets little of ${entry}`, async (t) => {
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
