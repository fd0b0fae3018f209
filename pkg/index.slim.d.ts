import type { WasmSource } from "./index.js";

export * from "./index.js";

/** The bytes of a module, or the compiled `WebAssembly.Module`. */
export type WasmCode = object;

/**
 * Starts the WebAssembly modules, before anything else. Calling it again does nothing. Without `authoring` or `schemas`,
 * what needs that module throws.
 *
 * @param source The main module (`prefect-events/prefect_events.wasm`).
 * @param authoring The module for those who write (`prefect-events/prefect_events_authoring.wasm`), which
 *   `checkAutomation`, `buildEvent`, `buildEvents`, `buildRun`, `simulate`, `compareVersions`, `testScenarios`,
 *   `heartbeatAdvice`, and `replay` with an automation in YAML need.
 * @param schemas The module that the option `schemas` needs (`prefect-events/prefect_events_schemas.wasm`).
 */
export function init(
  source: WasmSource,
  authoring?: WasmSource | false,
  schemas?: WasmSource | false,
): Promise<void>;

/** As `init`, at once. Browsers refuse to compile many megabytes that way, except in workers. */
export function initSync(
  source: WasmCode,
  authoring?: WasmCode | false,
  schemas?: WasmCode | false,
): void;
