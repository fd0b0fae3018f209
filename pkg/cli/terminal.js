// The capabilities of a terminal.

import pc from "picocolors";

/** @typedef {ReturnType<typeof pc.createColors>} Colours */

/**
 * Colours on a terminal only; NO_COLOR disables them, FORCE_COLOR enables them elsewhere.
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Colours}
 */
export function colours(stream, env = process.env) {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return pc.createColors(!NO_COLOR && (forced || (stream.isTTY === true && TERM !== "dumb")));
}

/** No colours, for output that is read elsewhere. */
export const PLAIN = pc.createColors(false);

const USUAL_COLUMNS = 100;
const MOST_COLUMNS = 160;
const FEWEST_COLUMNS = 40;

/**
 * The width of the terminal in columns.
 * @param {{ columns?: number }} stream
 */
export function columns(stream) {
  return Math.max(FEWEST_COLUMNS, Math.min(stream.columns ?? USUAL_COLUMNS, MOST_COLUMNS));
}
