// Splits a stream into chunks of whole lines, and holds at most one chunk in memory.

import { PrefectEventsError } from "./error.js";
import { bytesOf } from "./input.js";
import { PieceEncoder } from "./text.js";

/** @typedef {import("./index.js").WebStream} WebStream */

const CHUNK_BYTES = 1024 * 1024;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_BREAK = 10;

/** Bytes whose line is not complete yet. */
class Lines {
  #bytes = new Uint8Array(2 * CHUNK_BYTES);
  #filled = 0;
  /** Where the last whole line ends. */
  #whole = 0;
  /** Number of bytes already returned, to report the position of a line that is too long. */
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

  /** Whether there are enough bytes for a chunk. */
  get ready() {
    return this.#filled >= CHUNK_BYTES && this.#whole > 0;
  }

  /** The whole lines. The next `add` after `drop` overwrites them. */
  get whole() {
    return this.#bytes.subarray(0, this.#whole);
  }

  /** The whole lines and the last one, which has no line break. */
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
 * Each chunk is valid until the next one is requested.
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
 * The source as bytes, in pieces of at most one chunk.
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
    // Not every browser can iterate over a `ReadableStream`.
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
