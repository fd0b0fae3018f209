// Applies the fixes of diagnostics to the text that was checked. The core does the same (`src/diagnostic/fixes.rs`); this needs
// no module, and `tests/cases/fixes.json` is what both must give.

import { string } from "../input.js";

/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/** @typedef {{ start: number, end: number, text: string }} Change */

/**
 * @param {string} text
 * @param {Diagnostic[]} diagnostics
 * @returns {string}
 */
export function applyFixes(text, diagnostics) {
  if (typeof text !== "string") throw new TypeError("applyFixes needs the text as a string");
  if (!Array.isArray(diagnostics)) throw new TypeError("applyFixes needs an array of diagnostics");
  const taken = new Taken();
  for (const diagnostic of diagnostics) {
    const changes = changesOf(diagnostic);
    if (changes === undefined) continue;
    const isIn = (/** @type {number} */ at) => at >= 0 && at <= text.length && !isWithin(text, at);
    if (!changes.every(({ start, end }) => start <= end && isIn(start) && isIn(end))) {
      throw new RangeError(
        "a fix is outside the text: were these diagnostics reported for another text?",
      );
    }
    if (changes.every((change) => taken.isFree(change))) {
      for (const change of changes) taken.add(change);
    }
  }
  return replace(text, taken.inOrder());
}

/**
 * Whether an offset is in the middle of a character.
 * @param {string} text
 * @param {number} at
 */
function isWithin(text, at) {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/**
 * The changes of fixes that are applied: in lists, each in the order of the text and longer than the next. Whatever the order
 * in which they come, each is moved only as often as its list doubles.
 */
class Taken {
  /** @type {Change[][]} */
  #lists = [];

  /** @param {Change} change */
  isFree(change) {
    return this.#lists.every((list) => {
      const next = after(list, change.start);
      return [list[next - 1], list[next]].every((other) => !other || !meet(other, change));
    });
  }

  /** @param {Change} change */
  add(change) {
    let list = [change];
    for (let before = this.#lists.at(-1); before !== undefined; before = this.#lists.at(-1)) {
      if (before.length > list.length) break;
      this.#lists.pop();
      list = joined(before, list);
    }
    this.#lists.push(list);
  }

  inOrder() {
    return this.#lists.reduceRight((list, before) => joined(before, list), []);
  }
}

/**
 * The changes of two lists in the order of the text. An insertion at the start of a replacement goes before it.
 * @param {Change[]} list
 * @param {Change[]} more
 */
function joined(list, more) {
  return [...list, ...more].sort((one, other) => one.start - other.start || one.end - other.end);
}

/**
 * @param {Diagnostic} diagnostic
 * @returns {Change[] | undefined}
 */
function changesOf(diagnostic) {
  try {
    return diagnostic.fix?.edits.map(({ range, text }) => ({
      start: range.start.offset,
      end: range.end.offset,
      text: string(text, "applyFixes", "each new text"),
    }));
  } catch (error) {
    const message = "applyFixes needs diagnostics as `validate` or `checkAutomation` reports them";
    throw new TypeError(message, { cause: error });
  }
}

/**
 * The index at which to insert a change with this start.
 * @param {Change[]} taken
 * @param {number} start
 */
function after(taken, start) {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {Change} */ (taken[middle]).start <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Adjacent changes can both be applied, unless one of them is an insertion: their order would be a guess.
 * @param {Change} one
 * @param {Change} other
 */
function meet(one, other) {
  const inserts = one.start === one.end || other.start === other.end;
  return inserts
    ? one.start <= other.end && other.start <= one.end
    : one.start < other.end && other.start < one.end;
}

/**
 * @param {string} text
 * @param {Change[]} changes
 */
function replace(text, changes) {
  let result = "";
  let at = 0;
  for (const change of changes) {
    result += text.slice(at, change.start) + change.text;
    at = Math.max(at, change.end);
  }
  return result + text.slice(at);
}
