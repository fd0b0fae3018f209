// A scenario that is played, as little as is needed to draw it: the page only draws.

import {
  type Advice,
  checkAutomation,
  compareVersions,
  type Decision,
  type Diagnostic,
  type Firing,
  heartbeatAdvice,
  init,
  type Report,
  replay,
  type SimulationResult,
  simulate,
} from "prefect-events";
import { hasLoneSurrogate } from "../../ui/utf8.ts";
import { type CapturedEvent, readEvents } from "./captured.ts";
import { type Facts, facts } from "./facts.ts";
import { EVERY, type Play, START, scenario } from "./scenario.ts";

await init(false);

/** What had become of a run when the automation fired on it. */
export type Fate = "alive" | "dead" | "done" | "silent" | "unknown";

export interface Fired {
  /** The index of the decision. */
  decision: number;
  at: number;
  fate: Fate;
  because: string;
  /** How many heartbeats in a row had not come. */
  missed: number;
  /** It is a child of a composite trigger: the automation did not act yet. */
  child: boolean;
}

/** All times in milliseconds since the epoch. */
export interface Lane {
  name: string;
  /** It is about a run, not about other labels. */
  run: boolean;
  beats: Float64Array;
  missed: Float64Array;
  states: { at: number; name: string; type: string }[];
  /** Four numbers for each: when it was decided, its start, its end, and when it was replaced or closed. */
  windows: Float64Array;
  /** They fire at an event, not at the end. */
  reactive: boolean;
  /** When it was decided, what, and the index of the decision. */
  times: Float64Array;
  kinds: Decision["kind"][];
  decisions: Int32Array;
  starts: number;
  ends?: number;
  dies?: number;
  fired: Fired[];
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

/** A decision as the list tells it. */
export interface Told {
  decision: number;
  lane: number;
  at: number;
  kind: Decision["kind"];
  because: string;
  fault?: string;
}

const TICK = 5;
const FINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];
const HEARTBEAT = "prefect.flow-run.heartbeat";

let number = 0;
let held:
  | { number: number; text: string; events: CapturedEvent[]; frequency: number | undefined }
  | undefined;
let sent: { of: string; events: object[] } | undefined;
let last: { scene: Scene; decisions: Decision[]; lanes: Int32Array } | undefined;

/** Keeps captured events until others come; they are played by the number that this gives. */
export function hold(text: string): number {
  const events = readEvents(text);
  held = { number: (held?.number ?? 0) + 1, text, events, frequency: usual(events) };
  return held.number;
}

function capturedOf({ captured }: Play) {
  if (captured === undefined) return undefined;
  // Others have come since: what is asked for is not shown any more.
  if (held?.number !== captured) throw new TypeError("these captured events are not held any more");
  return held;
}

export function play(asked: Play): Played {
  const text = asked.automation;
  // In an escape of YAML the core would not see it.
  for (const { name, state } of asked.runs)
    for (const one of [name, state ?? ""])
      if (hasLoneSurrogate(one))
        throw new TypeError(
          `\`${one}\` has half of a surrogate pair (U+D800 to U+DFFF), which is no character`,
        );
  const found = facts(text);
  const captured = capturedOf(asked);
  const frequency = captured ? captured.frequency : asked.heartbeat.frequency;
  const report = checkAutomation(text, {
    server_version: asked.version,
    ...(frequency && { heartbeat_frequency: Math.round(frequency) }),
  });
  const played: Played = { report, facts: found };
  if (found.watched && frequency)
    played.advice = heartbeatAdvice({
      frequency: Math.round(frequency),
      within: found.watched.seconds,
      ...(found.expect && { expect: found.expect }),
    });
  if (!report.valid) {
    const findings = report.diagnostics.filter((one) => one.severity === "error");
    return { ...played, wrong: { in: "automation", findings } };
  }
  const result =
    captured === undefined
      ? generate(asked)
      : replay(text, captured.text, { trace: true, server_version: asked.version });
  if (result.errors)
    return { ...played, wrong: { in: result.found_in ?? "scenario", findings: result.errors } };
  const period = captured ? (frequency ?? 0) : asked.heartbeat.frequency + asked.heartbeat.drift;
  return {
    ...played,
    scene: compose(asked, result, captured?.events, period * 1000, found.watched !== undefined),
  };
}

