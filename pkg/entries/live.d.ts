import type { Backtest, BacktestOptions, WasmSource } from "../index.js";

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
 * Replays automations over captured events, and compares their firings with those that the server recorded
 * (`prefect.automation.triggered`). Each difference has a cause. Errors in the texts do not throw: `errors` lists them.
 *
 * @param automations One automation or several, JSON or YAML, as for `replay`.
 * @param events NDJSON, a list, pages of the events API or websocket frames. Several texts are one history.
 * @throws TypeError for a wrong option.
 */
export function backtest(
  automations: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: BacktestOptions,
): Backtest;
