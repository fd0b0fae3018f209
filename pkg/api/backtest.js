// Replays automations over captured events, and compares their firings with those that a server recorded.

import { bytesOf, document, optionsOf } from "../input.js";
import { liveModule } from "../modules/live.js";

/** @typedef {string | Uint8Array | ArrayBuffer} Text */
/** @typedef {import("../wasm/prefect_events_live.js").Captured} Captured */

/**
 * @param {Text} automations
 * @param {Text | Text[]} events
 * @param {import("../index.js").BacktestOptions} [options]
 * @returns {import("../index.js").Backtest}
 */
export function backtest(automations, events, options) {
  const { bytes, wtf8 } = text(automations, "backtest");
  const how = optionsOf(options, "backtest");
  return withEvents(events, "backtest", (captured) =>
    JSON.parse(captured.use((open) => open.backtest(bytes, wtf8, how), bytes.length)),
  );
}

/** @param {unknown} input @param {string} callee */
function text(input, callee) {
  if (typeof input !== "string" && !bytesOf(input))
    throw new TypeError(`${callee} needs automations and events, each as a string or bytes`);
  return document(input, callee);
}

/**
 * @template T
 * @param {unknown} events
 * @param {string} callee
 * @param {(captured: ReturnType<typeof openEvents>) => T} action
 * @returns {T}
 */
function withEvents(events, callee, action) {
  const several = Array.isArray(events);
  const all = (several ? events : [events]).map((one) => text(one, callee));
  const captured = openEvents();
  try {
    for (const [index, { bytes, wtf8 }] of all.entries()) {
      const place = several && all.length > 1 ? index : undefined;
      if (!captured.use((open) => open.add(bytes, wtf8, 0, place), bytes.length)) break;
    }
    return action(captured);
  } finally {
    captured.close();
  }
}

/** Captured events in the module, which are added part by part. The caller must close them. */
export function openEvents() {
  return liveModule.open((core) => new core.Captured());
}
