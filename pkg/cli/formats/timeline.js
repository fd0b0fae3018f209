// A row for each trigger of each lane: its windows, from left to right.

import { printable } from "../escape.js";

/** @typedef {import("../../index.js").Timeline} Timeline */
/** @typedef {import("../../index.js").Decision} Decision */
/** @typedef {{ name: string, windows: [number, number][], marks: [number, string][] }} Row */

/** Maximum number of rows. */
const MAX_ROWS = 20;

/** If a window or the scale is at least this long, times include dates. */
const DAY = 86_400_000;

/** The sign of each kind of decision. @type {{ [kind: string]: string }} */
const MARKS = {
  armed: "●",
  rearmed: "●",
  counted: "+",
  disarmed: "■",
  suppressed: "-",
  held: "h",
  fired: "✗",
};

/**
 * @param {{ timeline?: Timeline, decisions?: Decision[] }} result with both
 * @param {number} columns how many a line may have
 * @param {import("../terminal.js").Colours} style
 * @param {{ from: string, to: string }} [expected] when firings are expected
 * @returns {string[]}
 */
export function timeline({ timeline, decisions = [] }, columns, style, expected) {
  const rows = (timeline?.lanes ?? []).flatMap((lane) => rowsOf(lane, decisions));
  if (rows.length === 0) return [];
  const times = rows.flatMap(({ marks }) => marks.map(([time]) => time));
  const shown = rows.slice(0, MAX_ROWS);
  if (expected) {
    const [start, end] = [Date.parse(expected.from), Date.parse(expected.to)];
    times.push(start, end);
    shown.push({
      name: "expected",
      windows: [[start, end]],
      marks: [
        [start, "["],
        [end, "]"],
      ],
    });
  }
  const first = times.reduce((least, time) => Math.min(least, time));
  const last = times.reduce((most, time) => Math.max(most, time));
  const label = Math.min(24, Math.max(...shown.map(({ name }) => name.length)));
  const width = Math.max(10, columns - label - 2);
  /** @param {number} time */
  const column = (time) =>
    Math.max(
      0,
      Math.min(width - 1, Math.round(((time - first) / Math.max(1, last - first)) * (width - 1))),
    );
  const lines = shown.map(({ name, marks, windows }) => {
    const cells = Array.from({ length: width }, () => " ");
    for (const [from, to] of windows) cells.fill("─", column(from), column(Math.min(to, last)) + 1);
    for (const [time, mark] of marks) cells[column(time)] = mark;
    const drawn = cells
      .map((cell) => (cell === "✗" ? style.red(cell) : cell))
      .join("")
      .trimEnd();
    const cut = name.length > label ? `…${name.slice(name.length - label + 1)}` : name;
    return `${cut.padEnd(label)}  ${drawn}`;
  });
  const windows = (timeline?.lanes ?? []).flatMap((lane) => lane.windows);
  const dated = last - first >= DAY || windows.some(({ start, end }) => end - start >= DAY);
  const [from, to] = [clock(first, dated), clock(last, dated)];
  const axis = `${" ".repeat(label + 2)}${from}${to.padStart(Math.max(to.length + 1, width - from.length))}`;
  if (rows.length > MAX_ROWS) lines.push(`… and ${rows.length - MAX_ROWS} more`);
  const legend =
    "● opens or moves the window ─, + counted, ■ closes it, - suppressed, h held, ✗ fired";
  return [axis, ...lines, style.dim(legend)];
}

/**
 * Each trigger with decisions in a lane has its own row, because windows of different triggers overlap.
 * @param {Timeline["lanes"][number]} lane
 * @param {Decision[]} decisions
 */
function rowsOf({ name, windows, decisions: own = [] }, decisions) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const index of own) {
    const decision = decisions[index];
    const mark = decision && MARKS[decision.kind];
    if (!decision || !mark) continue;
    const { path } = decision;
    const row = rows.get(path) ?? { name: printable(name), windows: [], marks: [] };
    row.marks.push([Date.parse(decision.at), mark]);
    rows.set(path, row);
  }
  // The path, as in decisions: rows of one lane differ only in it.
  if (rows.size > 1) for (const [path, row] of rows) row.name += ` ${path}`;
  for (const { path, start, end, closed = end } of windows)
    rows.get(path)?.windows.push([start, Math.min(end, closed)]);
  return [...rows.values()];
}

/**
 * @param {number} time
 * @param {boolean} dated
 */
function clock(time, dated) {
  const text = new Date(time).toISOString();
  return dated ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : text.slice(11, 19);
}
