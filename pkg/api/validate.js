// Validates events: whole texts and streams.

import { PrefectEventsError } from "../error.js";
import { bytesOf, document, optionsOf } from "../input.js";
import { present } from "../instance.js";
import { wholeLines } from "../lines.js";
import { validateModule } from "../modules/validate.js";

/** @typedef {import("../index.js").ValidateOptions} ValidateOptions */
/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").WebStream} WebStream */

/**
 * @param {unknown} input
 * @param {ValidateOptions} [options]
 * @returns {Report}
 */
export function validate(input, options) {
  const { bytes, places, wtf8 } = document(input, "validate");
  const { module, rest, schemas } = prepared(options, "validate");
  return module.call((core) => core.validate(bytes, rest, schemas, places, wtf8), bytes.length);
}

/**
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @param {ValidateOptions} [options]
 * @returns {AsyncGenerator<Report, void, void>}
 */
export async function* validateStream(source, options) {
  const stream = openStream(options);
  try {
    let first = true;
    for await (const lines of wholeLines(source)) {
      yield stream.chunk(lines);
      first = false;
    }
    const end = stream.finish();
    // An empty source gets a report too.
    if (first || end.diagnostics.length > 0 || end.truncated) yield end;
  } finally {
    stream.close();
  }
}

/**
 * @param {Uint8Array} head
 * @returns {boolean | undefined}
 */
export function isNdjson(head) {
  const bytes = bytesOf(head);
  if (!bytes) throw new TypeError("isNdjson needs the first bytes of a text, a Uint8Array");
  return validateModule.call((core) => core.isNdjson(bytes, false), bytes.length);
}

/**
 * The module to validate with, its options, and the text of the user's own schemas. Only entries that can load the module for
 * schemas refer to it: a bundle of `validate` alone does not contain it.
 * @param {ValidateOptions | undefined} options
 * @param {string} callee
 */
function prepared(options, callee) {
  if (options === undefined) return { module: validateModule };
  const { schemas, ...rest } = optionsOf(options, callee);
  if (schemas === undefined) return { module: validateModule, rest, schemas };
  const module = present.get("schemas");
  // As text, because the core compares it with that of the call before, and keeps the compiled schemas.
  if (module) return { module, rest, schemas: JSON.stringify(schemas) };
  throw new PrefectEventsError(
    "not-available",
    "the option `schemas` needs a module that this entry point does not have: import `prefect-events` itself, " +
      "or `prefect-events/slim`",
  );
}

/**
 * Opens a stream of NDJSON chunks. The caller must close it.
 * @param {ValidateOptions} [options]
 */
export function openStream(options) {
  const { module, rest, schemas } = prepared(options, "validateStream");
  const { use, close } = module.open((core) => new core.Stream(rest, schemas));
  return {
    /**
     * @param {Uint8Array} lines
     * @returns {Report}
     */
    chunk: (lines) => use((stream) => stream.chunk(lines), lines.length),
    /** @returns {Report} */
    finish: () => use((stream) => stream.finish()),
    close,
  };
}
