// Checks automations, and calculates what their windows tolerate. For Node.js: ready when imported.

import * as automationApi from "../api/automation.js";
import { sources } from "../options.js";
import { authors } from "../start-author.js";

export { diagnosticCodes, explain } from "../api/explain.js";
export { applyFixes } from "../api/fixes.js";
export { PrefectEventsError } from "../error.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {Pick<import("../index.js").InitOptions, "author">} [options]
 */
export async function init(options) {
  sources(options, "init", ["author"]);
}

export const checkAutomation = /* @__PURE__ */ authors(automationApi.checkAutomation);
export const heartbeatAdvice = /* @__PURE__ */ authors(automationApi.heartbeatAdvice);
