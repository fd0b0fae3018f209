// The command `diff`: what a change of an automation fires more or less on the same events.

import { joined } from "../../api/backtest.js";
import { isMixed, readDocument, withCaptured } from "../captured.js";
import { stdout } from "../output.js";
import { renderingOf } from "../rendering.js";
import { displayName } from "../text.js";

/**
 * @typedef {object} OwnOptions
 * @property {string} [start]
 * @property {number} [tick]
 * @property {string} [serverVersion]
 * @property {boolean} [ignoreMissingLeaders]
 * @property {boolean} [exitCode]
 * @property {"pretty" | "json" | "markdown"} format
 *
 * @typedef {OwnOptions & import("../captured.js").Source} Options
 */

/**
 * @param {string} old a file
 * @param {string} young the file of the new version
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function diffCommand(old, young, options, usage) {
  if (isMixed(options)) usage();
  const { start, tick, serverVersion, ignoreMissingLeaders, exitCode, format, events } = options;
  return withCaptured(options, async (captured) => {
    const [one, other] = [await readDocument(old), await readDocument(young)];
    const both = joined(one, other);
    const given = { start, tickSeconds: tick, serverVersion, ignoreMissingLeaders };
    const how = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    const rendering = {
      ...renderingOf(format, stdout, old, events),
      newFile: displayName(young),
    };
    const { text, agrees } = captured.use(
      (open) => open.renderComparison(both, one.length, false, how, rendering),
      both.length,
    );
    stdout.write(text);
    if (typeof agrees !== "boolean") return 2;
    return exitCode && !agrees ? 1 : 0;
  });
}
