// The text around a diagnostic, taken while the text is at hand.

/** @typedef {import("../index.js").Diagnostic} Diagnostic */

/**
 * A part of a line: where its first character stands, counted from 1.
 * @typedef {{ text: string, column: number }} Excerpt
 */

/** More than any terminal shows on each side; lines can be as long as files. */
const CONTEXT = 400;
const LINE_BREAK = 10;

// A byte order mark is a character with a place, as every other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * @param {Uint8Array} bytes whole lines
 * @param {number} firstLine the number of the first one
 * @param {Diagnostic[]} diagnostics
 * @returns {(Excerpt | undefined)[]} `undefined` where the place is not in these lines
 */
export function excerpts(bytes, firstLine, diagnostics) {
  const lines = new LineFinder(bytes);
  return diagnostics.map(({ range }) => {
    const line = range && lines.get(range.start.line - firstLine);
    if (!range || line === undefined) return undefined;
    const end = range.end.line === range.start.line ? range.end.column : range.start.column;
    const from = Math.max(0, range.start.column - 1 - CONTEXT);
    const text = line.slice(from, end - 1 + CONTEXT);
    // A slice would keep the whole line in memory.
    return { text: Buffer.from(text).toString(), column: from + 1 };
  });
}

class LineFinder {
  #bytes;
  #starts = [0];
  #number = -1;
  #text = "";

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /**
   * The text of a line, counted from 0, without its line break.
   * @param {number} number
   */
  get(number) {
    if (number < 0) return undefined;
    if (number !== this.#number) {
      const start = this.#start(number);
      if (start === undefined) return undefined;
      const end = this.#start(number + 1) ?? this.#bytes.length + 1;
      this.#number = number;
      this.#text = decoder.decode(this.#bytes.subarray(start, end - 1)).replace(/\r$/, "");
    }
    return this.#text;
  }

  /** @param {number} number */
  #start(number) {
    while (this.#starts.length <= number) {
      const lineBreak = this.#bytes.indexOf(LINE_BREAK, this.#starts[this.#starts.length - 1]);
      if (lineBreak < 0) return undefined;
      this.#starts.push(lineBreak + 1);
    }
    return this.#starts[number];
  }
}
