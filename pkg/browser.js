// The entry for browsers and bundlers: `await init()` once, before anything else.

import { load } from "./core.js";

export {
  applyFixes,
  describe,
  eventTypes,
  explain,
  heartbeatAdvice,
  simulate,
  testScenarios,
  validate,
  validateStream,
  version,
} from "./api.js";

/**
 * @param {import("./index.js").WasmSource} [source] the module, if it is not beside this file
 */
export async function init(source) {
  await load(source ?? new URL("./wasm/prefect_events.wasm", import.meta.url));
}
