// Replays automations over captured events, and compares their firings with those that a server recorded.

import { bytesOf, document, optionsOf, string } from "../input.js";
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

/**
 * @param {Text} older the old version
 * @param {Text} newer the new version
 * @param {Text | Text[]} events
 * @param {import("../index.js").CompareOptions} [options]
 * @returns {import("../index.js").Comparison}
 */
export function compareAutomations(older, newer, events, options) {
  const [one, other] = [text(older, "compareAutomations"), text(newer, "compareAutomations")];
  const both = joined(one.bytes, other.bytes);
  const how = optionsOf(options, "compareAutomations");
  return withEvents(events, "compareAutomations", (captured) =>
    JSON.parse(
      captured.use(
        (open) => open.compare(both, one.bytes.length, one.wtf8, other.wtf8, how),
        both.length,
      ),
    ),
  );
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/**
 * @param {Text | Text[]} events
 * @param {string} run its name or id, or the beginning of one
 * @param {Text} [automations] default: those that the events describe
 * @param {import("../index.js").WhyOptions} [options]
 * @returns {import("../index.js").Why}
 */
export function whyRun(events, run, automations, options) {
  const name = string(run, "whyRun", "the name or id of a run");
  const { bytes, wtf8 } =
    automations === undefined
      ? { bytes: new Uint8Array(), wtf8: false }
      : text(automations, "whyRun");
  const how = optionsOf(options, "whyRun");
  return withEvents(events, "whyRun", (captured) =>
    captured.use((open) => open.why(name, bytes, wtf8, how), bytes.length),
  );
}

/**
 * @param {Text} scenarios
 * @param {import("../index.js").TestOptions} [options]
 * @returns {string}
 */
export function freezeFirings(scenarios, options) {
  const { bytes, wtf8 } = text(scenarios, "freezeFirings");
  const how = optionsOf(options, "freezeFirings");
  return liveModule.call((core) => core.Captured.freezeFirings(bytes, wtf8, how), bytes.length);
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
function openEvents() {
  return liveModule.open((core) => new core.Captured());
}
