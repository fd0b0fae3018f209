// The JSON Schemas of the events.

import { describe } from "./event-types.js";
import { allEvents } from "./wasm/schemas.js";

/**
 * The schema of all events: its `$defs` are those of the families, by the names of their files, and what they share.
 * @typedef {{ $schema: string, $id: string, $defs: { [name: string]: object } }} AllEvents
 */

export { allEvents };

/**
 * The schema of one family, or of any event.
 * @param {string} name of an event
 * @returns {object}
 */
export function schemaOf(name) {
  const { $schema, $id, $defs } = allEvents();
  const type = describe(name);
  const key = type ? type.name_pattern.replaceAll(/[{}]/g, "") : "event";
  const shared = Object.entries($defs).filter(([part]) => !part.startsWith("prefect"));
  return {
    $schema,
    $id: $id.replace(/[^:]*$/, key),
    ...(type && { $ref: "#/$defs/event" }),
    ...$defs[key],
    ...(type && { examples: [describe(type.name_pattern)?.example] }),
    $defs: Object.fromEntries(shared),
  };
}
