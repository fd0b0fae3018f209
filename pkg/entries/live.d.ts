import type { WasmSource } from "../index.js";
import type { RenderOptions, WindowCurve, WindowCurveOptions } from "../types.js";

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
