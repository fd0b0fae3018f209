// The command `advise`.

import { heartbeatAdvice } from "../../api/automation.js";
import { jsonText, printable } from "../escape.js";
import { printError, stdout } from "../output.js";
import { colours } from "../terminal.js";
import { plural } from "../text.js";

/**
 * @param {{ frequency: number, within: number, tick: number, clientVersion?: string, expect?: string[], format: string }} options
 * @returns {number} the exit status
 */
export function adviseCommand({ frequency, within, tick, clientVersion, expect, format }) {
  let advice;
  try {
    advice = heartbeatAdvice({
      frequency,
      within,
      tick,
      ...(clientVersion === undefined ? {} : { clientVersion }),
      ...(expect === undefined ? {} : { expect }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printError(error.message);
  }
  stdout.write(`${format === "json" ? jsonText(advice) : pretty(advice)}\n`);
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
