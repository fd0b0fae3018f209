// The entry for Node.js: ready when imported. It has no top-level await, so that `require` works too.

import * as api from "./api/index.js";
import { sources } from "./options.js";
import { authors } from "./start-author.js";
import { validates } from "./start-validate.js";

export {
  applyFixes,
  customEventInputs,
  diagnosticCodes,
  eventTypes,
  explain,
  PrefectEventsError,
  toCurl,
  toPython,
  version,
} from "./api/index.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {import("./index.js").InitOptions} [options]
 */
export async function init(options) {
  sources(options, "init");
}

export const buildEvent = /* @__PURE__ */ authors(api.buildEvent);
export const buildEventLines = /* @__PURE__ */ authors(api.buildEventLines);
export const buildRun = /* @__PURE__ */ authors(api.buildRun);
export const checkAutomation = /* @__PURE__ */ authors(api.checkAutomation);
export const compareReplays = /* @__PURE__ */ authors(api.compareReplays);
export const compareVersions = /* @__PURE__ */ authors(api.compareVersions);
export const describeEvent = /* @__PURE__ */ validates(api.describeEvent);
export const exampleRuns = /* @__PURE__ */ authors(api.exampleRuns);
export const heartbeatAdvice = /* @__PURE__ */ authors(api.heartbeatAdvice);
export const isNdjson = /* @__PURE__ */ validates(api.isNdjson);
export const jsonSchema = /* @__PURE__ */ validates(api.jsonSchema);
export const replay = /* @__PURE__ */ authors(api.replay);
export const scenarioFiles = /* @__PURE__ */ authors(api.scenarioFiles);
export const simulate = /* @__PURE__ */ authors(api.simulate);
export const testScenarios = /* @__PURE__ */ authors(api.testScenarios);
export const validate = /* @__PURE__ */ validates(api.validate);
export const validateStream = /* @__PURE__ */ validates(api.validateStream);
