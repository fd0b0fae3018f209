// What the functions accept, and what the core is given for it.

import { encode, encodeWtf8, isWellFormed } from "./text.js";

/**
 * Whether it is a Uint8Array (a Buffer is one), also one of another realm, as test runners make them.
 * @param {unknown} value
 * @returns {value is Uint8Array}
 */
export function isBytes(value) {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * @param {unknown} value
 * @returns {value is ArrayBufferLike}
 */
export function isBuffer(value) {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

/**
 * The JSON text of an event or an array of events.
 * @param {unknown} value
 * @param {string} [callee]
 * @returns {string}
 */
export function toJson(value, callee = "validate") {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) {
    throw new TypeError(
      `${callee} needs a string, a Uint8Array, an object or an array of objects, not ${name(value)}`,
    );
  }
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // A cycle, a BigInt, or a toJSON method that throws.
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new TypeError(`this object cannot be written as JSON: ${reason}`, { cause: error });
  }
  if (text === undefined)
    throw new TypeError("this object cannot be written as JSON: its toJSON gives nothing");
  return text;
}

/** @param {unknown} value */
function name(value) {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? `a ${value.constructor?.name ?? "view"}` : `a ${typeof value}`;
}

/**
 * The JSON text of the options; the core reads it and finds the mistakes in it.
 * @param {unknown} options
 * @returns {string}
 */
export function optionsText(options) {
  if (options === undefined) return "";
  if (options === null || typeof options !== "object") {
    throw new TypeError("prefect-events: the options must be an object");
  }
  return JSON.stringify(options);
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
  if (isBytes(input)) return { bytes: input, places: true, wtf8: false };
  if (isBuffer(input)) return { bytes: new Uint8Array(input), places: true, wtf8: false };
  return { bytes: encode(toJson(input, callee)), places: false, wtf8: false };
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
  return value;
}
