// Windows over heartbeats: false alarms against delay, and what captured heartbeats call for.

import { optionsOf } from "../input.js";
import { liveModule } from "../modules/live.js";

/**
 * @param {import("../entries/live.js").WindowCurveOptions} [options]
 * @returns {import("../entries/live.js").WindowCurve}
 */
export function windowCurve(options) {
  const assumptions = optionsOf(options, "windowCurve");
  return liveModule.call((core) => JSON.parse(core.windowCurve(assumptions)), 0);
}

/**
 * As text for a terminal, or as JSON.
 * @param {import("../entries/live.js").WindowCurveOptions} options
 * @param {import("../entries/live.js").RenderOptions} how
 * @returns {string}
 */
export function renderWindowCurve(options, how) {
  const [assumptions, format] = [options, how].map((given) =>
    optionsOf(given, "renderWindowCurve"),
  );
  return liveModule.call((core) => core.renderWindowCurve(assumptions, format), 0);
}
