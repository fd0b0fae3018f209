// The entry that has the modules in itself, as text, for pages without a file server and programs in one file.
// Ready when imported, as in Node.js.

import * as api from "./api/index.js";
import { present } from "./instance.js";
import { authoringModule } from "./modules/authoring.js";
import { eventsModule } from "./modules/events.js";
import { base64 as eventsText } from "./wasm/prefect_events.base64.js";
import { base64 as authoringText } from "./wasm/prefect_events_authoring.base64.js";

export { applyFixes, codes, eventTypes, explain, toCurl, toPython } from "./api/index.js";

// What is exported depends on the text that it needs, so that a bundler takes this text and no other.

/**
 * @template F
 * @param {F} usable
 */
function events(usable) {
  eventsModule.startWhenCalled(() => bytes(eventsText));
  return usable;
}

/**
 * @template F
 * @param {F} usable
 */
function authoring(usable) {
  authoringModule.startWhenCalled(() => bytes(authoringText));
  return usable;
}

/** @param {string} base64 */
function bytes(base64) {
  const binary = atob(base64);
  const code = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) code[at] = binary.charCodeAt(at);
  return code;
}

/** Compiles in the background what the first call would compile. */
export async function init() {
  await Promise.all(Array.from(present.values(), (module) => module.prepare()));
}

export const buildEvent = /* @__PURE__ */ authoring(api.buildEvent);
export const buildEvents = /* @__PURE__ */ authoring(api.buildEvents);
export const buildRun = /* @__PURE__ */ authoring(api.buildRun);
export const checkAutomation = /* @__PURE__ */ authoring(api.checkAutomation);
export const compareVersions = /* @__PURE__ */ authoring(api.compareVersions);
export const describe = /* @__PURE__ */ events(api.describe);
export const heartbeatAdvice = /* @__PURE__ */ authoring(api.heartbeatAdvice);
export const isNdjson = /* @__PURE__ */ events(api.isNdjson);
export const jsonSchema = /* @__PURE__ */ events(api.jsonSchema);
export const replay = /* @__PURE__ */ events(/* @__PURE__ */ authoring(api.replay));
export const simulate = /* @__PURE__ */ authoring(api.simulate);
export const testScenarios = /* @__PURE__ */ authoring(api.testScenarios);
export const validate = /* @__PURE__ */ events(api.validate);
export const validateStream = /* @__PURE__ */ events(api.validateStream);
export const version = /* @__PURE__ */ events(api.version);
