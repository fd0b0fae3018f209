// A lane for each key of a trigger: what its windows did, from left to right.

import { printable } from "../escape.js";

/** @typedef {import("../../index.js").SimulationResult} SimulationResult */
/** @typedef {{ start: number, end: number, marks: [number, string][], windows: [number, number][], name: string }} Lane */

/** More lanes are not drawn. */
const MOST = 20;

/** What is drawn for a decision. @type {{ [kind: string]: string }} */
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
 * @param {Pick<SimulationResult, "decisions" | "events">} result with decisions
 * @param {number} room
 * @param {import("../terminal.js").Colours} style
 * @param {{ run?: string, between?: { from: string, to: string } }} [expected] what is told apart: the run that all
 *   lanes are of, and when firings are expected
 * @returns {string[]}
 */
export function timeline({ decisions = [], events = [] }, room, style, { run, between } = {}) {
  const names = runNames(events);
  /** @type {Map<string, Lane>} */
  const lanes = new Map();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { at, key, kind, path, bucket } of decisions) {
    const mark = MARKS[kind];
    const labels = Object.values(key);
    if (mark === undefined || labels.length === 0) continue;
    const id = `${path} ${labels.join(" ")}`;
    const time = Date.parse(at);
    first = Math.min(first, time);
    last = Math.max(last, time);
    const name = printable(run ?? labels.map((label) => names.get(label) ?? label).join(", "));
    const lane = lanes.get(id) ?? { start: time, end: time, marks: [], windows: [], name };
    lane.marks.push([time, mark]);
    const open = lane.windows.at(-1);
    if (open && kind !== "counted" && kind !== "held") open[1] = Math.min(open[1], time);
    if (bucket && (kind === "armed" || kind === "rearmed")) {
      lane.windows.push([Date.parse(bucket.start), Date.parse(bucket.end)]);
    }
    lanes.set(id, lane);
  }
  if (lanes.size === 0) return [];
  const shown = [...lanes.values()].slice(0, MOST);
  if (between) {
    const [start, end] = [Date.parse(between.from), Date.parse(between.to)];
    first = Math.min(first, start);
    last = Math.max(last, end);
    shown.push({
      start,
      end,
      name: "expected",
      windows: [[start, end]],
      marks: [
        [start, "["],
        [end, "]"],
      ],
    });
  }
  const label = Math.min(24, Math.max(...shown.map(({ name }) => name.length)));
  const width = Math.max(10, room - label - 2);
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
  const [from, to] = [clock(first), clock(last)];
  const axis = `${" ".repeat(label + 2)}${from}${to.padStart(Math.max(to.length + 1, width - from.length))}`;
  if (lanes.size > MOST) lines.push(`… and ${lanes.size - MOST} more`);
  const legend =
    "● opens or moves the window ─, + counted, ■ closes it, - suppressed, h held, ✗ fired";
  return [axis, ...lines, style.dim(legend)];
}

/** @param {number} time */
function clock(time) {
  return new Date(time).toISOString().slice(11, 19);
}

/**
 * The names of resources, as events tell them.
 * @param {object[]} events
 */
function runNames(events) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const event of /** @type {{ resource: { [label: string]: string } }[]} */ (events)) {
    const { "prefect.resource.id": id, "prefect.resource.name": name } = event.resource;
    if (id && name) names.set(id, name);
  }
  return names;
}
