import type { WasmSource } from "../index.js";

export type * from "../index.js";
export { PrefectEventsError } from "../index.js";

/** Where the module for live servers comes from. */
export interface LiveInitOptions {
  /** The module (`prefect_events_live.wasm`). Default: `true`, from the folder of the script. */
  live?: WasmSource | boolean | undefined;
}

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: LiveInitOptions): Promise<void>;
