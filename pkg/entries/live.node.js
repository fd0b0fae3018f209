// Reads events from live servers, compares firings, tunes windows. For Node.js: ready when imported.

import * as backtestApi from "../api/backtest.js";
import { sources } from "../options.js";
import { connects } from "../start-live.js";

export { PrefectEventsError } from "../error.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {import("./live.js").LiveInitOptions} [options]
 */
export async function init(options) {
  sources(options, "init", ["live"]);
}

export const backtest = /* @__PURE__ */ connects(backtestApi.backtest);
