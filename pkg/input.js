// Converts the arguments of functions for the core. All code of the caller (getters, proxies, toJSON) runs here, before a
// module is called: if it throws, the input is wrong, and the module stays usable.

import { isPlain } from "./options.js";
import { encode, encodeWtf8, isWellFormed, shown } from "./text.js";

/** @param {object} prototype @param {PropertyKey} name */
const getter = (prototype, name) =>
  /** @type {(this: unknown) => any} */ (Object.getOwnPropertyDescriptor(prototype, name)?.get);

// The engine's own getters: they recognise an object by what it is, even if it overrides its tag or comes from another realm.
const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = getter(typedArray, Symbol.toStringTag);
const bufferOf = getter(typedArray, "buffer");
const offsetOf = getter(typedArray, "byteOffset");
const lengthOf = getter(typedArray, "length");
const sizeOf = getter(ArrayBuffer.prototype, "byteLength");
const sharedSizeOf =
  typeof SharedArrayBuffer === "undefined"
    ? undefined
    : getter(SharedArrayBuffer.prototype, "byteLength");

/**
 * The bytes of a Uint8Array (including a Buffer) or of a buffer, as a plain Uint8Array; `undefined` for anything else.
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    if (kindOf.call(value) !== "Uint8Array") return undefined;
    const length = lengthOf.call(value);
    // A transferred buffer has no bytes.
    return length > 0
      ? new Uint8Array(bufferOf.call(value), offsetOf.call(value), length)
      : new Uint8Array();
  }
  const size = bufferSize(value);
  if (size === undefined) return undefined;
  return size > 0 ? new Uint8Array(/** @type {ArrayBuffer} */ (value), 0, size) : new Uint8Array();
}

/** @param {unknown} value @returns {number | undefined} */
function bufferSize(value) {
  for (const size of [sizeOf, sharedSizeOf]) {
    try {
      return size?.call(value);
    } catch {
      // Not a buffer of this type.
    }
  }
  return undefined;
}

/**
 * The JSON text of a value. A value without JSON (a cycle, a BigInt) and an error from the caller's own code are misuse.
 * @param {unknown} value
 * @param {string} what
 * @param {(this: unknown, key: string, value: unknown) => unknown} [replacer]
 * @returns {string}
 */
export function jsonOf(value, what, replacer) {
  let text;
  try {
    text = JSON.stringify(value, replacer);
  } catch (error) {
    throw unreadable(`${what} cannot be written as JSON`, error);
  }
  if (text === undefined)
    throw new TypeError(`${what} cannot be written as JSON: its toJSON returns nothing`);
  return text;
}

/**
 * @param {string} sentence
 * @param {unknown} error
 */
function unreadable(sentence, error) {
  let reason = "it throws";
  try {
    // Engines name their own stack.
    if (/call stack|too much recursion/i.test(String(error)))
      return new TypeError(`${sentence}: it is nested too deeply`, { cause: error });
    reason = String(error instanceof Error ? error.message : error).split("\n")[0] ?? reason;
  } catch {
    // The error has no message.
  }
  return new TypeError(`${sentence}: ${reason}`, { cause: error });
}

/**
 * The JSON text of an event or an array of events.
 * @param {unknown} value
 * @param {string} callee
 */
function toJson(value, callee) {
  const isData = value !== null && typeof value === "object" && !ArrayBuffer.isView(value);
  const text = isData ? jsonOf(value, "this object") : "";
  // A promise, a Map or a Response is `{}` as JSON.
  if (text && !(text === "{}" && isHidden(value))) return text;
  const found = isData ? `a ${shown(className(value))}` : kind(value);
  throw new TypeError(
    `${callee} needs a string, a Uint8Array, an object or an array of objects, not ${found}`,
  );
}

