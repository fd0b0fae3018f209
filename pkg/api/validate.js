// Validation: of what is at hand, and of streams.

import { isBuffer, isBytes, optionsText, toJson } from "../input.js";
import { present } from "../instance.js";
import { wholeLines } from "../lines.js";
import { validateModule } from "../modules/validate.js";
import { encode, encodeWtf8, isWellFormed } from "../text.js";

/** @typedef {import("../index.js").ValidateOptions} ValidateOptions */
/** @typedef {import("../index.js").Report} Report */
/** @typedef {import("../index.js").WebStream} WebStream */

/**
 * @param {unknown} input
 * @param {ValidateOptions} [options]
 * @returns {Report}
 */
export function validate(input, options) {
  if (typeof input === "string") {
    return isWellFormed(input)
      ? check(encode(input), options, true, false)
      : check(encodeWtf8(input), options, true, true);
  }
  if (isBytes(input)) return check(input, options, true, false);
  if (isBuffer(input)) return check(new Uint8Array(input), options, true, false);
  // The text is of our making: places in it would tell the caller nothing.
  return check(encode(toJson(input)), options, false, false);
}

/**
 * @param {Uint8Array} bytes
 * @param {ValidateOptions | undefined} options
 * @param {boolean} places
 * @param {boolean} wtf8
 * @returns {Report}
 */
function check(bytes, options, places, wtf8) {
  const module = validator(options);
  const text = optionsText(options);
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
  if (!isBytes(head)) throw new TypeError("isNdjson needs the first bytes of a text, a Uint8Array");
  return validateModule.call((core) => core.isNdjson(head, false));
}

/**
 * The module that validates. The one for schemas is named only by entries that can load it: who bundles `validate`
 * does not bundle that too.
 * @param {ValidateOptions | undefined} options
 * @returns {Pick<typeof validateModule, "call" | "open">}
 */
function validator(options) {
  if (options?.schemas === undefined) return validateModule;
  const module = present.get("schemas");
  if (module) return module;
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
  const module = validator(options);
  const text = optionsText(options);
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
