// Plays scenarios and captured events to automations. For browsers and bundlers: call `await init()` once before anything else.

import { load } from "../load.js";

export {
  compareReplays,
  compareVersions,
  replay,
  scenarioFiles,
  simulate,
  testScenarios,
} from "../api/simulate.js";
export { PrefectEventsError } from "../error.js";

const FILES = {
  author: () => new URL("../wasm/prefect_events_author.wasm", import.meta.url),
};

/** @param {Pick<import("../index.js").InitOptions, "author">} [options] */
export const init = (options) => load(FILES, options);
