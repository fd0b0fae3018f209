// Reports on a file: reads small files whole, NDJSON of any size in constant memory.

import { checkAutomation } from "../api/automation.js";
import { isNdjson, openStream, validate, validateLines } from "../api/validate.js";
import { wholeLines } from "../lines.js";
import { byLine, excerpts, LINE_BREAK } from "./excerpt.js";
import { readHead, readRest } from "./read-input.js";
import { Selection } from "./selection.js";
import { displayName } from "./text.js";

/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").ValidateOptions & import("../index.js").CheckOptions} ReportOptions */
/** @typedef {import("./excerpt.js").Excerpt} Excerpt */

/**
 * @typedef {object} Checked
 * @property {string} file
 * @property {Report} report
 * @property {(Excerpt | undefined)[]} excerpts the text around each diagnostic
 * @property {number} [fixed] how many fixes were applied
 */

/** @typedef {{ file: string, unreadable: string, unfixed?: boolean }} NotChecked why it was not read, or not fixed */
/** @typedef {Checked | NotChecked} Result */

/**
 * The content of files, and the function that reports on it.
 * @typedef {object} Content
 * @property {string} noun
 * @property {(input: Uint8Array | string, options: ReportOptions) => Report} report
 * @property {boolean} lines whether it can be NDJSON
 */

/** @type {Content} */
export const EVENTS = { noun: "event", report: validate, lines: true };
/** @type {Content} */
export const AUTOMATIONS = { noun: "automation", report: checkAutomation, lines: false };

/** Bytes that are nearly always enough to recognise NDJSON. */
const SNIFFED_BYTES = 64 * 1024;

/**
 * @param {string} file
 * @param {import("./read-input.js").Input} input
 * @param {Content} content
 * @param {ReportOptions} options
 * @param {(bytes: number) => void} progress
 * @param {History} [history] of which the file is a part
 * @returns {Promise<Checked>}
 */
export async function report(file, input, content, options, progress, history) {
  const { head, ended } = await readHead(input);
  if (ended) return reportWhole(file, head, content, options, history);
  if (content.lines && (isNdjson(head.subarray(0, SNIFFED_BYTES)) ?? isNdjson(head))) {
    const source = chain(head, input.pieces);
    const reports = history ? history.lines(file, source) : validateLines(source, options);
    return reportLines(file, reports, options, progress, history);
  }
  return reportWhole(file, await readRest(head, input.pieces), content, options, history);
}

/**
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {Content} content
 * @param {ReportOptions} options
 * @param {History} [history] of which the file is a part
 * @returns {Checked}
 */
export function reportWhole(file, bytes, content, options, history) {
  const report = history ? history.document(file, bytes) : content.report(bytes, options);
  const selection = new Selection(options);
  selection.add(report, excerpts(bytes, 1, report.diagnostics));
  const selected = selection.result(file);
  // Reports on automations contain more than their findings. Those on events are the same for files that are read in chunks.
  const checked = content.lines
    ? selected
    : { ...selected, report: { ...report, ...selected.report } };
  history?.keep(selection, checked);
  return checked;
}

/**
 * @param {string} file
 * @param {AsyncGenerator<{ lines: Uint8Array, report: Report }>} reports
 * @param {ReportOptions} options
 * @param {(bytes: number) => void} progress
 * @param {History} [history] of which the file is a part
 * @returns {Promise<Checked>}
 */
async function reportLines(file, reports, options, progress, history) {
  const selection = new Selection(options);
  let firstLine = 1;
  for await (const { lines, report } of reports) {
    selection.add(report, excerpts(lines, firstLine, report.diagnostics));
    firstLine += countLineBreaks(lines);
    progress(lines.length);
  }
  const checked = selection.result(file);
  history?.keep(selection, checked);
  return checked;
}

/** Several files of events that form one history, in the given order. */
export class History {
  #options;
  #stream;
  /** By the number of a text. @type {({ selection: Selection, checked: Checked } | undefined)[]} */
  #files = [];
  /** The number of the current text. */
  #current = -1;

  /** @param {ReportOptions} options */
  constructor(options) {
    this.#options = options;
    this.#stream = openStream(options);
  }

  /** @param {string} file */
  #begin(file) {
    this.#add(this.#stream.begin(displayName(file)));
    this.#current += 1;
  }

  /** @param {import("../api/validate.js").LateReport[]} late */
  #add(late) {
    for (const { text, report } of late) {
      // A file that could not be read completely has no report.
      const { selection, checked } = this.#files[text] ?? {};
      selection?.add(report, []);
      if (selection && checked) Object.assign(checked, selection.result(checked.file));
    }
  }

  /**
   * @param {string} file
   * @param {Uint8Array} bytes
   */
  document(file, bytes) {
    this.#begin(file);
    return this.#stream.document(bytes);
  }

  /**
   * As `validateLines`.
   * @param {string} file
   * @param {AsyncGenerator<Uint8Array>} source
   */
  async *lines(file, source) {
    this.#begin(file);
    for await (const lines of wholeLines(source))
      yield { lines, report: this.#stream.chunk(lines) };
  }

  /**
   * Where late findings on the current file go.
   * @param {Selection} selection
   * @param {Checked} checked
   */
  keep(selection, checked) {
    this.#files[this.#current] = { selection, checked };
  }

  /** Restarts after a failure, which ends the open stream of the module: links across it are not checked. */
  restart() {
    this.#stream.close();
    this.#stream = openStream(this.#options);
    this.#files = [];
    this.#current = -1;
  }

  /** Call it after the last file: adds the late findings to the reports. */
  end() {
    this.#add(this.#stream.end());
    this.#stream.close();
  }
}

/**
 * Adds the text around late findings: reads their lines again.
 * @param {Checked} result
 * @param {() => Promise<import("./read-input.js").Input>} reopen
 */
export async function completeExcerpts({ report: { diagnostics }, excerpts: found }, reopen) {
  const missing = diagnostics.map(({ range }, index) => (found[index] ? undefined : range));
  const order = byLine(missing);
  if (order.length === 0) return;
  let firstLine = 1;
  let next = 0;
  /** @param {Uint8Array} lines @param {number} end the number of the first line behind them */
  const complete = (lines, end) => {
    const first = next;
    while (next < order.length && Number(missing[Number(order[next])]?.start.line) < end) next += 1;
    const here = order.slice(first, next);
    const texts = excerpts(
      lines,
      firstLine,
      here.map((index) => /** @type {Diagnostic} */ (diagnostics[index])),
    );
    for (const [position, index] of here.entries()) found[index] = texts[position];
  };
  for await (const lines of wholeLines((await reopen()).pieces)) {
    const lineBreaks = countLineBreaks(lines);
    const whole = lines.at(-1) === LINE_BREAK;
    complete(lines, firstLine + lineBreaks + (whole ? 0 : 1));
    if (next === order.length) return;
    firstLine += lineBreaks;
  }
  // After the last line break.
  complete(new Uint8Array(), firstLine + 1);
}

/** @param {Uint8Array} bytes */
function countLineBreaks(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1))
    count += 1;
  return count;
}

/**
 * @param {Uint8Array} head
 * @param {AsyncGenerator<Uint8Array>} pieces
 */
async function* chain(head, pieces) {
  yield head;
  yield* pieces;
}
