// What a simulation means: lanes, windows, heartbeats that were missed, and what had become of a run when the automation
// fired. It is calculated here from decisions and events, until the core returns it (`timeline: true`); nothing else on the
// page does so. Times are milliseconds since the epoch, absent is what is not known.

import { type Decision, type Firing, replay, type SimulationResult } from "prefect-events";
import type { CapturedEvent } from "./captured.ts";
import { EVERY, type Play, START } from "./scenario.ts";
import { HEARTBEAT } from "./triggers.ts";

/** What had become of a run when the automation fired on it. */
export type Outcome = "alive" | "dead" | "finished" | "silent";

export interface Timeline {
  start: number;
  end: number;
  /** From one proactive evaluation to the next. */
  tick_seconds: number;
  lanes: TimelineLane[];
}

export interface TimelineLane {
  name: string;
  /** It is about a run, not about other labels. */
  run: boolean;
  starts: number;
  ends?: number;
  dies?: number;
  heartbeats: number[];
  /** When heartbeats were due that never came. */
  missed: number[];
  states: { at: number; name: string; type?: string }[];
  windows: TimelineWindow[];
  /** Indexes of decisions, ascending. */
  decisions: number[];
  fired: TimelineFiring[];
  /** The run died, nothing fired since, and no window of it is open. */
  undetected?: true;
}

export interface TimelineWindow {
  path: string;
  posture: "Reactive" | "Proactive";
  /** When it was decided. */
  opened: number;
  start: number;
  end: number;
  /** When it was replaced or closed. */
  closed?: number;
}

export interface TimelineFiring {
  /** The index of the decision. */
  decision: number;
  at: number;
  path: string;
  /** It is a child of a composite trigger: the automation did not act yet. */
  child?: true;
  outcome?: Outcome;
  /** How many heartbeats in a row had not come. */
  missed: number;
  reason: string;
}

const TICK_SECONDS = 5;
const FINAL = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];
const UNKEYED: Decision["kind"][] = ["ignored", "held", "released"];
const OPENS: Decision["kind"][] = ["armed", "rearmed", "rolled"];
const CLOSES: Decision["kind"][] = [...OPENS, "disarmed", "expired", "swept", "fired"];

/** The seconds that usually lie between two captured heartbeats of a run: the middle one of all gaps. */
export function usualFrequency(events: CapturedEvent[]): number | undefined {
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

interface Draft {
  name: string;
  run: boolean;
  heartbeats: number[];
  states: TimelineLane["states"];
  windows: TimelineWindow[];
  marks: { at: number; kind: Decision["kind"]; index: number; path: string }[];
  open: Map<string, TimelineWindow>;
  plan?: { starts: number; ends?: number; dies?: number };
}

/**
 * @param result with decisions, and with events unless they are captured
 * @param period from one heartbeat to the next, in milliseconds; 0 if it is not known
 */
export function timelineOf(
  asked: Play,
  result: SimulationResult,
  captured: CapturedEvent[] | undefined,
  period: number,
): Timeline {
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
      heartbeats: [],
      states: [],
      windows: [],
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
    const { path, kind, bucket } = one;
    const at = Date.parse(one.at);
    draft.marks.push({ at, kind, index, path });
    if (CLOSES.includes(kind)) {
      const open = draft.open.get(path);
      if (open) open.closed = at;
      draft.open.delete(path);
    }
    if (bucket && OPENS.includes(kind)) {
      const window: TimelineWindow = {
        path,
        posture: reactive.has(path) ? "Reactive" : "Proactive",
        opened: at,
        start: Date.parse(bucket.start),
        end: Date.parse(bucket.end),
      };
      draft.open.set(path, window);
      draft.windows.push(window);
    }
  });

  for (const { event, occurred, resource } of events) {
    const draft = byKey.get(resource["prefect.resource.id"] ?? "");
    if (!draft) continue;
    const at = Date.parse(occurred);
    if (event === HEARTBEAT) draft.heartbeats.push(at);
    else
      draft.states.push({
        at,
        name: resource["prefect.state-name"] ?? event.split(".").at(-1) ?? event,
        type: resource["prefect.state-type"] ?? "",
      });
  }

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
  const reasons = new Map(
    [...result.firings, ...result.child_firings].map((one) => [
      firing(one.at, one.path, one.labels),
      one.because,
    ]),
  );
  return {
    start,
    end,
    tick_seconds: TICK_SECONDS,
    lanes: drafts
      .filter((draft) => generated || draft.marks.length > 0)
      .map((draft) => laneOf(draft, all, reasons, { known, end, period })),
  };
}

