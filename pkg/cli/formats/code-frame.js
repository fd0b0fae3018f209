// A line of text with carets under a range, cropped to the width of the terminal.

import stringWidth from "string-width";

import { printable } from "../escape.js";

const TAB_COLUMNS = 4;
const PLAIN_ASCII = /^[ -~]*$/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** @typedef {{ shown: string, width: number, unit: number }} Cell what a reader sees as one character */

/**
 * @param {import("../excerpt.js").Excerpt} excerpt
 * @param {import("../../index.js").TextRange} range that begins in this line
 * @param {number} columns the available width
 * @returns {{ text: string, before: number, marked: number }} the line, and where in it the carets go
 */
export function codeFrame(excerpt, range, columns) {
  const start = range.start.column - excerpt.column;
  const sameLine = range.end.line === range.start.line;
  const end = sameLine ? range.end.column - excerpt.column : excerpt.text.length;
  const cells = split(excerpt.text);
  // An empty range marks the next character; a position after the last character gets an extra cell.
  let first = cells.findIndex(
    (cell, index) => start < (cells[index + 1]?.unit ?? excerpt.text.length) && cell.unit <= start,
  );
  if (first < 0) first = cells.length;
  let last = first;
  while (last + 1 < cells.length && /** @type {Cell} */ (cells[last + 1]).unit < end) last += 1;

  const cut = excerpt.column > 1 || excerpt.continues;
  const [from, to] = crop(cells, first, last, columns, cut);
  const shown = cells.slice(from, to);
  const cutBefore = from > 0 || excerpt.column > 1;
  const cutAfter = to < cells.length || excerpt.continues;
  const before = width(cells.slice(from, first)) + (cutBefore ? 1 : 0);
  const marked = Math.max(1, width(cells.slice(first, Math.min(last + 1, to))));
  const text = shown.map((cell) => cell.shown).join("");
  return { text: `${cutBefore ? "…" : ""}${text}${cutAfter ? "…" : ""}`, before, marked };
}

/**
 * Which cells are shown: those of the range, a third of the free columns before it, the rest after it.
 * @param {Cell[]} cells
 * @param {number} first
 * @param {number} last
 * @param {number} columns
 * @param {boolean} cut whether text before the first or after the last cell is missing
 * @returns {[number, number]}
 */
function crop(cells, first, last, columns, cut) {
  if (!cut && width(cells) <= columns) return [0, cells.length];
  // Two for the ellipses.
  const available = columns - 2;
  let from = first;
  let to = first;
  let used = 0;
  /** @param {Cell | undefined} cell @param {number} limit */
  const fits = (cell, limit) => cell !== undefined && used + cell.width <= limit;
  while (to <= last && fits(cells[to], available)) used += cells[to++]?.width ?? 0;
  const before = used + (available - used) / 3;
  while (from > 0 && fits(cells[from - 1], before)) used += cells[--from]?.width ?? 0;
  while (to < cells.length && fits(cells[to], available)) used += cells[to++]?.width ?? 0;
  while (from > 0 && fits(cells[from - 1], available)) used += cells[--from]?.width ?? 0;
  return [from, to];
}

/**
 * @param {string} text
 * @returns {Cell[]}
 */
function split(text) {
  // Most text is plain, and a code frame is drawn for each finding: segmenting is ten times slower.
  if (PLAIN_ASCII.test(text)) return Array.from(text, (shown, unit) => ({ shown, width: 1, unit }));
  return Array.from(graphemes.segment(text), ({ segment, index }) => {
    if (segment === "\t")
      return { shown: " ".repeat(TAB_COLUMNS), width: TAB_COLUMNS, unit: index };
    if (PLAIN_ASCII.test(segment)) return { shown: segment, width: 1, unit: index };
    const shown = printable(segment);
    return { shown, width: stringWidth(shown), unit: index };
  });
}

/** @param {Cell[]} cells */
function width(cells) {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
