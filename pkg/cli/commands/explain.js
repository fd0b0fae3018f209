// The command `explain`: a diagnostic or an event.

import { distance } from "fastest-levenshtein";

import { describeEvent, eventTypes } from "../../api/describe.js";
import { diagnosticCodes, explain } from "../../api/explain.js";
import { jsonText } from "../escape.js";
import { eventType } from "../formats/event-type.js";
import { explanation } from "../formats/explanation.js";
import { printError, stdout } from "../output.js";
import { colours } from "../terminal.js";

/**
 * @param {string} subject
 * @param {{ format: "pretty" | "json" }} options
 * @returns {number} the exit status
 */
export function explainCommand(subject, { format }) {
  const meaning = explain(subject);
  const type = meaning ? undefined : describeEvent(subject);
  if (!meaning && !type) {
    const names = [...diagnosticCodes(), ...eventTypes().flatMap(eventNames)];
    const near = nearest(subject, names);
    const hint = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
    return printError(`unknown diagnostic code or event: ${subject}${hint}`);
  }
  const style = colours(stdout);
  let text = "";
  if (format === "json") text = jsonText(meaning ?? type);
  else if (meaning) text = explanation(meaning, style);
  else if (type) text = eventType(type, style);
  stdout.write(`${text}\n`);
  return 0;
}

/**
 * The known names nearest to a misspelt one, or to one without its beginning, such as `worker.started`.
 * @param {string} name
 * @param {string[]} known
 * @returns {string[]} at most three, the nearest first
 */
function nearest(name, known) {
  const lower = name.toLowerCase();
  const whole = known.filter((other) => other.toLowerCase().endsWith(`.${lower}`));
  if (whole.length > 0) return whole.slice(0, 3);
  return known
    .map((other) => ({ other, edits: distance(lower, other.toLowerCase()) }))
    .filter(({ other, edits }) => edits <= Math.max(2, other.length / 4))
    .sort((one, other) => one.edits - other.edits)
    .slice(0, 3)
    .map(({ other }) => other);
}

/**
 * The known names of an event.
 * @param {import("../../index.js").EventType} type
 */
function eventNames({ namePattern, variants = [] }) {
  const names = variants.map(({ name }) => namePattern.replace(/\{.*\}/, name));
  return names.length > 0 ? names : [namePattern];
}
