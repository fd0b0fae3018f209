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
  replay,
  type SimulationResult,
  simulate,
  type Lane as TimelineLane,
  type ValidationReport,
} from "prefect-events";
import { hasLoneSurrogate } from "../../ui/utf8.ts";
import { type Facts, factsOf } from "./facts.ts";
import { FILE, type Play, playedScenario } from "./scenario.ts";

await init({ validate: false });

export type { Fired };

/** Of which there are many stands in typed arrays, which come from a worker without being copied one by one. */
export interface Lane
  extends Omit<TimelineLane, "heartbeats" | "missed" | "windows" | "decisions"> {
  heartbeats: Float64Array;
  missed: Float64Array;
  /** Five numbers for each: when it was opened, its start, its end, when it was replaced or closed, and 1 if by a firing. */
  windows: Float64Array;
  /** Some windows count events: they fire at one, not at the end. */
  reactive: boolean;
  /** Some windows wait: they fire at the end, if the expected events have not come. */
  waits: boolean;
  /** When it was decided, what, and the index of the decision. */
  times: Float64Array;
  kinds: Decision["kind"][];
  decisions: Int32Array;
}

export interface Scene extends Told {
  /** Which play it is of: decisions are asked for by it. */
  number: number;
  start: number;
  end: number;
  /** A day or longer: times have dates. */
  dated: boolean;
  /** From one proactive evaluation to the next. */
  tick: number;
  /** Those that fired are the first. */
  lanes: Lane[];
  /** The automation counts or waits for each run apart, not for all together. */
  perRun: boolean;
  /** So many of them fired. */
  firedLanes: number;
  /** How often the automation acts. */
  firings: number;
  /** How often besides, if nothing came after the last captured event. */
  silent: number;
  undelivered: number;
  /** It waits for heartbeats to stay away: to fire on a run that is alive is wrong. */
  watchesHeartbeats: boolean;
}

/** What the core says of a result as a whole. */
export type Told = Pick<
  SimulationResult,
  "reason" | "coverage" | "beforeStart" | "missingLeaders" | "recorded" | "recordedActions"
>;

const DAY = 86_400_000;

export interface Played {
  report: ValidationReport;
  facts: Facts;
  advice?: Advice;
  scene?: Scene;
  /** The text is a scenario of its own: runs and sliders have no part in it. */
  isScenario?: true;
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
  texts: string[];
  /** The seconds that usually lie between two heartbeats, once they were played. */
  frequency?: number | undefined;
}

let number = 0;
let held: Captured | undefined;
let last: { scene: Scene; decisions: Decision[]; lanes: Int32Array } | undefined;

/** Keeps captured events until others come; they are played by the number that this gives. */
export function hold(texts: string[]): number {
  held = { number: (held?.number ?? 0) + 1, texts };
  return held.number;
}

function capturedOf({ captured }: Play) {
  if (captured === undefined) return undefined;
  // Others have come since: what is asked for is not shown any more.
  if (held?.number !== captured) throw new TypeError("these captured events are not held any more");
  return held;
}

/** What the page needs of an automation's triggers. */
export function facts(text: string, index: number | undefined): Facts {
  return factsOf(text, checkAutomation(text).triggers, index);
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
  const how = { trace: true, timeline: true, serverVersion: asked.version };
  const outline = checkAutomation(text).triggers;
  const found = factsOf(text, outline, asked.automationIndex);
  if (hasLoneSurrogate(text)) {
    // Such a text can be no option, and the check says where it is wrong.
    const report = checkAutomation(text);
    const findings = report.diagnostics.filter((one) => one.severity === "error");
    return { report, facts: found, wrong: { in: "automation", findings } };
  }
  // A scenario has events of its own.
  const scenario = outline.length > 0 ? undefined : simulate(text, how);
  if (scenario && !scenario.errors) {
    const report = { valid: true, count: 1, errors: 0, warnings: 0, infos: 0, diagnostics: [] };
    return { report, facts: found, scene: sceneOf(scenario), isScenario: true };
  }
  const all = captured
    ? replay(text, captured.texts, { ...how, ...replayed(asked, found) })
    : simulate(playedScenario(asked), { ...how, ...simulated(asked, found) });
  const place = found.automations.findIndex(({ index }) => index === found.played);
  const result = all.automations?.[place] ?? all;
  if (captured && result.timeline) captured.frequency = result.timeline.heartbeat?.frequencySeconds;
  const frequency = captured ? captured.frequency : asked.heartbeat.frequency;
  const report = reportOn(found, {
    serverVersion: asked.version,
    ...(frequency && { heartbeatFrequency: Math.round(frequency) }),
  });
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
  if (all.errors)
    return { ...played, wrong: { in: all.foundIn ?? "scenario", findings: all.errors } };
  return { ...played, scene: sceneOf(result) };
}

