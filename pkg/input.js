// What the functions accept, and what the core is given for it. All code of the caller (getters, proxies, toJSON) runs
// here, before a module is called: what it throws is a mistake in the input, and no module's end.

import { encode, encodeWtf8, isWellFormed } from "./text.js";

/** @param {object} prototype @param {PropertyKey} name */
const getter = (prototype, name) =>
  /** @type {(this: unknown) => any} */ (Object.getOwnPropertyDescriptor(prototype, name)?.get);

// The engine's own getters: they look at what an object is, whatever it says of itself, and whatever realm it is of.
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
 * The bytes of a Uint8Array (a Buffer is one) or of a buffer, as a plain Uint8Array; of anything else nothing.
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
export function bytesOf(value) {
  if (ArrayBuffer.isView(value)) {
    if (kindOf.call(value) !== "Uint8Array") return undefined;
    const length = lengthOf.call(value);
    // One that was transferred has none.
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
      // It is no such buffer.
    }
  }
  return undefined;
}

/**
 * The JSON text of a value. What cannot be written (a cycle, a BigInt) and what the caller's own code throws is misuse.
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
    reason = String(error instanceof Error ? error.message : error).split("\n")[0] ?? reason;
  } catch {
    // The error does not say.
  }
  return new TypeError(`${sentence}: ${reason}`, { cause: error });
}

/**
 * The JSON text of an event or an array of events.
 * @param {unknown} value
 * @param {string} callee
 */
function toJson(value, callee) {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) {
    throw new TypeError(
      `${callee} needs a string, a Uint8Array, an object or an array of objects, not ${name(value)}`,
    );
  }
  return jsonOf(value, "this object");
}

/** @param {unknown} value */
function name(value) {
  if (value === null || value === undefined) return String(value);
  return `a ${ArrayBuffer.isView(value) ? (kindOf.call(value) ?? "DataView") : typeof value}`;
}

/**
 * A document as the core reads it.
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
  // The text is of our making: places in it would mean nothing to the caller.
  return { bytes: encode(toJson(input, callee)), places: false, wtf8: false };
}

/**
 * Options as plain data: what is `undefined` is not given, and nothing of the caller's runs when the core reads them.
 * @param {unknown} options
 * @param {string} callee
 * @param {{ onProgress?: any }} [functions] given where `onProgress` is an option, which is put there
 * @returns {{ [name: string]: any }}
 */
export function optionsOf(options, callee, functions) {
  if (options === undefined) return {};
  if (options === null || typeof options !== "object" || Array.isArray(options))
    throw new TypeError(`the options of ${callee} must be an object`);
  /** @type {(this: unknown, key: string, value: unknown) => unknown} */
  function plain(key, value) {
    if (typeof value !== "function") return refuseHalves(key, value);
    if (!functions || key !== "onProgress" || this !== options)
      throw new TypeError(`\`${key}\` is a function`);
    functions.onProgress = value;
    return undefined;
  }
  return JSON.parse(jsonOf(options, `the options of ${callee}`, plain));
}

/**
 * Text with half a surrogate pair has no UTF-8, and no other text may come of it.
 * @param {string} key
 * @param {unknown} value
 */
function refuseHalves(key, value) {
  for (const text of [key, value])
    if (typeof text === "string" && !isWellFormed(text))
      throw new TypeError(`${JSON.stringify(text)} contains half of a surrogate pair`);
  return value;
}

/**
 * @template T
 * @param {T} value
 * @param {string} callee
 * @returns {T & object}
 */
export function object(value, callee) {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(`${callee} needs an object`);
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
      `${callee} needs ${expected} without halves of surrogate pairs, not ${JSON.stringify(value)}`,
    );
  return value;
}
