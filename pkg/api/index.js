// What users call; the entries differ only in how they get at the WebAssembly modules.
// One file per thing to do, so that a bundler takes no more than is imported.

export { PrefectEventsError } from "../error.js";
export { checkAutomation, heartbeatAdvice } from "./automation.js";
export { buildEvent, buildEventLines, buildRun } from "./build.js";
export { describeEvent, eventTypes } from "./describe.js";
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
