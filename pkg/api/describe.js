// Describes Prefect's events.

import { string } from "../input.js";
import { validateModule } from "../modules/validate.js";
import { customEventInputs, eventTypes, examples } from "../wasm/event-types.js";

/** @typedef {import("../index.js").EventType} EventType */
/** @typedef {{ event: string }} Example of a family whose name has placeholders, with values in them or without */

export { customEventInputs, eventTypes };

/**
 * @param {string} name
 * @returns {EventType | undefined}
 */
export function describeEvent(name) {
  string(name, "describeEvent", "an event name");
  // A pattern is not always a name of its own family.
  const pattern = validateModule.call((core) => core.familyOf(name, false), name.length) ?? name;
  const type = eventTypes().find((one) => one.namePattern === pattern);
  return type && name !== pattern ? { ...type, example: example(name, pattern) } : type;
}

/**
 * The example, with this name in place of the pattern.
 * @param {string} name
 * @param {string} pattern
 * @returns {object}
 */
function example(name, pattern) {
  const all = examples();
  const known = all.find(({ event }) => event === name);
  if (known) return known;
  const values = placeholderValues(name, pattern);
  const unfilled = JSON.stringify(all.find(({ event }) => event === pattern));
  return JSON.parse(unfilled, (_, value) =>
    typeof value === "string"
      ? value.replace(PLACEHOLDERS, (placeholder) => values.get(placeholder) ?? placeholder)
      : value,
  );
}

const PLACEHOLDERS = /\{[\w-]+\}/g;

/**
 * @param {string} name
 * @param {string} pattern
 */
function placeholderValues(name, pattern) {
  const form = pattern.replaceAll(".", "\\.").replace(PLACEHOLDERS, "(.+)");
  const values = name.match(new RegExp(`^${form}$`, "s"))?.slice(1) ?? [];
  return new Map(pattern.match(PLACEHOLDERS)?.map((placeholder, n) => [placeholder, values[n]]));
}
