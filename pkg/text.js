// Converts JavaScript strings to UTF-8 for the core.

const encoder = new TextEncoder();

/**
 * Whether the text has no lone surrogates.
 * @param {string} text
 * @returns {boolean}
 */
export function isWellFormed(text) {
  const string = /** @type {{ isWellFormed?: () => boolean }} */ (/** @type {unknown} */ (text));
  // Engines before 2023 do not have it. With the flag `u`, a surrogate pair is one character.
  return string.isWellFormed ? string.isWellFormed() : !/\p{Surrogate}/u.test(text);
}

/**
 * The text for a message, with the escapes of JSON: a terminal shows lone surrogates as �, and obeys control characters.
 * @param {string} text
 */
export function shown(text) {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * The text as UTF-8. The engine encodes much faster than wasm-bindgen's glue, which encodes character by character.
 * Having the engine write to the module's memory instead (`encodeInto` on memory that the module reserves) saves a copy, but
 * validation was not faster, neither of 3,000 events in one text nor of each alone.
 * @param {string} text well-formed
 */
export function encode(text) {
  return encoder.encode(text);
}

/**
 * The text as UTF-8 with lone surrogates as three bytes each (WTF-8), so that positions do not shift and the core sees them.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeWtf8(text) {
  const bytes = new Uint8Array(text.length * 3);
  let written = 0;
  let read = 0;
  for (const { 0: lone, index } of text.matchAll(/\p{Surrogate}/gu)) {
    written += encoder.encodeInto(text.slice(read, index), bytes.subarray(written)).written;
    const unit = lone.charCodeAt(0);
    bytes[written++] = 0xe0 | (unit >> 12);
    bytes[written++] = 0x80 | ((unit >> 6) & 0x3f);
    bytes[written++] = 0x80 | (unit & 0x3f);
    read = index + 1;
  }
  written += encoder.encodeInto(text.slice(read), bytes.subarray(written)).written;
  return bytes.subarray(0, written);
}

/** @param {string} text */
function encodeAny(text) {
  return isWellFormed(text) ? encode(text) : encodeWtf8(text);
}

/** Encodes a text that arrives in pieces, which can split a surrogate pair. */
export class PieceEncoder {
  #high = "";

  /**
   * @param {string} piece
   * @returns {Uint8Array}
   */
  encode(piece) {
    const text = this.#high + piece;
    const last = text.charCodeAt(text.length - 1);
    const cut = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
    this.#high = text.slice(cut);
    return encodeAny(text.slice(0, cut));
  }

  /** The surrogate that was held back, if any. */
  end() {
    return encodeAny(this.#high);
  }
}
