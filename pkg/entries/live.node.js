// Reads events from live servers, compares firings, tunes windows. For Node.js: ready when imported.

import * as actionApi from "../api/action.js";
import * as backtestApi from "../api/backtest.js";
import * as client from "../api/client.js";
import * as tuneApi from "../api/tune.js";
import { kind, optionsOf } from "../input.js";
import { sources } from "../options.js";
import { settingsSources } from "../prefect-settings.js";
import { useSockets } from "../socket.js";
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
export const compareAutomations = /* @__PURE__ */ connects(backtestApi.compareAutomations);
export const freezeFirings = /* @__PURE__ */ connects(backtestApi.freezeFirings);
export const whyRun = /* @__PURE__ */ connects(backtestApi.whyRun);

/**
 * Without `url`: the server of Prefect's settings.
 * @type {typeof import("./live.js").connect}
 */
export const connect = /* @__PURE__ */ connects((options) => {
  // Node.js 20 has no WebSocket.
  useSockets(async () => (await import("ws")).WebSocket);
  const { profile, ...rest } = optionsOf(options, "connect");
  if (profile !== undefined && typeof profile !== "string")
    throw new TypeError(`the option \`profile\` must be a text, not ${kind(profile)}`);
  return client.connectWith(
    (rest.url ?? undefined) === undefined ? { ...rest, settings: settingsSources(profile) } : rest,
  );
});
export const observeHeartbeats = /* @__PURE__ */ connects(tuneApi.observeHeartbeats);
export const renderHeartbeats = /* @__PURE__ */ connects(tuneApi.renderHeartbeats);
export const renderWindowCurve = /* @__PURE__ */ connects(tuneApi.renderWindowCurve);
export const windowCurve = /* @__PURE__ */ connects(tuneApi.windowCurve);
export const renderActions = /* @__PURE__ */ connects(actionApi.renderActions);
