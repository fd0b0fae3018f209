// Draws the marks of the timeline on a canvas: only visible lanes and times.

import type { Lane, Scene } from "../../core/functions/scenes.ts";

export interface View {
  scene: Scene;
  /** Converts a time to a position, in pixels. */
  x: (time: number) => number;
  width: number;
  height: number;
  /** Vertical scroll position of the lanes, in pixels. */
  top: number;
  lane: LaneShape;
  cursor: number | undefined;
  /** The focused decision: its lane, and its index among the lane's marks. */
  looked: { lane: number; mark: number } | undefined;
  colours: Colours;
}

/** Vertical positions within a lane, in pixels. */
export interface LaneShape {
  height: number;
  /** Names of states are above this position. */
  track: number;
  base: number;
}

export const COLOURS = [
  "ink",
  "ink-soft",
  "ink-faint",
  "line",
  "accent",
  "error",
  "warning",
  "surface",
] as const;
export type Colours = Record<(typeof COLOURS)[number], string>;

const FONT = '11px "IBM Plex Sans", system-ui, sans-serif';
/** Minimum distance between the server's ticks, in pixels. */
const CLOSEST = 12;
/** Numbers per window in a lane's data. */
const WINDOW = 6;

export function paint(context: CanvasRenderingContext2D, view: View) {
  const { scene, width, height, top, lane, colours } = view;
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  const first = Math.max(0, Math.floor(top / lane.height));
  const last = Math.min(scene.lanes.length - 1, Math.floor((top + height) / lane.height));
  for (let index = first; index <= last; index += 1) {
    const one = scene.lanes[index];
    if (!one) continue;
    context.save();
    context.translate(0, index * lane.height - top);
    if (index > 0) line(context, 0, 0.5, width, 0.5, colours.line);
    paintTicks(context, view);
    paintWindows(context, one, view);
    paintLife(context, one, view);
    paintHeartbeats(context, one, view);
    paintStates(context, one, view);
    paintFirings(context, one, view);
    if (view.looked?.lane === index) paintLooked(context, one, view.looked.mark, view);
    if (view.cursor !== undefined) paintDeadline(context, one, view.cursor, view);
    context.restore();
  }
  if (view.cursor !== undefined) {
    const at = Math.round(view.x(view.cursor)) + 0.5;
    line(context, at, 0, at, height, colours["ink-soft"]);
  }
}

/** Draws the times at which the server checks its windows. */
function paintTicks(context: CanvasRenderingContext2D, { scene, x, width, lane, colours }: View) {
  const { start, end, tick } = scene;
  const step = x(start + tick) - x(start);
  if (step < CLOSEST) return;
  const skipped = Math.max(0, Math.floor(-x(start) / step));
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = start + skipped * tick; at <= end; at += tick) {
    const place = Math.round(x(at)) + 0.5;
    if (place > width) break;
    context.moveTo(place, lane.track);
    context.lineTo(place, lane.base);
  }
  context.stroke();
}

