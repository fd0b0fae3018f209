// The command `explain`: a diagnostic or an event.

import { describe, eventTypes } from "../api/describe.js";
import { codes, explain } from "../api/explain.js";
import { eventType } from "./formats/event-type.js";
import { explanation } from "./formats/explanation.js";
import { nearest } from "./nearest.js";
import { colours, printable } from "./terminal.js";

/**
 * @param {string} subject
 * @param {{ format: "pretty" | "json" }} options
 * @returns {number} the exit status
 */
export function explainCommand(subject, { format }) {
  const meaning = explain(subject);
  const type = meaning ? undefined : describe(subject);
  if (!meaning && !type) {
    const names = [...codes(), ...eventTypes().flatMap(eventNames)];
    const near = nearest(subject, names);
    const hint = near.length > 0 ? `: did you mean ${near.join(" or ")}?` : "";
    process.stderr.write(
      `prefect-events: no diagnostic and no event is called ${printable(subject)}${hint}\n`,
    );
    return 2;
  }
  const style = colours(process.stdout);
  let text = "";
  if (format === "json") text = JSON.stringify(meaning ?? type, null, 2);
  else if (meaning) text = explanation(meaning, style);
  else if (type) text = eventType(type, style);
  process.stdout.write(`${text}\n`);
  return 0;
}

/**
 * The names that an event is known to have.
 * @param {import("../index.js").EventType} type
 */
function eventNames({ name_pattern, variants = [] }) {
  const names = variants.map(({ name }) => name_pattern.replace(/\{.*\}/, name));
  return names.length > 0 ? names : [name_pattern];
}
