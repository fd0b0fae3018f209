// The state of the view in the address, and the scenario to play from it.

import type { Heartbeat, Play, Run } from "../../core/functions/scenario.ts";
import { PRESETS, type Preset, type PresetName } from "./presets.ts";

export interface State {
  /** The preset whose text this is, until it is edited. */
  preset?: PresetName;
  automation: string;
  /** The index of the automation to play, if there are several. */
  automationIndex?: number;
  version: "3.8" | "3.9";
  heartbeat: Heartbeat;
  runs: Run[];
  copies: number;
  length: number;
  /** Captured events: the texts of one history. */
  events?: string[];
  ignoreLeaders?: true;
  withoutActions?: true;
  /** Whether only lanes that fired are listed. */
  onlyFired?: true;
}

/** Maximum number of runs. */
export const MOST = 50;
/** Longer events would make the address too long to share. */
const MOST_EVENTS = 60_000;

export function preset(name: PresetName): State {
  const { automation, frequency, length, runs, events }: Preset = PRESETS[name];
  return {
    preset: name,
    automation,
    version: "3.9",
    heartbeat: { frequency, drift: 0.015, delay: 0.2, jitter: 0, loss: 0 },
    runs: structuredClone(runs),
    copies: 1,
    length,
    ...(events && { events: [events] }),
  };
}

/** The state for the address: without the text of an unchanged preset, and without events that are too long. */
export function packed(state: State): object {
  const { automation, preset: name, events, ...rest } = state;
  const asIs = name !== undefined && PRESETS[name].automation === automation;
  return {
    ...rest,
    ...(name && { preset: name }),
    ...(!asIs && { automation }),
    ...(events !== undefined && fits(events) && { events }),
  };
}

/** Whether the address contains events. */
export function fits(events: string[]): boolean {
  return events.reduce((sum, one) => sum + one.length, 0) <= MOST_EVENTS;
}

/** Reads the state from an address, also hand-written or from another version: unusable parts get their initial values. */
export function unpacked(value: unknown): State {
  const given = object(value);
  // An address can also name a preset as the automation.
  const name = [given.preset, given.automation].find(isPreset);
  const base = preset(name ?? "zombie-30");
  const heartbeat = object(given.heartbeat);
  const runs = Array.isArray(given.runs)
    ? distinct(given.runs.flatMap(run)).slice(0, MOST)
    : base.runs;
  const state: State = {
    ...base,
    automation:
      typeof given.automation === "string" && !isPreset(given.automation)
        ? given.automation
        : base.automation,
    version: given.version === "3.8" ? "3.8" : "3.9",
    heartbeat: {
      frequency: within(heartbeat.frequency, 1, 3600) ?? base.heartbeat.frequency,
      drift: within(heartbeat.drift, 0, 60) ?? base.heartbeat.drift,
      delay: within(heartbeat.delay, 0, 600) ?? base.heartbeat.delay,
      jitter: within(heartbeat.jitter, 0, 600) ?? base.heartbeat.jitter,
      loss: within(heartbeat.loss, 0, 1) ?? base.heartbeat.loss,
    },
    runs,
    copies: copiesOf(within(given.copies, 1, MOST) ?? 1, runs.length),
    length: within(given.length, 30, 24 * 3600) ?? base.length,
    ...(within(given.automationIndex, 0, 1e6) !== undefined && {
      automationIndex: Math.round(Number(given.automationIndex)),
    }),
    ...(given.ignoreLeaders === true && { ignoreLeaders: true as const }),
    ...(given.withoutActions === true && { withoutActions: true as const }),
    ...(given.onlyFired === true && { onlyFired: true as const }),
  };
  // Other views, and old links, give a single text.
  const events = [given.events].flat().filter((one) => typeof one === "string" && one !== "");
  if (events.length > 0) state.events = events as string[];
  // A link with only a preset plays all its runs; links written here list the runs.
  else if (given.runs !== undefined) delete state.events;
  if (!name && typeof given.automation === "string") delete state.preset;
  return state;
}

/** The maximum number of copies for this number of runs. */
export function copiesOf(copies: number, runs: number): number {
  return Math.max(1, Math.min(Math.round(copies), Math.floor(MOST / Math.max(1, runs))));
}

/** `captured`: the worker's number of the stored events. */
export function toPlay(state: State, captured?: number): Play {
  const { events: _, preset: __, onlyFired: ___, ...rest } = state;
  return { ...rest, captured };
}

function isPreset(value: unknown): value is PresetName {
  return typeof value === "string" && Object.hasOwn(PRESETS, value);
}

function distinct(runs: Run[]): Run[] {
  return [...new Map(runs.map((one) => [one.name, one])).values()];
}

function run(value: unknown): Run[] {
  const { name, starts, ends, dies, state, misses, retry, heartbeat_after_end } = object(value);
  if (typeof name !== "string" || name === "") return [];
  const from = within(starts, 0, 86_400) ?? 0;
  const end = within(ends, from, 86_400);
  const death = within(dies, from, 86_400);
  const { at, for: length } = object(retry);
  const [stops, waits] = [within(at, from, 86_400), within(length, 1, 86_400)];
  const late = within(heartbeat_after_end, 0, 3600);
  return [
    {
      name,
      starts: from,
      ...(end !== undefined && { ends: end }),
      ...(death !== undefined && { dies: death }),
      ...(typeof state === "string" && state !== "" && { state }),
      ...(Array.isArray(misses) && {
        misses: misses.filter((one) => Number.isInteger(one) && one > 0).slice(0, 1000),
      }),
      ...(stops !== undefined && waits !== undefined && { retry: { at: stops, for: waits } }),
      ...(late !== undefined && end !== undefined && { heartbeat_after_end: late }),
    },
  ];
}

function object(value: unknown): { [key: string]: unknown } {
  return value !== null && typeof value === "object" ? (value as { [key: string]: unknown }) : {};
}

function within(value: unknown, least: number, most: number): number | undefined {
  return typeof value === "number" && value >= least && value <= most ? value : undefined;
}