/** What the check finds in the automation that is played, and in the text around all of them. */
function reportOn(
  { text, automations, played }: Facts,
  options: Parameters<typeof checkAutomation>[1],
): ValidationReport {
  const report = checkAutomation(text, options);
  if (automations.length < 2) return report;
  const diagnostics = report.diagnostics.filter(({ index = played }) => index === played);
  const count = (severity: Diagnostic["severity"]) =>
    diagnostics.filter((one) => one.severity === severity).length;
  const [errors, warnings, infos] = [count("error"), count("warning"), count("info")];
  return { valid: errors === 0, count: 1, errors, warnings, infos, diagnostics };
}

/** Where its name says which of several is meant, the others are not played. */
function nameOf({ automations, played }: Facts): { name?: string } {
  const name = automations.find(({ index }) => index === played)?.name;
  const same = automations.filter((one) => one.name === name);
  return name && automations.length > 1 && same.length === 1 ? { name } : {};
}

function simulated({ automation }: Play, { played }: Facts) {
  return { files: { [FILE]: automation }, automationIndex: played };
}

function replayed({ ignoreLeaders, withoutActions }: Play, facts: Facts) {
  return {
    ...nameOf(facts),
    ...(ignoreLeaders && { ignoreMissingLeaders: true }),
    ...(withoutActions && { withoutActions: true }),
  };
}

function sceneOf(result: SimulationResult): Scene {
  const { timeline, decisions = [], firings, undelivered = 0 } = result;
  if (!timeline) throw new Error("a simulation without errors has a timeline");
  number += 1;
  const { start, end, tickSeconds, watchesHeartbeats } = timeline;
  const lanes = ordered(timeline.lanes);
  const silent = firings.filter((one) => one.ifSilent).length;
  const { reason, coverage, beforeStart, missingLeaders, recorded, recordedActions } = result;
  const scene: Scene = {
    number,
    start,
    end,
    dated: end - start >= DAY,
    tick: tickSeconds * 1000,
    lanes: lanes.map((lane) => laneOf(lane, decisions)),
    perRun: lanes.some((lane) => lane.run && isKept(lane)) || !lanes.some(isKept),
    firedLanes: lanes.filter(({ fired }) => fired.length > 0).length,
    firings: firings.length - silent,
    silent,
    undelivered,
    watchesHeartbeats: watchesHeartbeats,
    ...(reason !== undefined && { reason }),
    ...(coverage && { coverage }),
    ...(beforeStart && { beforeStart }),
    ...(missingLeaders && { missingLeaders }),
    ...(recorded && { recorded }),
    ...(recordedActions && { recordedActions }),
  };
  const laneOfEach = new Int32Array(decisions.length).fill(-1);
  lanes.forEach((lane, index) => {
    for (const decision of lane.decisions ?? []) laneOfEach[decision] = index;
  });
  last = { scene, decisions, lanes: laneOfEach };
  return scene;
}

/** A trigger keeps count for it. */
function isKept({ windows, fired }: TimelineLane): boolean {
  return windows.length + fired.length > 0;
}

/** Those that fired stand first, and those behind them that would if all is silent. */
function ordered(lanes: TimelineLane[]): TimelineLane[] {
  const rank = ({ fired }: TimelineLane) =>
    fired.length === 0 ? 2 : fired.every((one) => one.ifSilent) ? 1 : 0;
  return lanes.toSorted((one, other) => rank(one) - rank(other));
}

function laneOf(lane: TimelineLane, all: Decision[]): Lane {
  const own = lane.decisions ?? [];
  const decided = own.flatMap((index) => all[index] ?? []);
  return {
    ...lane,
    heartbeats: Float64Array.from(lane.heartbeats),
    missed: Float64Array.from(lane.missed),
    windows: Float64Array.from(
      lane.windows.flatMap(({ opened, start, end, closed = Infinity, closedBy }) => [
        opened,
        start,
        end,
        closed,
        Number(closedBy === "fired"),
      ]),
    ),
    reactive: lane.windows.some((one) => one.posture === "Reactive"),
    waits: lane.windows.some((one) => one.posture === "Proactive"),
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
  const found = facts(asked.automation, asked.automationIndex);
  const { differences } = captured
    ? compareReplays(asked.automation, captured.texts, replayed(asked, found))
    : found.automations.length === 0
      ? compareVersions(asked.automation)
      : compareVersions(playedScenario(asked), simulated(asked, found));
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
      reason: one.reason,
      ...(one.fault && { fault: one.fault }),
    });
  });
  return listed;
}

/** What is decided all the time, and changes nothing that a reader did not expect. */
const ROUTINE: Decision["kind"][] = ["rearmed", "held", "ignored", "expired", "swept", "rolled"];