/** Whatever the automation is, the same runs send the same events: they are not told again. */
function generate(asked: Play): SimulationResult {
  const { runs, heartbeat, copies, length } = asked;
  const of = JSON.stringify([runs, heartbeat, copies, length]);
  const known = sent?.of === of ? sent.events : undefined;
  const result = simulate(scenario(asked), {
    trace: true,
    events: known === undefined,
    server_version: asked.version,
  });
  if (result.events) sent = { of, events: result.events };
  return known && !result.errors ? { ...result, events: known } : result;
}

/** The seconds that usually lie between two captured heartbeats of a run: the middle one of all gaps. */
function usual(events: CapturedEvent[]): number | undefined {
  const last = new Map<string, number>();
  const gaps: number[] = [];
  for (const { event, occurred, resource } of events) {
    if (event !== HEARTBEAT) continue;
    const id = resource["prefect.resource.id"] ?? "";
    const at = Date.parse(occurred);
    const before = last.get(id);
    if (before !== undefined && at !== before) gaps.push(Math.abs(at - before) / 1000);
    if (Number.isFinite(at)) last.set(id, at);
  }
  gaps.sort((one, other) => one - other);
  const middle = gaps[Math.floor(gaps.length / 2)];
  return middle !== undefined && middle >= 1 ? middle : undefined;
}

/** The firings in which the two versions of the server differ. */
export function compare(asked: Play): { at: string; says: string }[] {
  const captured = capturedOf(asked);
  if (captured) return compareReplays(asked, captured.text);
  return compareVersions(scenario(asked)).differences.map((one) =>
    difference(one["3.8"], one["3.9"]),
  );
}

function compareReplays({ automation }: Play, events: string) {
  const [old, present] = (["3.8", "3.9"] as const).map(
    (server_version) => replay(automation, events, { server_version }).firings,
  );
  const about = ({ at, labels }: Firing) => `${at} ${Object.values(labels).join(" ")}`;
  const only = (some: Firing[] = [], others: Firing[] = []) => {
    const known = new Set(others.map(about));
    return some.filter((one) => !known.has(about(one)));
  };
  return [
    ...only(old, present).map((one) => difference(one, undefined)),
    ...only(present, old).map((one) => difference(undefined, one)),
  ].sort((one, other) => (one.at < other.at ? -1 : 1));
}

function difference(old: Firing | undefined, present: Firing | undefined) {
  const at = old?.at ?? present?.at ?? "";
  const clock = (firing: Firing) => firing.at.slice(11, 19);
  if (!present && old)
    return { at, says: `3.8 fires at ${clock(old)}, 3.9 does not: ${old.because}` };
  if (!old && present)
    return { at, says: `3.9 fires at ${clock(present)}, 3.8 does not: ${present.because}` };
  if (old && present && old.at !== present.at)
    return { at, says: `3.8 fires at ${clock(old)}, 3.9 at ${clock(present)}: ${present.because}` };
  return { at, says: `Both fire at ${at.slice(11, 19)}, with different events` };
}

/** What was decided: of one lane everything, or of all lanes without what happens at each heartbeat. */
export function decisions(of: number, lane: number | undefined, all: boolean): Told[] {
  if (!last || last.scene.number !== of) return [];
  const told: Told[] = [];
  const { decisions, lanes } = last;
  decisions.forEach((one, index) => {
    const on = lanes[index] ?? -1;
    if (on < 0 || (lane !== undefined && on !== lane)) return;
    if (!all && DULL.includes(one.kind) && !one.fault) return;
    told.push({
      decision: index,
      lane: on,
      at: Date.parse(one.at),
      kind: one.kind,
      because: one.because,
      ...(one.fault && { fault: one.fault }),
    });
  });
  return told;
}

/** What is decided all the time, and changes nothing that a reader did not expect. */
const DULL: Decision["kind"][] = ["rearmed", "held", "ignored", "expired", "swept", "rolled"];

interface Draft {
  name: string;
  run: boolean;
  id?: string;
  beats: number[];
  states: Lane["states"];
  windows: number[];
  reactive: boolean;
  marks: { at: number; kind: Decision["kind"]; index: number; path: string }[];
  open: Map<string, number>;
  plan?: { starts: number; ends?: number; dies?: number };
}

