// Copies the text around a diagnostic while the text is in memory.

/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../index.js").TextRange} Range */

/**
 * A part of a line: the column of its first character, counted from 1, and whether the line continues after it.
 * @typedef {{ text: string, column: number, continues: boolean }} Excerpt
 */

/** More than any terminal shows on each side; lines can be as long as files. */
const CONTEXT = 400;
export const LINE_BREAK = 10;

// A byte order mark is a character with a position, like every other.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * @param {Uint8Array} bytes whole lines
 * @param {number} firstLine the number of the first one
 * @param {Diagnostic[]} diagnostics
 * @returns {(Excerpt | undefined)[]} `undefined` if the position is not in these lines
 */
export function excerpts(bytes, firstLine, diagnostics) {
  const lines = new LineFinder(bytes);
  const ranges = diagnostics.map(({ range }) => range);
  /** @type {(Excerpt | undefined)[]} */
  const found = ranges.map(() => undefined);
  // Line by line: each is decoded once.
  for (const index of byLine(ranges)) {
    const { start } = /** @type {Range} */ (ranges[index]);
    const line = lines.get(start.line - firstLine);
    if (line === undefined) continue;
    const from = Math.max(0, start.column - 1 - CONTEXT);
    // Not to the end of the range: it can be as long as the file.
    const to = start.column - 1 + 2 * CONTEXT;
    // A slice would keep the whole line in memory.
    const text = Buffer.from(line.slice(from, to)).toString();
    found[index] = { text, column: from + 1, continues: to < line.length };
  }
  return found;
}

/**
 * The indices of the existing ranges, ordered by the line in which they begin.
 * @param {(Range | undefined)[]} ranges
 */
export function byLine(ranges) {
  const line = (/** @type {number} */ index) => ranges[index]?.start.line ?? 0;
  return [...ranges.keys()]
    .filter((index) => ranges[index])
    .sort((one, other) => line(one) - line(other));
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
