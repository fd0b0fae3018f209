// The public functions. The entries differ only in how they load the WebAssembly modules.
// One file per task, so that a bundler includes only what is imported.

export { PrefectEventsError } from "../error.js";
export { checkAutomation, heartbeatAdvice } from "./automation.js";
export { buildEvent, buildEventLines, buildRun } from "./build.js";
export { customEventInputs, describeEvent, eventTypes } from "./describe.js";
export { diagnosticCodes, explain } from "./explain.js";
export { applyFixes } from "./fixes.js";
export { jsonSchema } from "./json-schema.js";
export {
  compareReplays,
  compareVersions,
  exampleRuns,
  replay,
  scenarioFiles,
  simulate,
  testScenarios,
} from "./simulate.js";
export { toCurl, toPython } from "./snippets.js";
export { isNdjson, validate, validateStream } from "./validate.js";
export { version } from "./version.js";
