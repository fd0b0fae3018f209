// A scenario that is played, as little as is needed to draw it: the page only draws.

import {
  type Advice,
  checkAutomation,
  compareReplays,
  compareVersions,
  type Decision,
  type Diagnostic,
  type Fired,
  heartbeatAdvice,
  init,
  type Report,
  replay,
  type SimulationResult,
  simulate,
  type Lane as TimelineLane,
} from "prefect-events";
import { hasLoneSurrogate } from "../../ui/utf8.ts";
import { type Facts, factsOf } from "./facts.ts";
import { type Play, scenario } from "./scenario.ts";

await init({ validate: false });

export type { Fired };

/** Of which there are many stands in typed arrays, which come from a worker without being copied one by one. */
export interface Lane
  extends Omit<TimelineLane, "heartbeats" | "missed" | "windows" | "decisions"> {
  heartbeats: Float64Array;
  missed: Float64Array;
  /** Five numbers for each: when it was opened, its start, its end, when it was replaced or closed, and 1 if by a firing. */
  windows: Float64Array;
  /** They fire at an event, not at the end. */
  reactive: boolean;
  /** When it was decided, what, and the index of the decision. */
  times: Float64Array;
  kinds: Decision["kind"][];
  decisions: Int32Array;
}

export interface Scene {
  /** Which play it is of: decisions are asked for by it. */
  number: number;
  start: number;
  end: number;
  /** From one proactive evaluation to the next. */
  tick: number;
  lanes: Lane[];
  /** How often the automation acts. */
  firings: number;
  /** Firings after the last captured event: only if nothing more came. */
  silent: number;
  /** What comes only from events that follow one which is not among the captured ones. */
  missingLeaders?: NonNullable<SimulationResult["missing_leaders"]>;
  undelivered: number;
  /** It waits for heartbeats to stay away: to fire on a run that is alive is wrong. */
  watchesHeartbeats: boolean;
}

export interface Played {
  report: Report;
  facts: Facts;
  advice?: Advice;
  scene?: Scene;
  /** Why there is no scene. */
  wrong?: { in: "automation" | "events" | "scenario"; findings: Diagnostic[] };
}

/** A decision as the list shows it. */
export interface ListedDecision {
  decision: number;
  lane: number;
  at: number;
  kind: Decision["kind"];
  reason: string;
  fault?: string;
}

interface Captured {
  number: number;
  text: string;
  /** The seconds that usually lie between two heartbeats, once they were played. */
  frequency?: number | undefined;
}

let number = 0;
let held: Captured | undefined;
let last: { scene: Scene; decisions: Decision[]; lanes: Int32Array } | undefined;

/** Keeps captured events until others come; they are played by the number that this gives. */
export function hold(text: string): number {
  held = { number: (held?.number ?? 0) + 1, text };
  return held.number;
}

function capturedOf({ captured }: Play) {
  if (captured === undefined) return undefined;
  // Others have come since: what is asked for is not shown any more.
  if (held?.number !== captured) throw new TypeError("these captured events are not held any more");
  return held;
}

/** What the page needs of an automation's triggers. */
export function facts(text: string): Facts {
  return factsOf(text, checkAutomation(text).triggers);
}

export function play(asked: Play): Played {
  const text = asked.automation;
  // The core would report a place in the scenario's text, which the page does not show.
  for (const { name, state } of asked.runs)
    for (const one of [name, state ?? ""])
      if (hasLoneSurrogate(one))
        throw new TypeError(
          `\`${one}\` has half of a surrogate pair (U+D800 to U+DFFF), which is no character`,
        );
  const captured = capturedOf(asked);
  const how = { trace: true, timeline: true, server_version: asked.version };
  const result = captured ? replay(text, captured.text, how) : simulate(scenario(asked), how);
  if (captured && result.timeline)
    captured.frequency = result.timeline.heartbeat?.frequency_seconds;
  const frequency = captured ? captured.frequency : asked.heartbeat.frequency;
  const report = checkAutomation(text, {
    server_version: asked.version,
    ...(frequency && { heartbeat_frequency: Math.round(frequency) }),
  });
  const found = factsOf(text, report.triggers);
  const played: Played = { report, facts: found };
  if (found.watched && found.window && frequency)
    played.advice = heartbeatAdvice({
      frequency: Math.round(frequency),
      within: found.window.seconds,
      ...(found.expect && { expect: found.expect }),
    });
  if (!report.valid) {
    const findings = report.diagnostics.filter((one) => one.severity === "error");
    return { ...played, wrong: { in: "automation", findings } };
  }
  if (result.errors)
    return { ...played, wrong: { in: result.found_in ?? "scenario", findings: result.errors } };
  return { ...played, scene: sceneOf(result) };
}

