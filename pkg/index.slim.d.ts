import type { WasmCode, WasmSource } from "./index.js";

export * from "./index.js";

/** Where each module comes from; at least one is required. Functions that need another module throw. */
export interface SlimOptions<S> {
  /** The module that validates events (`prefect-events/prefect_events_validate.wasm`). */
  validate?: S | false | undefined;
  /** The module that checks automations, simulates and builds events (`prefect-events/prefect_events_author.wasm`). */
  author?: S | false | undefined;
  /** The module for the option `schemas`, your own JSON Schemas (`prefect-events/prefect_events_schemas.wasm`). */
  schemas?: S | false | undefined;
}

/** Loads the WebAssembly modules. Call it before any other function; further calls do nothing. */
export function init(options: SlimOptions<WasmSource>): Promise<void>;

/** Like `init`, but synchronous. Outside of workers, browsers do not compile large modules synchronously. */
export function initSync(options: SlimOptions<WasmCode>): void;
