// The JSON Schemas of events, automations, triggers and scenarios.

import { string } from "../input.js";
import { validateModule } from "../modules/validate.js";
import {
  automationSchema,
  deploymentTriggersSchema,
  scenarioSchema,
} from "../wasm/automation-schemas.js";
import { allEvents } from "../wasm/schemas.js";
import { describeEvent } from "./describe.js";

/**
 * The schema of all events: its `$defs` are those of the families, by the names of their files, and what they share.
 * @typedef {{ $schema: string, $id: string, $defs: { [name: string]: object } }} AllEvents
 */

/**
 * A schema with the parts that it refers to.
 * @typedef {{ $schema: string, $id: string, $defs: { [name: string]: object } }} Definitions
 */

/** Schemas that are not for a single event of Prefect. @type {{ [name: string]: () => object }} */
const SCHEMAS = {
  automation: automationSchema,
  trigger: triggerSchema,
  "deployment-triggers": deploymentTriggersSchema,
  scenario: wholeScenarioSchema,
  events: allEvents,
  event: () => schemaOf("event"),
};

/**
 * @param {string} [name]
 * @returns {object}
 */
export function jsonSchema(name) {
  if (name === undefined) return allEvents();
  const wanted = string(name, "jsonSchema", "the name of a schema or an event");
  if (Object.hasOwn(SCHEMAS, wanted)) return /** @type {() => object} */ (SCHEMAS[wanted])();
  if (describeEvent(wanted)) return schemaOf(wanted);
  throw new TypeError(validateModule.call((core) => core.familyOf(wanted, true), wanted.length));
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

/** The schema of a trigger inside the one of automations, with the parts that it needs. */
function triggerSchema() {
  const { $schema, $id, $defs } = automationSchema();
  /** @type {{ [name: string]: object }} */
  const parts = {};
  const open = ["trigger"];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const schema = $defs[part];
    if (schema === undefined || part in parts) continue;
    parts[part] = schema;
    for (const [, name = ""] of JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g))
      open.push(name);
  }
  return {
    $schema,
    $id: $id.replace(/[^:]*$/, "trigger"),
    title: "Trigger",
    $ref: "#/$defs/trigger",
    $defs: parts,
  };
}

/** The schema of scenarios, with the definitions that it shares with the one of automations. */
function wholeScenarioSchema() {
  const own = scenarioSchema();
  return { ...own, $defs: { ...automationSchema().$defs, ...own.$defs } };
}