/** Draws the remaining time of the window: full when it opens, zero at its end. */
function paintWindows(context: CanvasRenderingContext2D, one: Lane, view: View) {
  const { scene, x, width, lane, colours } = view;
  const { windows } = one;
  const high = lane.base - lane.track;
  for (let index = 0; index < windows.length; index += WINDOW) {
    const [at = 0, start = 0, end = 0, closed = 0, fires = 0, waits = 0] = windows.subarray(
      index,
      index + WINDOW,
    );
    const until = Math.min(closed, Math.max(end, scene.end));
    const [left, right] = [x(at), x(until)];
    if (right < 0 || left > width) continue;
    const level = (time: number) =>
      !waits || end <= start
        ? lane.track + high / 2
        : lane.track + high * Math.min(1, Math.max(0, (time - start) / (end - start)));
    const over = Math.min(until, Math.max(end, at));
    const colour = fires && waits ? colours.error : colours.accent;
    context.beginPath();
    context.moveTo(left, level(at));
    context.lineTo(x(over), level(over));
    context.lineTo(right, level(until));
    context.strokeStyle = colour;
    context.lineWidth = fires ? 1.75 : 1.25;
    context.stroke();
    context.lineTo(right, lane.base);
    context.lineTo(left, lane.base);
    context.closePath();
    context.globalAlpha = fires ? 0.2 : 0.13;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
}

/** When the run died. */
export function deathOf({ ending, over }: Lane): number | undefined {
  return ending === "died" ? over : undefined;
}

function paintLife(context: CanvasRenderingContext2D, one: Lane, view: View) {
  const { scene, x, lane, colours } = view;
  if (!one.run) return;
  line(
    context,
    x(one.starts),
    lane.base,
    x(one.over ?? scene.end),
    lane.base,
    colours["ink-faint"],
    1.5,
  );
  const dies = deathOf(one);
  if (dies === undefined) return;
  const at = x(dies);
  const arm = 4.5;
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(at - arm, lane.base - arm);
  context.lineTo(at + arm, lane.base + arm);
  context.moveTo(at + arm, lane.base - arm);
  context.lineTo(at - arm, lane.base + arm);
  context.stroke();
  context.fillStyle = colours["ink-soft"];
  context.fillText("dies", at + 7, lane.base - 3);
}

function paintHeartbeats(context: CanvasRenderingContext2D, one: Lane, view: View) {
  const { x, width, lane, colours } = view;
  const [first = 0, next = first] = one.heartbeats;
  const dense = x(next) - x(first) < 7;
  context.fillStyle = colours.ink;
  for (const time of one.heartbeats) {
    const at = x(time);
    if (at < -4 || at > width + 4) continue;
    if (dense) context.fillRect(at - 0.5, lane.base - 3, 1, 6);
    else dot(context, at, lane.base, 2.5, true);
  }
  context.strokeStyle = colours.error;
  context.lineWidth = 1.5;
  for (const time of one.missed) {
    const at = x(time);
    if (at < -4 || at > width + 4) continue;
    context.fillStyle = colours.surface;
    dot(context, at, lane.base, 3.5, true);
    dot(context, at, lane.base, 3.5, false);
  }
}

function paintStates(context: CanvasRenderingContext2D, one: Lane, view: View) {
  const { x, width, lane, colours } = view;
  context.fillStyle = colours["ink-soft"];
  one.states.forEach(({ at, name }, index) => {
    const left = x(at);
    if (left < -120 || left > width) return;
    line(context, left, lane.track - 9, left, lane.base, colours["ink-faint"]);
    const next = one.states[index + 1];
    const long = context.measureText(name).width + 6;
    // Names do not overlap: of two, the later one is drawn.
    if (next && x(next.at) - left < long) return;
    if (left + long > width) {
      context.textAlign = "right";
      context.fillText(name, left - 4, lane.track - 4);
      context.textAlign = "left";
    } else context.fillText(name, left + 4, lane.track - 4);
  });
}

/**
 * Firings differ by shape, not by colour alone: a diamond on a dead run, a triangle with an exclamation mark on others. A hollow
 * shape on a dashed line is a firing that depends on silence after the last captured event.
 */
function paintFirings(context: CanvasRenderingContext2D, one: Lane, view: View) {
  const { x, width, lane, colours } = view;
  // Thousands of firings can be in one place, where they look like one.
  const painted = new Set<number>();
  for (const { at, child, ifSilent: silent = false, falseAlarm: wrong = false } of one.fired) {
    const isHollow = child || silent;
    const place = x(at);
    if (place < -10 || place > width + 10) continue;
    const looks = Number(isHollow) + 2 * Number(silent) + 4 * Number(wrong);
    const mark = Math.round(place * 2) * 8 + looks;
    if (painted.has(mark)) continue;
    painted.add(mark);
    const y = lane.track - 10;
    context.setLineDash(silent ? [3, 3] : []);
    line(context, place, y, place, lane.base + 6, colours.error, isHollow ? 1.25 : 2);
    context.setLineDash([]);
    context.fillStyle = isHollow ? colours.surface : colours.error;
    context.strokeStyle = colours.error;
    context.lineWidth = 1.5;
    context.beginPath();
    if (wrong) {
      context.moveTo(place, y - 8);
      context.lineTo(place + 8, y + 6);
      context.lineTo(place - 8, y + 6);
    } else {
      context.moveTo(place, y - 7);
      context.lineTo(place + 7, y);
      context.lineTo(place, y + 7);
      context.lineTo(place - 7, y);
    }
    context.closePath();
    context.fill();
    context.stroke();
    if (wrong) {
      context.fillStyle = isHollow ? colours.error : colours.surface;
      context.fillRect(place - 0.9, y - 3.5, 1.8, 5);
      context.fillRect(place - 0.9, y + 2.5, 1.8, 1.8);
    }
  }
}

/** Draws the window of the focused decision from start to end, and a ring around its mark. */
function paintLooked(
  context: CanvasRenderingContext2D,
  one: Lane,
  mark: number,
  { x, lane, colours }: View,
) {
  const at = one.times[mark];
  if (at === undefined) return;
  const [start = Number.NaN, end = Number.NaN] = [one.from[mark], one.until[mark]];
  if (start <= end) {
    const [left, right] = [x(start), x(end)];
    context.strokeStyle = colours.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left, lane.base + 3);
    context.lineTo(left, lane.base + 8);
    context.lineTo(right, lane.base + 8);
    context.lineTo(right, lane.base + 3);
    context.stroke();
  }
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  dot(context, x(at), lane.base, 7, false);
}

/** Draws the time from the cursor to the end of the window that is open there. */
function paintDeadline(
  context: CanvasRenderingContext2D,
  one: Lane,
  cursor: number,
  { x, lane, colours }: View,
) {
  const window = openAt(one, cursor);
  if (!window || window.end < cursor) return;
  const right = x(window.end);
  context.setLineDash([2, 3]);
  line(context, x(cursor), lane.base - 5, right, lane.base - 5, colours.accent, 1.5);
  context.setLineDash([]);
  line(context, right, lane.track, right, lane.base + 4, colours.accent, 1.5);
}

/** The window that is drawn as open at a time; of several, the one that opened last. */
export function openAt({ windows }: Lane, time: number) {
  for (let index = windows.length - WINDOW; index >= 0; index -= WINDOW) {
    const [at = 0, , end = 0, closed = 0, , waits = 0] = windows.subarray(index, index + WINDOW);
    if (at <= time && time < closed) return { end, waits: waits === 1 };
  }
  return undefined;
}

function line(
  context: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  colour: string,
  width = 1,
) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

function dot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  filled: boolean,
) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (filled) context.fill();
  else context.stroke();
}
