// Automations: whether they are right, and what their windows are good for. For Node.js: ready when imported.

import * as automationApi from "../api/automation.js";
import { sources } from "../options.js";
import { authors } from "../start-author.js";

export { diagnosticCodes, explain } from "../api/explain.js";
export { applyFixes } from "../api/fixes.js";
export { PrefectEventsError } from "../error.js";

/**
 * Nothing is left to do; it is here so that the same code runs in browsers.
 * @param {Pick<import("../index.js").InitOptions, "author">} [options]
 */
export async function init(options) {
  sources(options, "init", ["author"]);
}

export const checkAutomation = /* @__PURE__ */ authors(automationApi.checkAutomation);
export const heartbeatAdvice = /* @__PURE__ */ authors(automationApi.heartbeatAdvice);