function firing(at: string, path: string, labels: { [label: string]: string }): string {
  return `${at} ${path} ${Object.values(labels).join(" ")}`;
}

function laneOf(
  draft: Draft,
  all: Decision[],
  reasons: Map<string, string>,
  { known, end, period }: { known: number; end: number; period: number },
): TimelineLane {
  const { name, run, heartbeats, states, windows, marks, plan } = draft;
  heartbeats.sort((one, other) => one - other);
  states.sort((one, other) => one.at - other.at);
  const final = states.find((state) => FINAL.includes(state.type ?? ""));
  const starts =
    plan?.starts ?? Math.min(states[0]?.at ?? Infinity, heartbeats[0] ?? marks[0]?.at ?? Infinity);
  const ends = plan ? plan.ends : final?.at;
  const dies = plan?.dies;
  const over = Math.min(ends ?? known, dies ?? known, known);
  const missed = period > 0 && run ? gaps(heartbeats, states, over, period) : [];
  const fired = marks
    .filter((mark) => mark.kind === "fired")
    .map(({ at, index, path }): TimelineFiring => {
      const one = all[index];
      const from = one?.bucket ? Date.parse(one.bucket.start) : at;
      const next = heartbeats.find((heartbeat) => heartbeat > from) ?? over;
      const life = { ends, dies, heartbeats, planned: plan !== undefined };
      return {
        decision: index,
        at,
        path,
        ...(path !== "$" && { child: true }),
        ...(run && { outcome: outcomeOf(at, life) }),
        missed: missed.filter((due) => due > from && due < next).length,
        reason: (one && reasons.get(firing(one.at, path, one.key))) ?? one?.because ?? "",
      };
    });
  const isOpen = windows.length > 0 && windows.at(-1)?.closed === undefined;
  const isUndetected =
    run &&
    dies !== undefined &&
    dies <= end &&
    !((ends ?? Infinity) < dies) &&
    !isOpen &&
    !fired.some((one) => one.outcome === "dead");
  return {
    name,
    run,
    starts,
    ...(ends !== undefined && { ends }),
    ...(dies !== undefined && { dies }),
    heartbeats,
    missed,
    states,
    windows,
    decisions: marks.map((mark) => mark.index),
    fired,
    ...(isUndetected && { undetected: true }),
  };
}

/**
 * Of a generated run its description says it. A captured one was alive if it still sent something later,
 * and had not reached a last state.
 */
function outcomeOf(
  at: number,
  run: {
    ends: number | undefined;
    dies: number | undefined;
    heartbeats: number[];
    planned: boolean;
  },
): Outcome {
  const { ends = Infinity, dies = Infinity, heartbeats, planned } = run;
  if (Math.min(ends, dies) <= at) return dies < ends ? "dead" : "finished";
  if (planned) return "alive";
  return ends !== Infinity || heartbeats.some((one) => one >= at) ? "alive" : "silent";
}

/** When heartbeats should have been sent that never came: where more than a period is between two, and no state. */
function gaps(
  heartbeats: number[],
  states: TimelineLane["states"],
  over: number,
  period: number,
): number[] {
  const missing: number[] = [];
  const running = states.find((state) => state.name === "Running")?.at;
  const times = [...(running === undefined ? [] : [running - period]), ...heartbeats];
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

/** What the two versions of the server fire differently, in the order of time. */
export interface VersionDifference {
  at: string;
  /** One sentence. */
  message: string;
}

export function compareReplays(automation: string, events: string): VersionDifference[] {
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

export function difference(
  old: Firing | undefined,
  present: Firing | undefined,
): VersionDifference {
  const at = old?.at ?? present?.at ?? "";
  const clock = (firing: Firing) => firing.at.slice(11, 19);
  if (!present && old)
    return { at, message: `3.8 fires at ${clock(old)}, 3.9 does not: ${old.because}` };
  if (!old && present)
    return { at, message: `3.9 fires at ${clock(present)}, 3.8 does not: ${present.because}` };
  if (old && present && old.at !== present.at)
    return {
      at,
      message: `3.8 fires at ${clock(old)}, 3.9 at ${clock(present)}: ${present.because}`,
    };
  return { at, message: `Both fire at ${at.slice(11, 19)}, with different events` };
}
