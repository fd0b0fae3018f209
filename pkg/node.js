// The entry for Node.js: ready when imported. No top-level await, so that `require` works too.

import { readFileSync } from "node:fs";

import { authoringModule, eventsModule, schemasModule } from "./core.js";

export {
  applyFixes,
  buildEvent,
  buildEvents,
  buildRun,
  checkAutomation,
  compareVersions,
  describe,
  eventTypes,
  explain,
  heartbeatAdvice,
  jsonSchema,
  replay,
  simulate,
  testScenarios,
  toCurl,
  toPython,
  validate,
  validateStream,
  version,
} from "./api.js";

/** @param {string} name */
const read = (name) => readFileSync(new URL(`./wasm/${name}.wasm`, import.meta.url));

eventsModule.start(read("prefect_events"));
authoringModule.startWhenCalled(() => read("prefect_events_authoring"));
schemasModule.startWhenCalled(() => read("prefect_events_schemas"));

/** Nothing is left to do; it is here so that the same code runs in browsers. */
export async function init() {}
