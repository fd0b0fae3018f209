import type { WasmSource, WebStream } from "../index.js";
import type {
  ObservedHeartbeats,
  ObserveOptions,
  RenderOptions,
  WindowCurve,
  WindowCurveOptions,
} from "../types.js";

export type * from "../index.js";
export { PrefectEventsError } from "../index.js";

/** Where the module for live servers comes from. */
export interface LiveInitOptions {
  /** The module (`prefect_events_live.wasm`). Default: `true`, from the folder of the script. */
  live?: WasmSource | boolean | undefined;
}

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: LiveInitOptions): Promise<void>;

/**
 * Calculates how often windows over heartbeats fire although the run is alive, and how long it takes to find a dead run:
 * exactly where heartbeats are only lost at random, otherwise by simulation, from a seed.
 */
export function windowCurve(options?: WindowCurveOptions): WindowCurve;

/** The same as text for a terminal, or as indented JSON. */
export function renderWindowCurve(options?: WindowCurveOptions, how?: RenderOptions): string;

/**
 * Captured events: a text of any form that `replay` reads, or a stream of NDJSON in parts of any length; or several of
 * them.
 */
export type CapturedHeartbeats = HeartbeatSource | HeartbeatSource[];

/** A text or a stream of captured events. */
export type HeartbeatSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | AsyncIterable<Uint8Array | string>
  | WebStream;

/**
 * Reads the heartbeats among captured events: their gaps by deployment, delays, bursts and losses, and the windows that
 * they call for. Memory grows with the number of runs, not of events.
 */
export function observeHeartbeats(
  events: CapturedHeartbeats,
  options?: ObserveOptions,
): Promise<ObservedHeartbeats>;

/** The same as text for a terminal, or as indented JSON. */
export function renderHeartbeats(
  events: CapturedHeartbeats,
  options?: ObserveOptions,
  how?: RenderOptions,
): Promise<string>;
