// JavaScript's strings as the core reads them.

const encoder = new TextEncoder();

/**
 * Whether no half of a surrogate pair stands alone.
 * @param {string} text
 * @returns {boolean}
 */
export function isWellFormed(text) {
  const string = /** @type {{ isWellFormed?: () => boolean }} */ (/** @type {unknown} */ (text));
  // Engines of before 2023 lack it. With the flag u, a pair is one character and no surrogate.
  return string.isWellFormed ? string.isWellFormed() : !/\p{Surrogate}/u.test(text);
}

/**
 * As UTF-8. The engine does this much faster than wasm-bindgen's glue, which goes character by character.
 * @param {string} text well-formed
 */
export function encode(text) {
  return encoder.encode(text);
}

/**
 * As UTF-8, and lone surrogates as three bytes each (WTF-8), so that no place shifts and the core sees them.
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

/** Encodes a text that comes in pieces, whose cuts may fall inside a surrogate pair. */
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

  /** What was held back. */
  end() {
    return encodeAny(this.#high);
  }
}
