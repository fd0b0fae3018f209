import type { WasmCode, WasmSource } from "./index.js";

export * from "./index.js";

/** Where each module comes from: at least one. What needs a module that is not given throws. */
export interface SlimOptions<S> {
  /** What validates events (`prefect-events/prefect_events_validate.wasm`). */
  validate?: S | false | undefined;
  /** What checks automations, simulates and builds events (`prefect-events/prefect_events_author.wasm`). */
  author?: S | false | undefined;
  /** What validates with JSON Schemas of your own, the option `schemas` (`prefect-events/prefect_events_schemas.wasm`). */
  schemas?: S | false | undefined;
}

/** Starts the WebAssembly modules, before anything else. Calling it again does nothing. */
export function init(options: SlimOptions<WasmSource>): Promise<void>;

/** As `init`, at once. Browsers refuse to compile many megabytes that way, except in workers. */
export function initSync(options: SlimOptions<WasmCode>): void;
