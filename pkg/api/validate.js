// Validation: of what is at hand, and of streams.

import { bytesOf, document, optionsOf, optionsText } from "../input.js";
import { present } from "../instance.js";
import { wholeLines } from "../lines.js";
import { validateModule } from "../modules/validate.js";

/** @typedef {import("../index.js").ValidateOptions} ValidateOptions */
/** @typedef {import("../index.js").Report} Report */
/** @typedef {import("../index.js").WebStream} WebStream */

/**
 * @param {unknown} input
 * @param {ValidateOptions} [options]
 * @returns {Report}
 */
export function validate(input, options) {
  const { bytes, places, wtf8 } = document(input, "validate");
  const { module, text } = prepared(options, "validate");
  return module.call((core) => JSON.parse(core.validate(bytes, text, places, wtf8)), bytes.length);
}

/**
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @param {ValidateOptions} [options]
 * @returns {AsyncGenerator<Report, void, void>}
 */
export async function* validateStream(source, options) {
  for await (const { report } of validateLines(source, options)) yield report;
}

/**
 * As `validateStream`, with the lines that each report is about; they are valid until the next report is asked for.
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @param {ValidateOptions} [options]
 * @returns {AsyncGenerator<{ lines: Uint8Array, report: Report }, void, void>}
 */
export async function* validateLines(source, options) {
  const stream = openStream(options);
  try {
    let first = true;
    for await (const lines of wholeLines(source)) {
      yield { lines, report: stream.chunk(lines) };
      first = false;
    }
    const end = stream.finish();
    // An empty source gets a report too.
    if (first || end.diagnostics.length > 0 || end.truncated)
      yield { lines: new Uint8Array(), report: end };
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
 * The module that validates, and the text of the options. The module for schemas is named only by entries that can load
 * it: who bundles `validate` does not bundle that too.
 * @param {ValidateOptions | undefined} options
 * @param {string} callee
 */
function prepared(options, callee) {
  const all = optionsOf(options, callee);
  const text = optionsText(all);
  if (all.schemas === undefined) return { module: validateModule, text };
  const module = present.get("schemas");
  if (module) return { module, text };
  throw new Error(
    "the option `schemas` needs a module that this entry of the package lacks: import `prefect-events` itself, " +
      "or `prefect-events/slim`",
  );
}

/**
 * Opens a stream of NDJSON chunks; whoever opens it closes it.
 * @param {ValidateOptions} [options]
 */
export function openStream(options) {
  const { module, text } = prepared(options, "validateStream");
  const { use, close } = module.open((core) => new core.Stream(text));
  return {
    /**
     * @param {Uint8Array} lines
     * @returns {Report}
     */
    chunk: (lines) => use((stream) => JSON.parse(stream.chunk(lines)), lines.length),
    /** @returns {Report} */
    finish: () => use((stream) => JSON.parse(stream.finish())),
    close,
  };
}
