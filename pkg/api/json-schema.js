// The JSON Schemas of the events.

import { string } from "../input.js";
import { allEvents } from "../wasm/schemas.js";
import { describeEvent } from "./describe.js";
import { validate } from "./validate.js";

/**
 * The schema of all events: its `$defs` are those of the families, by the names of their files, and what they share.
 * @typedef {{ $schema: string, $id: string, $defs: { [name: string]: object } }} AllEvents
 */

/**
 * @param {string} [name]
 * @returns {object}
 */
export function jsonSchema(name) {
  if (name === undefined) return allEvents();
  const event = string(name, "jsonSchema", "an event name");
  if (!describeEvent(event)) known(event);
  return schemaOf(event);
}

/**
 * Throws if an event that Prefect does not have has a name as if it had.
 * @param {string} event
 */
function known(event) {
  const unknown = validate({ event }).diagnostics.find(({ code }) => code === "unknown-event");
  // Blocks can emit events of their own: that is no more than an info.
  if (unknown?.severity === "warning")
    throw new TypeError(`${unknown.message}: ${unknown.help ?? ""}`);
}

/**
 * The schema of one family, or of any event.
 * @param {string} name of an event
 * @returns {object}
 */
function schemaOf(name) {
  const { $schema, $id, $defs } = allEvents();
  const type = describeEvent(name);
  const key = type ? type.namePattern.replaceAll(/[{}]/g, "") : "event";
  const shared = Object.entries($defs).filter(([part]) => !part.startsWith("prefect"));
  return {
    $schema,
    $id: $id.replace(/[^:]*$/, key),
    ...(type && { $ref: "#/$defs/event" }),
    ...$defs[key],
    ...(type && { examples: [describeEvent(type.namePattern)?.example] }),
    $defs: Object.fromEntries(shared),
  };
}
