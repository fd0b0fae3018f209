// The entry for Node.js: ready when imported. No top-level await, so that `require` works too.

import { readFileSync } from "node:fs";

import * as api from "./api/index.js";
import { authorModule } from "./modules/author.js";
import { schemasModule } from "./modules/schemas.js";
import { validateModule } from "./modules/validate.js";
import { sources } from "./options.js";

export { applyFixes, codes, eventTypes, explain, toCurl, toPython } from "./api/index.js";

/**
 * Names the files, for the first call. As the package declares that its files do nothing by themselves, a bundler would
 * leave out a mere statement: so what is exported depends on it. And each file is named in a way that bundlers understand.
 * @template F
 * @param {F} usable
 * @returns {F}
 */
function ready(usable) {
  validateModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_validate.wasm", import.meta.url)),
  );
  authorModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_author.wasm", import.meta.url)),
  );
  schemasModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_schemas.wasm", import.meta.url)),
  );
  return usable;
}

/**
 * Nothing is left to do; it is here so that the same code runs in browsers.
 * @param {import("./index.js").InitOptions} [options]
 */
export async function init(options) {
  sources(options, "init");
}

export const buildEvent = /* @__PURE__ */ ready(api.buildEvent);
export const buildEvents = /* @__PURE__ */ ready(api.buildEvents);
export const buildRun = /* @__PURE__ */ ready(api.buildRun);
export const checkAutomation = /* @__PURE__ */ ready(api.checkAutomation);
export const compareReplays = /* @__PURE__ */ ready(api.compareReplays);
export const compareVersions = /* @__PURE__ */ ready(api.compareVersions);
export const describe = /* @__PURE__ */ ready(api.describe);
export const exampleRuns = /* @__PURE__ */ ready(api.exampleRuns);
export const heartbeatAdvice = /* @__PURE__ */ ready(api.heartbeatAdvice);
export const isNdjson = /* @__PURE__ */ ready(api.isNdjson);
export const jsonSchema = /* @__PURE__ */ ready(api.jsonSchema);
export const replay = /* @__PURE__ */ ready(api.replay);
export const scenarioFiles = /* @__PURE__ */ ready(api.scenarioFiles);
export const simulate = /* @__PURE__ */ ready(api.simulate);
export const testScenarios = /* @__PURE__ */ ready(api.testScenarios);
export const validate = /* @__PURE__ */ ready(api.validate);
export const validateStream = /* @__PURE__ */ ready(api.validateStream);
export const version = /* @__PURE__ */ ready(api.version);