function sceneOf(result: SimulationResult): Scene {
  // Of a document with several automations, the first is drawn.
  const {
    timeline,
    decisions = [],
    firings,
    undelivered = 0,
    missing_leaders,
  } = result.automations?.[0] ?? result;
  if (!timeline) throw new Error("a simulation without errors has a timeline");
  number += 1;
  const { start, end, tick_seconds, watches_heartbeats, lanes } = timeline;
  const scene: Scene = {
    number,
    start,
    end,
    tick: tick_seconds * 1000,
    lanes: lanes.map((lane) => laneOf(lane, decisions)),
    firings: firings.filter((firing) => !firing.if_silent).length,
    silent: firings.filter((firing) => firing.if_silent).length,
    ...(missing_leaders && { missingLeaders: missing_leaders }),
    undelivered,
    watchesHeartbeats: watches_heartbeats,
  };
  const laneOfEach = new Int32Array(decisions.length).fill(-1);
  lanes.forEach((lane, index) => {
    for (const decision of lane.decisions ?? []) laneOfEach[decision] = index;
  });
  last = { scene, decisions, lanes: laneOfEach };
  return scene;
}

function laneOf(lane: TimelineLane, all: Decision[]): Lane {
  const own = lane.decisions ?? [];
  const decided = own.flatMap((index) => all[index] ?? []);
  return {
    ...lane,
    heartbeats: Float64Array.from(lane.heartbeats),
    missed: Float64Array.from(lane.missed),
    windows: Float64Array.from(
      lane.windows.flatMap(({ opened, start, end, closed = Infinity, closed_by }) => [
        opened,
        start,
        end,
        closed,
        Number(closed_by === "fired"),
      ]),
    ),
    reactive: lane.windows.some((one) => one.posture === "Reactive"),
    times: Float64Array.from(decided, (one) => instant(one.at)),
    kinds: decided.map((one) => one.kind),
    decisions: Int32Array.from(own),
  };
}

/** Milliseconds since the epoch, with the microseconds that `Date` does not have, as all times of a timeline. */
function instant(at: string): number {
  return Date.parse(at) + Number(at.slice(23, 26)) / 1000;
}

/** The firings in which the two versions of the server differ, each in one sentence. */
export function compare(asked: Play): { message: string }[] {
  const captured = capturedOf(asked);
  const { differences } = captured
    ? compareReplays(asked.automation, captured.text)
    : compareVersions(scenario(asked));
  return differences.map(({ message }) => ({ message }));
}

/** What was decided: of one lane everything, or of all lanes without what happens at each heartbeat. */
export function decisions(of: number, lane: number | undefined, all: boolean): ListedDecision[] {
  if (!last || last.scene.number !== of) return [];
  const listed: ListedDecision[] = [];
  const { decisions, lanes } = last;
  decisions.forEach((one, index) => {
    const on = lanes[index] ?? -1;
    if (on < 0 || (lane !== undefined && on !== lane)) return;
    if (!all && ROUTINE.includes(one.kind) && !one.fault) return;
    listed.push({
      decision: index,
      lane: on,
      at: instant(one.at),
      kind: one.kind,
      reason: one.because,
      ...(one.fault && { fault: one.fault }),
    });
  });
  return listed;
}

/** What is decided all the time, and changes nothing that a reader did not expect. */
const ROUTINE: Decision["kind"][] = ["rearmed", "held", "ignored", "expired", "swept", "rolled"];
