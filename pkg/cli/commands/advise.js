// The command `advise`.

import { heartbeatAdvice } from "../../api/automation.js";
import { renderWindowCurve } from "../../entries/live.node.js";
import { jsonText, printable } from "../escape.js";
import { printError, stdout } from "../output.js";
import { colours, columns } from "../terminal.js";
import { plural } from "../text.js";

/** @typedef {import("../../entries/live.js").WindowCurveOptions} WindowCurveOptions */

/**
 * @typedef {object} Options
 * @property {number | string} [frequency]
 * @property {number | string} [within]
 * @property {number | string} [tick]
 * @property {string} [clientVersion]
 * @property {string[]} [expect]
 * @property {"pretty" | "json"} format
 */

/**
 * @param {Options & WindowCurveOptions} options
 * @param {(message: string) => never} misuse
 * @returns {number} the exit status
 */
export function adviseCommand(options, misuse) {
  const { frequency, within, tick = 5, clientVersion, expect, format, ...assumptions } = options;
  const missing = frequency === undefined ? "frequency" : "within";
  try {
    if (Object.keys(assumptions).length > 0) {
      for (const name of /** @type {const} */ (["clientVersion", "expect"]))
        if (options[name] !== undefined)
          misuse(`${flag(name)} cannot be combined with ${flag(Object.keys(assumptions)[0] ?? "")}`);
      if (frequency === undefined) misuse(`required option '--frequency <SPAN>' not specified`);
      return curve({ ...assumptions, frequency, tick, ...(within && { within }) }, format);
    }
    if (frequency === undefined || within === undefined)
      return misuse(`required option '--${missing} <SPAN>' not specified`);
    const advice = heartbeatAdvice({
      frequency,
      within,
      tick,
      ...(clientVersion === undefined ? {} : { clientVersion }),
      ...(expect === undefined ? {} : { expect }),
    });
    stdout.write(`${format === "json" ? jsonText(advice) : pretty(advice)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printError(error.message);
  }
}

/** The flag of an option. @param {string} name */
const flag = (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * @param {WindowCurveOptions} options
 * @param {"pretty" | "json"} format
 */
function curve(options, format) {
  const colour = colours(stdout).isColorSupported;
  stdout.write(renderWindowCurve(options, { format, colour, columns: columns(stdout) }));
  return 0;
}

/** @param {import("../../index.js").Advice} advice */
function pretty(advice) {
  const style = colours(stdout);
  const { detection, smallestWithin: smallest } = advice;
  /** @param {string} title @param {string[]} lines */
  const part = (title, lines) =>
    `${style.bold(title)}\n${lines.map((line) => `  ${printable(line)}`).join("\n")}`;
  const verdict = advice.healthyRunsFire
    ? style.red(`within ${advice.within} s fires on healthy runs`)
    : `within ${advice.within} s tolerates ${plural(advice.toleratedMisses, "missed heartbeat")} in a row`;
  const parts = [
    `${style.bold(verdict)}, with heartbeats every ${advice.frequency} s`,
    part("Why", advice.arithmetic),
    part(
      "The smallest window that tolerates",
      smallest.map((row) => `${plural(row.misses, "missed heartbeat")}: ${row.within} s`),
    ),
    part("Recommended windows", [
      `within ${advice.minimumWithin} s: the minimum for three missed heartbeats`,
      `within ${advice.recommendedWithin} s: recommended`,
    ]),
    part("Time to find a dead run", [
      `${detection.earliest} to ${detection.latest} s after its last heartbeat`,
      `${detection.earliestAfterDeath} to ${detection.latestAfterDeath} s after its death`,
    ]),
    part("False alarms", advice.falseAlarms),
    part("Not found", advice.undetected),
  ];
  if (advice.client) parts.push(part("Clients", [advice.client.note]));
  parts.push(
    part("What the documentation says", [advice.documentation.says, advice.documentation.url]),
  );
  return parts.join("\n\n");
}