/** The kind of a value in words. @param {unknown} value */
export function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (ArrayBuffer.isView(value)) return `a ${kindOf.call(value) ?? "DataView"}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * A document in the form that the core reads.
 * @param {unknown} input
 * @param {string} callee
 */
export function document(input, callee) {
  if (typeof input === "string") {
    const wtf8 = !isWellFormed(input);
    return { bytes: wtf8 ? encodeWtf8(input) : encode(input), places: true, wtf8 };
  }
  const bytes = bytesOf(input);
  if (bytes) return { bytes, places: true, wtf8: false };
  // This text was generated here, so positions in it mean nothing to the caller.
  return { bytes: encode(toJson(input, callee)), places: false, wtf8: false };
}

/**
 * Documents as one text, one after the other, with where each ends.
 * @param {{ bytes: Uint8Array, wtf8: boolean }[]} documents
 */
export function joined(documents) {
  const [first] = documents;
  const length = documents.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // A single one is not copied.
  const bytes = first && documents.length === 1 ? first.bytes : new Uint8Array(length);
  const ends = new Uint32Array(documents.length);
  let end = 0;
  for (const [index, one] of documents.entries()) {
    if (bytes !== one.bytes) bytes.set(one.bytes, end);
    end += one.bytes.length;
    ends[index] = end;
  }
  return { bytes, ends, wtf8: Uint8Array.from(documents, ({ wtf8 }) => Number(wtf8)) };
}

/**
 * Options as plain data: `undefined` counts as not given, and no code of the caller runs when the core reads them.
 * @param {unknown} options
 * @param {string} callee
 * @param {(key: string, value: Function, holder: unknown) => boolean} [take] takes a function that is an option
 * @returns {{ [name: string]: any }}
 */
export function optionsOf(options, callee, take) {
  if (options === undefined) return {};
  const what = `the options of ${callee}`;
  /** @template T @param {T} value */
  function checked(value) {
    if (!isObject(value)) throw new TypeError(`${what} must be an object`);
    return value;
  }
  /** @type {(this: any, key: string, value: unknown) => unknown} */
  function plain(key, value) {
    if (typeof value !== "function") return refuseHalves(key, plainData.call(this, key, value));
    if (!take?.(key, value, this)) throw new TypeError(`\`${shown(key)}\` is a function`);
    return undefined;
  }
  // An object with a toJSON can be something else as JSON.
  return checked(JSON.parse(jsonOf(checked(options), what, plain)));
}

/**
 * A replacer that rejects what JSON does not have, and would leave out or write as `null` or `{}`.
 * @this {any}
 * @param {string} key
 * @param {unknown} value
 */
export function plainData(key, value) {
  const wrong =
    typeof value === "symbol"
      ? "is a symbol"
      : typeof value === "number" && !Number.isFinite(value)
        ? `is ${value}`
        : value == null && this[key] != null
          ? `has no JSON: its toJSON returns ${value}`
          : isHidden(value)
            ? `must be plain data, not a ${shown(className(value))}`
            : undefined;
  if (wrong) throw new TypeError(`${key === "" ? "it" : `\`${shown(key)}\``} ${wrong}`);
  return value;
}

/** @param {any} value */
function className(value) {
  return String(value.constructor?.name || "class without a name");
}

/**
 * Whether a value holds what it has out of sight, such as a Map: as JSON it is `{}`.
 * @param {unknown} value
 */
function isHidden(value) {
  // JSON has the texts, numbers and booleans in these.
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return false;
  return isObject(value) && !isPlain(value) && Object.keys(value).length === 0;
}

/**
 * Rejects text with a lone surrogate: it has no UTF-8, and must not become another text.
 * @param {string} key
 * @param {unknown} value
 */
function refuseHalves(key, value) {
  for (const text of [key, value])
    if (typeof text === "string" && !isWellFormed(text))
      throw new TypeError(`${JSON.stringify(text)} contains a lone surrogate`);
  return value;
}

/** @param {unknown} value @returns {value is object} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * @template T
 * @param {T} value
 * @param {string} callee
 * @returns {T & object}
 */
export function object(value, callee) {
  if (!isObject(value)) throw new TypeError(`${callee} needs an object`);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} callee
 * @param {string} expected
 * @returns {string}
 */
export function string(value, callee, expected) {
  if (typeof value !== "string") throw new TypeError(`${callee} needs ${expected} as a string`);
  if (!isWellFormed(value))
    throw new TypeError(
      `${callee} needs ${expected} without lone surrogates, not ${JSON.stringify(value)}`,
    );
  return value;
}
