// Plays scenarios and captured events to automations. For Node.js: ready when imported.

import * as simulateApi from "../api/simulate.js";
import { sources } from "../options.js";
import { authors } from "../start-author.js";

export { PrefectEventsError } from "../error.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {Pick<import("../index.js").InitOptions, "author">} [options]
 */
export async function init(options) {
  sources(options, "init", ["author"]);
}

export const compareReplays = /* @__PURE__ */ authors(simulateApi.compareReplays);
export const compareVersions = /* @__PURE__ */ authors(simulateApi.compareVersions);
export const replay = /* @__PURE__ */ authors(simulateApi.replay);
export const scenarioFiles = /* @__PURE__ */ authors(simulateApi.scenarioFiles);
export const simulate = /* @__PURE__ */ authors(simulateApi.simulate);
export const testScenarios = /* @__PURE__ */ authors(simulateApi.testScenarios);
