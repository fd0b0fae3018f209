// Builds events and runs. For Node.js: ready when imported.

import * as buildApi from "../api/build.js";
import { sources } from "../options.js";
import { authors } from "../start-author.js";

export { toCurl, toPython } from "../api/snippets.js";
export { PrefectEventsError } from "../error.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {Pick<import("../index.js").InitOptions, "author">} [options]
 */
export async function init(options) {
  sources(options, "init", ["author"]);
}

export const buildEvent = /* @__PURE__ */ authors(buildApi.buildEvent);
export const buildEventLines = /* @__PURE__ */ authors(buildApi.buildEventLines);
export const buildRun = /* @__PURE__ */ authors(buildApi.buildRun);
