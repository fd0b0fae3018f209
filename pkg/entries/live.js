// Reads events from live servers, compares firings, tunes windows. For browsers and bundlers: call `await init()` once before anything else.

import { load } from "../load.js";

export { renderActions } from "../api/action.js";
export { backtest, compareAutomations, freezeFirings, whyRun } from "../api/backtest.js";
export { connect } from "../api/client.js";
export {
  observeHeartbeats,
  renderHeartbeats,
  renderWindowCurve,
  windowCurve,
} from "../api/tune.js";
export { PrefectEventsError } from "../error.js";

const FILES = {
  live: () => new URL("../wasm/prefect_events_live.wasm", import.meta.url),
};

/** @param {import("./live.js").LiveInitOptions} [options] */
export const init = (options) => load(FILES, options);
