// Plays scenarios, and returns only the data that the page needs to draw them.

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

/** Numerous data is in typed arrays, which a worker transfers without copying element by element. */
export interface Lane
  extends Omit<TimelineLane, "heartbeats" | "missed" | "windows" | "decisions"> {
  heartbeats: Float64Array;
  missed: Float64Array;
  /**
   * Six numbers for each: when it was opened, its start, its end, when it was replaced or closed, 1 if by a firing, and 1 if it
   * is Proactive.
   */
  windows: Float64Array;
  /** Some windows count events: they fire at an event, not at their end. */
  reactive: boolean;
  /** Some windows wait: they fire at their end if the expected events have not arrived. */
  waits: boolean;
  /** The start and the end of each decision's window; NaN if it has none. */
  from: Float64Array;
  until: Float64Array;
  /** Time, kind and index of each decision. */
  times: Float64Array;
  kinds: Decision["kind"][];
  decisions: Int32Array;
}

export interface Scene extends ResultNotes {
  /** The number of the simulation, to request its decisions. */
  number: number;
  start: number;
  end: number;
  /** Whether it lasts a day or longer: times then have dates. */
  dated: boolean;
  /** Time from one proactive evaluation to the next. */
  tick: number;
  /** Lanes that fired come first. */
  lanes: Lane[];
  /** Number of lanes that fired. */
  firedLanes: number;
  /** How many times the automation acts. */
  firings: number;
  /** How many more times, if nothing came after the last captured event. */
  silent: number;
  undelivered: number;
  /** Whether it fires on missing heartbeats. */
  watchesHeartbeats: boolean;
}

/** The core's notes on the whole result. */
export type ResultNotes = Pick<
  SimulationResult,
  | "reason"
  | "coverage"
  | "beforeStart"
  | "missingLeaders"
  | "recorded"
  | "recordedActions"
  | "notPlayed"
>;

const DAY = 86_400_000;

export interface Played {
  /** On the whole text; its diagnostics are only those on the automation that is played, and on the text around all. */
  report: ValidationReport;
  facts: Facts;
  advice?: Advice;
  scene?: Scene;
  /** Whether the text is itself a scenario: then runs and sliders are not used. */
  isScenario?: true;
  /** The reason if there is no scene. */
  wrong?: { in: "automation" | "events" | "scenario"; findings: Diagnostic[] };
}

/** A decision in the form of the list. */
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
  /** The usual number of seconds between two heartbeats, once the events were played. */
  frequency?: number | undefined;
}

let number = 0;
let held: Captured | undefined;
let last: { scene: Scene; decisions: Decision[]; lanes: Int32Array } | undefined;

/** Stores captured events until others replace them, and returns the number to play them by. */
export function hold(texts: string[]): number {
  held = { number: (held?.number ?? 0) + 1, texts };
  return held.number;
}

function capturedOf({ captured }: Play) {
  if (captured === undefined) return undefined;
  // Others have replaced them: the request is outdated.
  if (held?.number !== captured) throw new TypeError("these captured events are not held any more");
  return held;
}

/** The facts about an automation's triggers that the page needs. */
export function facts(text: string, index: number | undefined): Facts {
  return factsOf(text, checkAutomation(text).triggers, index);
}

export function play(asked: Play): Played {
  const text = asked.automation;
  // The core would report a position in the scenario's text, which the page does not show.
  for (const { name, state } of asked.runs)
    for (const one of [name, state ?? ""])
      if (hasLoneSurrogate(one))
        throw new TypeError(
          `\`${one}\` contains a lone surrogate (U+D800 to U+DFFF), which is not a character`,
        );
  const captured = capturedOf(asked);
  const how = { trace: true, timeline: true, serverVersion: asked.version };
  const outline = checkAutomation(text).triggers;
  const found = factsOf(text, outline, asked.automationIndex);
  if (hasLoneSurrogate(text)) {
    // Such a text cannot be passed as an option; the check reports where it is wrong.
    const report = checkAutomation(text);
    const findings = report.diagnostics.filter((one) => one.severity === "error");
    return { report, facts: found, wrong: { in: "automation", findings } };
  }
  // A scenario has its own events.
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
  const findings = report.diagnostics.filter((one) => one.severity === "error");
  if (findings.length > 0) return { ...played, wrong: { in: "automation", findings } };
  if (all.errors)
    return { ...played, wrong: { in: all.foundIn ?? "scenario", findings: all.errors } };
  // Events are not played for any of several automations.
  const { notPlayed } = all;
  return { ...played, scene: sceneOf({ ...result, ...(notPlayed && { notPlayed }) }) };
}

/** What is played, and how, for functions of other modules. */
export function inputOf(asked: Play) {
  const text = asked.automation;
  const captured = capturedOf(asked);
  const serverVersion = asked.version;
  const outline = checkAutomation(text).triggers;
  // A scenario has its own events.
  if (outline.length === 0) return { input: text, options: { serverVersion } };
  const found = factsOf(text, outline, asked.automationIndex);
  return captured
    ? { input: text, options: { serverVersion, events: captured.texts, ...replayed(asked, found) } }
    : { input: playedScenario(asked), options: { serverVersion, ...simulated(asked, found) } };
}

function reportOn(
  { text, automations, played }: Facts,
  options: Parameters<typeof checkAutomation>[1],
): ValidationReport {
  const report = checkAutomation(text, options);
  if (automations.length < 2) return report;
  const diagnostics = report.diagnostics.filter(({ index = played }) => index === played);
  return { ...report, diagnostics };
}

/** If its name selects one of several, the others are not played. */
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
  const { notPlayed } = result;
  const scene: Scene = {
    number,
    start,
    end,
    dated: end - start >= DAY,
    tick: tickSeconds * 1000,
    lanes: lanes.map((lane) => laneOf(lane, decisions)),
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
    ...(notPlayed && { notPlayed }),
  };
  const laneOfEach = new Int32Array(decisions.length).fill(-1);
  lanes.forEach((lane, index) => {
    for (const decision of lane.decisions ?? []) laneOfEach[decision] = index;
  });
  last = { scene, decisions, lanes: laneOfEach };
  return scene;
}

/** Sorts lanes: first those that fired, then those that fire only if no more events come. */
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
      lane.windows.flatMap(({ opened, start, end, closed = Infinity, closedBy, posture }) => [
        opened,
        start,
        end,
        closed,
        Number(closedBy === "fired"),
        Number(posture === "Proactive"),
      ]),
    ),
    reactive: lane.windows.some((one) => one.posture === "Reactive"),
    waits: lane.windows.some((one) => one.posture === "Proactive"),
    from: Float64Array.from(decided, ({ bucket }) => (bucket ? instant(bucket.start) : Number.NaN)),
    until: Float64Array.from(decided, ({ bucket }) => (bucket ? instant(bucket.end) : Number.NaN)),
    times: Float64Array.from(decided, (one) => instant(one.at)),
    kinds: decided.map((one) => one.kind),
    decisions: Int32Array.from(own),
  };
}

/** Milliseconds since the epoch with fractions for microseconds, which `Date` does not have; used for all times of a timeline. */
function instant(at: string): number {
  return Date.parse(at) + Number(at.slice(23, 26)) / 1000;
}

/** The firings that differ between the two server versions, one sentence each. */
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

/** The decisions: all of one lane, or those of all lanes without the routine ones at each heartbeat. */
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

/** Routine decisions, which readers expect. */
const ROUTINE: Decision["kind"][] = ["rearmed", "held", "ignored", "expired", "swept", "rolled"];
