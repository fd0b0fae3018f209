// The entry for Node.js: ready when imported. No top-level await, so that `require` works too.

import { readFileSync } from "node:fs";

import { start } from "./core.js";

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

start(readFileSync(new URL("./wasm/prefect_events.wasm", import.meta.url)));

/** Nothing is left to do; it is here so that the same code runs in browsers. */
export async function init() {}
