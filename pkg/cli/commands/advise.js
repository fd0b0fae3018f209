// The command `advise`.

import { heartbeatAdvice } from "../../api/automation.js";
import { renderHeartbeats, renderWindowCurve } from "../../entries/live.node.js";
import { jsonText, printable } from "../escape.js";
import { openEventFile } from "../event-file.js";
import { printError, stdout } from "../output.js";
import { Unreadable } from "../read-input.js";
import { colours, columns } from "../terminal.js";
import { plural } from "../text.js";

/** @typedef {import("../../types.js").WindowCurveOptions} WindowCurveOptions */

/**
 * @typedef {object} Options
 * @property {number | string} [frequency]
 * @property {number | string} [within]
 * @property {number | string} [tick]
 * @property {string} [clientVersion]
 * @property {string[]} [expect]
 * @property {string[]} [events]
 * @property {"pretty" | "json"} format
 */

/**
 * @param {Options & WindowCurveOptions} options
 * @param {(message: string) => never} misuse
 * @returns {Promise<number>} the exit status
 */
export async function adviseCommand(options, misuse) {
  const { frequency, within, tick, clientVersion, expect, events, format, ...assumptions } =
    options;
  try {
    if (events !== undefined) {
      const { events: _, within: __, format: ___, ...rest } = options;
      exclude("events", rest, misuse);
      stdout.write(await observed(events, within === undefined ? {} : { within }, format));
      return 0;
    }
    if (frequency === undefined)
      return misuse("required option '--frequency <SPAN>' not specified");
    const [assumed] = Object.keys(assumptions);
    if (assumed !== undefined) {
      exclude(assumed, given({ clientVersion, expect }), misuse);
      const question = { ...assumptions, frequency, ...given({ within, tick }) };
      stdout.write(renderWindowCurve(question, formOf(format)));
      return 0;
    }
    if (within === undefined) return misuse("required option '--within <SPAN>' not specified");
    const advice = heartbeatAdvice({
      frequency,
      within,
      ...given({ tick, clientVersion, expect }),
    });
    stdout.write(`${format === "json" ? jsonText(advice) : pretty(advice)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof TypeError || error instanceof Unreadable) return printError(error.message);
    throw error;
  }
}

/**
 * Only the values that were given.
 * @template {object} O
 * @param {O} values
 * @returns {{ [name in keyof O]?: Exclude<O[name], undefined> }}
 */
function given(values) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return /** @type {any} */ (Object.fromEntries(known));
}

/**
 * @param {string} option
 * @param {object} others that it cannot be combined with
 * @param {(message: string) => never} misuse
 */
function exclude(option, others, misuse) {
  const [other] = Object.keys(others);
  if (other !== undefined) misuse(`${flag(option)} cannot be combined with ${flag(other)}`);
}

/** @param {"pretty" | "json"} format */
function formOf(format) {
  // On or off, for this terminal.
  return { format, colour: colours(stdout).isColorSupported, columns: columns(stdout) };
}

/**
 * @param {string[]} files
 * @param {import("../../types.js").ObserveOptions} options
 * @param {"pretty" | "json"} format
 */
async function observed(files, options, format) {
  const sources = [];
  for (const file of files) sources.push(await openEventFile(file));
  return renderHeartbeats(sources, options, formOf(format));
}

/** The flag of an option. @param {string} name */
const flag = (name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @param {import("../../index.js").Advice} advice */
function pretty(advice) {
  const style = colours(stdout);
  const { detection, smallestWithin: smallest } = advice;
  /** @param {string} title @param {string[]} lines */
  const part = (title, lines) =>
    `${style.bold(title)}\n${lines.map((line) => `  ${printable(line)}`).join("\n")}`;
  const verdict = advice.healthyRunsFire
    ? style.red(`a window of ${advice.within} s fires on healthy runs`)
    : `a window of ${advice.within} s tolerates ${plural(advice.toleratedMisses, "missed heartbeat")}${advice.toleratedMisses === 1 ? "" : " in a row"}`;
  const parts = [
    `${style.bold(verdict)}, with heartbeats every ${advice.frequency} s`,
    part("Why", advice.arithmetic),
    part(
      "The smallest window that tolerates",
      smallest.map((row) => `${plural(row.misses, "missed heartbeat")}: ${row.within} s`),
    ),
    part("Recommended windows", [
      `${advice.minimumWithin} s: the minimum for three missed heartbeats`,
      `${advice.recommendedWithin} s: recommended`,
    ]),
    part("Time to detect a dead run", [
      `${detection.earliest} to ${detection.latest} s after its last heartbeat`,
      `${detection.earliestAfterDeath} to ${detection.latestAfterDeath} s after its death`,
    ]),
    part("False alarms", advice.falseAlarms),
    part("Not detected", advice.undetected),
  ];
  if (advice.client) parts.push(part("Clients", [advice.client.note]));
  parts.push(
    part("What the documentation says", [advice.documentation.says, advice.documentation.url]),
  );
  return parts.join("\n\n");
}
