// Windows over heartbeats: false alarms against delay, and what captured heartbeats call for.

import { bytesOf, document, optionsOf } from "../input.js";
import { wholeLines } from "../lines.js";
import { liveModule } from "../modules/live.js";

/** @typedef {import("../entries/live.js").CapturedHeartbeats} CapturedHeartbeats */
/** @typedef {import("../types.js").ObserveOptions} ObserveOptions */
/** @typedef {import("../types.js").RenderOptions} RenderOptions */
/** @typedef {import("../types.js").WindowCurveOptions} WindowCurveOptions */

/**
 * @param {WindowCurveOptions} [options]
 * @returns {import("../types.js").WindowCurve}
 */
export function windowCurve(options) {
  const assumptions = optionsOf(options, "windowCurve");
  return liveModule.call((core) => core.windowCurve(assumptions));
}

/**
 * @param {WindowCurveOptions} [options]
 * @param {RenderOptions} [how]
 * @returns {string}
 */
export function renderWindowCurve(options, how) {
  const assumptions = optionsOf(options, "renderWindowCurve");
  const form = optionsOf(how, "renderWindowCurve");
  return liveModule.call((core) => core.renderWindowCurve(assumptions, form));
}

/**
 * @param {CapturedHeartbeats} events
 * @param {ObserveOptions} [options]
 * @returns {Promise<import("../types.js").ObservedHeartbeats>}
 */
export async function observeHeartbeats(events, options) {
  const how = optionsOf(options, "observeHeartbeats");
  return observed(events, "observeHeartbeats", (heartbeats) => heartbeats.finish(how));
}

/**
 * @param {CapturedHeartbeats} events
 * @param {ObserveOptions} [options]
 * @param {RenderOptions} [how]
 * @returns {Promise<string>}
 */
export async function renderHeartbeats(events, options, how) {
  const given = optionsOf(options, "renderHeartbeats");
  const form = optionsOf(how, "renderHeartbeats");
  return observed(events, "renderHeartbeats", (heartbeats) => heartbeats.render(given, form));
}

/**
 * @template T
 * @param {CapturedHeartbeats} events
 * @param {string} callee
 * @param {(heartbeats: import("../wasm/prefect_events_live.js").Heartbeats) => T} finish
 * @returns {Promise<T>}
 */
async function observed(events, callee, finish) {
  const { use, close } = liveModule.open((core) => new core.Heartbeats());
  try {
    for (const text of Array.isArray(events) ? events : [events]) {
      use((heartbeats) => heartbeats.begin());
      for await (const bytes of parts(text, callee))
        use((heartbeats) => heartbeats.add(bytes), bytes.length);
    }
    return use(finish);
  } finally {
    close();
  }
}

/**
 * A text, or the parts of a stream.
 * @param {import("../entries/live.js").HeartbeatSource} source
 * @param {string} callee
 * @returns {AsyncGenerator<Uint8Array, void, void>}
 */
async function* parts(source, callee) {
  if (typeof source === "string" || bytesOf(source)) yield document(source, callee).bytes;
  else yield* wholeLines(/** @type {import("../index.js").WebStream} */ (source));
}