function compose(
  asked: Play,
  result: SimulationResult,
  captured: CapturedEvent[] | undefined,
  period: number,
  watchesHeartbeats: boolean,
): Scene {
  const all = result.decisions ?? [];
  const generated = captured === undefined;
  const events = captured ?? (result.events as CapturedEvent[]);
  const plans = generated ? planned(asked) : new Map<string, Draft["plan"]>();
  const drafts: Draft[] = [];
  const byKey = new Map<string, Draft>();
  const begin = (key: string, name: string, id?: string): Draft => {
    const plan = plans.get(name);
    const draft: Draft = {
      name,
      run: id?.startsWith("prefect.flow-run.") ?? false,
      ...(id && { id }),
      beats: [],
      states: [],
      windows: [],
      reactive: false,
      marks: [],
      open: new Map(),
      ...(plan && { plan }),
    };
    drafts.push(draft);
    byKey.set(key, draft);
    return draft;
  };

  const subjects = new Map(events.map(({ id, resource }) => [id, resource["prefect.resource.id"]]));
  const names = new Map<string, string>();
  for (const { resource } of events) {
    const { "prefect.resource.id": id, "prefect.resource.name": name } = resource;
    if (id && name) names.set(id, name);
    // Each run that is played has a lane, in the order of the table; of captured events, each flow run.
    if (id?.startsWith("prefect.flow-run.") && !byKey.has(id)) begin(id, name ?? short(id), id);
  }
  const order = [...plans.keys()];
  if (generated) drafts.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));

  // Decisions, each in the lane of what it is about.
  const lanes = new Int32Array(all.length).fill(-1);
  const reactive = new Set(
    [...result.firings, ...result.child_firings]
      .filter((one) => one.posture === "Reactive")
      .map((one) => one.path),
  );
  all.forEach((one, index) => {
    const values = Object.values(one.key);
    const key = values.join(" ");
    // What is decided of an event before any trigger has a key for it belongs to what the event is about.
    const about =
      key === "" && UNKEYED.includes(one.kind) ? subjects.get(one.event_id ?? "") : undefined;
    if (about !== undefined && !byKey.has(about)) return;
    const draft =
      byKey.get(about ?? key) ??
      begin(
        key,
        values.map((value) => names.get(value) ?? short(value)).join(", ") || "The automation",
        values.length === 1 ? values[0] : undefined,
      );
    const at = Date.parse(one.at);
    draft.marks.push({ at, kind: one.kind, index, path: one.path });
    if (reactive.has(one.path)) draft.reactive = true;
    if (CLOSES.includes(one.kind)) {
      const open = draft.open.get(one.path);
      if (open !== undefined) draft.windows[open + 3] = at;
      draft.open.delete(one.path);
    }
    if (one.bucket && OPENS.includes(one.kind)) {
      draft.open.set(one.path, draft.windows.length);
      draft.windows.push(at, Date.parse(one.bucket.start), Date.parse(one.bucket.end), Infinity);
    }
  });

  for (const { event, occurred, resource } of events) {
    const draft = byKey.get(resource["prefect.resource.id"] ?? "");
    if (!draft) continue;
    const at = Date.parse(occurred);
    if (event === HEARTBEAT) draft.beats.push(at);
    else
      draft.states.push({
        at,
        name: resource["prefect.state-name"] ?? event.split(".").at(-1) ?? event,
        type: resource["prefect.state-type"] ?? "",
      });
  }

  const shown = drafts.filter((draft) => generated || draft.marks.length > 0);
  shown.forEach((draft, index) => {
    for (const mark of draft.marks) lanes[mark.index] = index;
  });

  const times = [
    ...events.map((event) => Date.parse(event.received ?? event.occurred)),
    ...all.map((one) => Date.parse(one.at)),
  ].filter(Number.isFinite);
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  const latest = times.reduce((most, time) => Math.max(most, time), -Infinity);
  const start = generated ? Date.parse(START) : Number.isFinite(first) ? first : 0;
  const end = generated
    ? start + asked.length * 1000
    : Math.max(start + 10_000, Number.isFinite(latest) ? latest : start);
  // After the last captured event nothing is known.
  const known = captured
    ? events.reduce((most, { occurred }) => Math.max(most, Date.parse(occurred) || 0), 0)
    : end;

  // Of a firing: without the note on a fault of the server, which a decision tells.
  const sentences = new Map(
    [...result.firings, ...result.child_firings].map((one) => [
      firing(one.at, one.path, one.labels),
      one.because,
    ]),
  );

  number += 1;
  const scene: Scene = {
    number,
    start,
    end,
    tick: TICK * 1000,
    lanes: shown.map((draft) => lane(draft, all, sentences, known, period)),
    firings: result.firings.length,
    undelivered: result.undelivered ?? 0,
    watchesHeartbeats,
  };
  last = { scene, decisions: all, lanes };
  return scene;
}

