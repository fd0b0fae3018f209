// Checks automations, and calculates what their windows tolerate. For browsers and bundlers: call `await init()` once before anything else.

import { load } from "../load.js";

export { checkAutomation, heartbeatAdvice } from "../api/automation.js";
export { diagnosticCodes, explain } from "../api/explain.js";
export { applyFixes } from "../api/fixes.js";
export { PrefectEventsError } from "../error.js";

const FILES = {
  author: () => new URL("../wasm/prefect_events_author.wasm", import.meta.url),
};

/** @param {Pick<import("../index.js").InitOptions, "author">} [options] */
export const init = (options) => load(FILES, options);
