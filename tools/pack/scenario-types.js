// Generates TypeScript types from the JSON Schema of scenarios: scenario-types.js SCHEMA FILE

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";

import { compile } from "json-schema-to-typescript";

const HEAD = `// Generated from the JSON Schema of scenarios by \`make build\`. Do not edit.

import type { Span } from "./types.js";

/** A span from the start of the scenario, or a point in time such as \`"2026-03-01T12:00:00Z"\`. */
export type Moment = string | number;
`;

/** The names of the parts. Parts that are not objects have no separate type. @type {{ [name: string]: string }} */
const NAMES = {
  scenario: "Scenario",
  heartbeat: "ScenarioHeartbeat",
  run: "ScenarioRun",
  break: "ScenarioBreak",
  expectation: "Expectation",
};

/** @type {{ [name: string]: string }} */
const REFERENCES = {
  ...NAMES,
  span: "Span",
  length: "Span",
  moment: "Moment",
  instant: "string",
  heartbeat: "ScenarioHeartbeat | null",
  breaks: "ScenarioBreak | ScenarioBreak[]",
  state: "string | { type: string; name?: string }",
  automation: "object",
  event: "object",
  "event-name": "string",
};

const [, , from = "", to = ""] = argv;
const { $defs } = JSON.parse(readFileSync(from, "utf8"));
const types = [HEAD];
for (const [part, name] of Object.entries(NAMES)) {
  const { title, description = title, anyOf, ...schema } = $defs[part];
  // The frequency of heartbeats can be null.
  const { properties, required } = [schema, ...(anyOf ?? [])].find((one) => one.properties);
  const fields = Object.entries(properties).map(([key, value]) => [key, plain(value)]);
  types.push(
    await compile(
      {
        description,
        type: "object",
        additionalProperties: false,
        ...(required && { required }),
        properties: Object.fromEntries(fields),
      },
      name,
      { bannerComment: "" },
    ),
  );
}
writeFileSync(to, types.join("\n"));

/**
 * A schema without rules that types cannot express, with the names of its referenced parts.
 * @param {any} schema
 * @returns {any}
 */
function plain(schema) {
  const { title = "", description = title, ...rest } = schema;
  return { ...(description && { description }), ...shape(rest) };
}

/** @param {any} schema @returns {any} */
function shape({ $ref, allOf, anyOf, type, items, ...rest }) {
  if (allOf) return shape(allOf[0]);
  if ($ref) return { tsType: reference($ref.replace("#/$defs/", "")) };
  if (anyOf) return { anyOf: anyOf.map(shape) };
  if (rest.const !== undefined) return { tsType: JSON.stringify(rest.const) };
  if (rest.enum) return { enum: rest.enum };
  if (items && rest.minItems === 2 && rest.maxItems === 2)
    return { type, items: [shape(items), shape(items)], minItems: 2, maxItems: 2 };
  if (items) return { type, items: shape(items) };
  if (type === "object") return { type, additionalProperties: shape(rest.additionalProperties) };
  return { type };
}

/** @param {string} part */
function reference(part) {
  const type = REFERENCES[part];
  if (type === undefined) throw new Error(`REFERENCES has no type for \`${part}\``);
  return type;
}
