// Cuts a stream into chunks of whole lines, holding no more than one chunk.

import { PrefectEventsError } from "./error.js";
import { bytesOf } from "./input.js";
import { PieceEncoder } from "./text.js";

/** @typedef {import("./index.js").WebStream} WebStream */

const CHUNK_BYTES = 1024 * 1024;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_BREAK = 10;

/** Bytes that wait for the end of their line. */
class Lines {
  #bytes = new Uint8Array(2 * CHUNK_BYTES);
  #filled = 0;
  /** Where the last whole line ends. */
  #whole = 0;
  /** How many bytes were taken out, to name the place of a line that is too long. */
  #taken = 0;

  /** @param {Uint8Array} piece at most a chunk */
  add(piece) {
    const filled = this.#filled + piece.length;
    if (filled > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(filled, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#filled));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#filled);
    const lineBreak = piece.lastIndexOf(LINE_BREAK);
    if (lineBreak >= 0) this.#whole = this.#filled + lineBreak + 1;
    this.#filled = filled;
    if (filled - this.#whole > LONGEST_LINE_BYTES) {
      const start = this.#taken + this.#whole;
      throw new PrefectEventsError(
        "line-too-long",
        `the line that starts at byte ${start} is longer than 64 MiB: a stream must be NDJSON, one event per line`,
      );
    }
  }

  /** Enough for a chunk. */
  get ready() {
    return this.#filled >= CHUNK_BYTES && this.#whole > 0;
  }

  /** The whole lines; they are overwritten by the next `add`, after `drop`. */
  get whole() {
    return this.#bytes.subarray(0, this.#whole);
  }

  /** Whole lines, and the last one, which lacks its line break. */
  get all() {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** Drops the whole lines. */
  drop() {
    this.#bytes.copyWithin(0, this.#whole, this.#filled);
    this.#filled -= this.#whole;
    this.#taken += this.#whole;
    this.#whole = 0;
  }
}

/**
 * Each chunk is valid until the next one is asked for.
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* wholeLines(source) {
  const lines = new Lines();
  for await (const piece of pieces(iterable(source))) {
    lines.add(piece);
    if (lines.ready) {
      yield lines.whole;
      lines.drop();
    }
  }
  if (lines.all.length > 0) yield lines.all;
}

/**
 * As bytes, none longer than a chunk.
 * @param {AsyncIterable<Uint8Array | string>} source
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* pieces(source) {
  const encoder = new PieceEncoder();
  for await (const part of source) {
    const bytes = typeof part === "string" ? encoder.encode(part) : bytesOf(part);
    if (bytes === undefined) {
      throw new TypeError("a stream must consist of strings or Uint8Arrays");
    }
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      yield bytes.subarray(at, at + CHUNK_BYTES);
    }
  }
  yield encoder.end();
}

/**
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @returns {AsyncIterable<Uint8Array | string>}
 */
function iterable(source) {
  if (source !== null && typeof source === "object") {
    if (Symbol.asyncIterator in source) return source;
    // Not every browser iterates over its streams.
    if ("getReader" in source) return read(source);
  }
  throw new TypeError(
    "validateStream needs an async iterable or a ReadableStream of strings or Uint8Arrays",
  );
}

/** @param {WebStream} stream */
async function* read(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value !== undefined) yield value;
    }
  } finally {
    await reader.cancel();
  }
}