function firing(at: string, path: string, labels: { [label: string]: string }): string {
  return `${at} ${path} ${Object.values(labels).join(" ")}`;
}

const UNKEYED: Decision["kind"][] = ["ignored", "held", "released"];
const OPENS: Decision["kind"][] = ["armed", "rearmed", "rolled"];
const CLOSES: Decision["kind"][] = [...OPENS, "disarmed", "expired", "swept", "fired"];

function lane(
  draft: Draft,
  all: Decision[],
  sentences: Map<string, string>,
  known: number,
  period: number,
): Lane {
  draft.beats.sort((one, other) => one - other);
  draft.states.sort((one, other) => one.at - other.at);
  const { beats, states, plan } = draft;
  const final = states.find((state) => FINAL.includes(state.type));
  const starts =
    plan?.starts ?? Math.min(states[0]?.at ?? Infinity, beats[0] ?? draft.marks[0]?.at ?? Infinity);
  const ends = plan ? plan.ends : final?.at;
  const dies = plan?.dies;
  const over = Math.min(ends ?? known, dies ?? known, known);
  const missed = period > 0 && draft.run ? gaps(beats, states, over, period) : [];
  return {
    name: draft.name,
    run: draft.run,
    beats: Float64Array.from(beats),
    missed: Float64Array.from(missed),
    states,
    windows: Float64Array.from(draft.windows),
    reactive: draft.reactive,
    times: Float64Array.from(draft.marks, (mark) => mark.at),
    kinds: draft.marks.map((mark) => mark.kind),
    decisions: Int32Array.from(draft.marks, (mark) => mark.index),
    starts,
    ...(ends !== undefined && { ends }),
    ...(dies !== undefined && { dies }),
    fired: draft.marks
      .filter((mark) => mark.kind === "fired")
      .map(({ at, index, path }): Fired => {
        const one = all[index];
        const from = one?.bucket ? Date.parse(one.bucket.start) : at;
        const next = beats.find((beat) => beat > from) ?? over;
        return {
          decision: index,
          at,
          fate: draft.run
            ? fate(at, { ends, dies, beats, planned: plan !== undefined })
            : "unknown",
          because: (one && sentences.get(firing(one.at, path, one.key))) ?? one?.because ?? "",
          missed: missed.filter((beat) => beat > from && beat < next).length,
          child: path !== "$",
        };
      }),
  };
}

/**
 * Of a generated run its description says it. A captured one was alive if it still sent something later,
 * and had not reached a last state.
 */
function fate(
  at: number,
  run: { ends: number | undefined; dies: number | undefined; beats: number[]; planned: boolean },
): Fate {
  const { ends = Infinity, dies = Infinity, beats, planned } = run;
  if (Math.min(ends, dies) <= at) return dies < ends ? "dead" : "done";
  if (planned) return "alive";
  return ends !== Infinity || beats.some((beat) => beat >= at) ? "alive" : "silent";
}

/** When heartbeats should have been sent that never came: where more than a period is between two, and no state. */
function gaps(beats: number[], states: Lane["states"], over: number, period: number): number[] {
  const missing: number[] = [];
  const running = states.find((state) => state.name === "Running")?.at;
  const times = [...(running === undefined ? [] : [running - period]), ...beats];
  times.forEach((from, index) => {
    const to = Math.min(times[index + 1] ?? over, over);
    if (states.some((state) => state.at > from + period && state.at < to)) return;
    for (let at = from + period; at < to - period / 2; at += period) missing.push(at);
  });
  return missing;
}

/** The runs as the table has them, each copy by its name. */
function planned({ runs, copies }: Play) {
  const origin = Date.parse(START);
  const plans = new Map<string, NonNullable<Draft["plan"]>>();
  for (const { name, starts, ends, dies } of runs)
    for (let copy = 0; copy < copies; copy += 1) {
      const at = (seconds: number) => origin + (seconds + copy * EVERY) * 1000;
      plans.set(copies > 1 ? `${name}-${copy + 1}` : name, {
        starts: at(starts),
        ...(ends !== undefined && { ends: at(ends) }),
        ...(dies !== undefined && { dies: at(dies) }),
      });
    }
  return plans;
}

/** An id is long: its kind and its beginning tell it. */
function short(id: string): string {
  return id.replace(/^prefect\./, "").replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, "$1");
}
