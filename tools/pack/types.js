// Generates TypeScript types from the JSON Schema of all events: types.js SCHEMA FILE

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";

import { compile } from "json-schema-to-typescript";

/** @typedef {import("json-schema-to-typescript").JSONSchema} Schema */
/** @typedef {{ [name: string]: any }} Properties */

const BANNER = "// Generated from the JSON Schemas by `make build`. Do not edit.";

const BARE = { bannerComment: "" };

const [, , from = "", to = ""] = argv;
const { $defs } = JSON.parse(readFileSync(from, "utf8"));

const families = Object.entries($defs).filter(([name]) => name.startsWith("prefect"));
/** @type {{ [name: string]: Schema }} */
const types = {};
for (const [name, schema] of families)
  types[typeName(name)] = event(schema, schema.properties, nameType(schema.properties.event));

const union = {
  description:
    "An event that Prefect documents or emits, by its `event`. A name with a placeholder also fits names of other events, such as `prefect.flow-run.heartbeat`: compare with those first.",
  oneOf: families.map(([name]) => ({ $ref: `#/$defs/${typeName(name)}` })),
  $defs: types,
};
const any = event($defs.event, {}, "string");
const related = labels(
  {},
  $defs["related-resource"].required,
  $defs["related-resource"].description,
);
const others = [
  await compile(any, "AnyEvent", BARE),
  await compile(related, "RelatedLabels", BARE),
];
const all = await compile(/** @type {Schema} */ (union), "PrefectEvent", { bannerComment: BANNER });
writeFileSync(to, [all, ...others].join("\n"));

/**
 * @param {Schema} schema
 * @param {Properties} own
 * @param {string} event
 * @returns {Schema}
 */
function event(schema, own, event) {
  const required = new Set([
    ...$defs.event.required,
    ...(Array.isArray(schema.required) ? schema.required : []),
  ]);
  const { description: follows } = { ...$defs.event.properties.follows, ...own.follows };
  return {
    description: schema.description ?? "",
    type: "object",
    // In a literal event, additional keys are mistakes.
    additionalProperties: false,
    required: [...required],
    properties: {
      occurred: { tsType: "string | number", description: $defs.occurred.description },
      event: { tsType: event },
      resource: labels(own.resource?.properties ?? {}, own.resource?.required ?? [], ""),
      related: { tsType: "RelatedLabels[]" },
      payload: own.payload ? plain(own.payload) : { type: "object" },
      id: { type: "string", description: $defs["event-id"].description },
      follows: { type: ["string", "null"], description: follows },
      received: {
        type: "string",
        description: "When the server received it; the server writes it.",
      },
    },
  };
}

/**
 * @param {Properties} properties
 * @param {string[]} required
 * @param {string} description
 * @returns {Schema}
 */
function labels(properties, required, description) {
  const needed = [...new Set(["prefect.resource.id", ...required])];
  return {
    ...(description && { description }),
    type: "object",
    required: needed,
    properties: {
      ...Object.fromEntries(needed.map((label) => [label, { type: "string" }])),
      ...plain({ properties }).properties,
    },
    additionalProperties: { type: "string" },
  };
}

/**
 * A schema without rules that types cannot express.
 * @param {any} schema
 * @returns {any}
 */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (schema === null || typeof schema !== "object") return schema;
  const {
    $ref,
    if: _,
    then,
    else: otherwise,
    allOf,
    contains,
    pattern,
    format,
    examples,
    ...rest
  } = schema;
  // The shared parts are strings of certain forms.
  if ($ref) return { type: "string", ...rest };
  const { type, anyOf, const: literal, description } = rest;
  // The library would treat it as an object.
  if (!type && !anyOf && literal === undefined && !rest.enum && !rest.properties)
    return { tsType: "unknown", description };
  const shapes =
    then && otherwise
      ? { anyOf: [plain({ type: "object", ...otherwise }), plain({ type: "object", ...then })] }
      : {};
  if (then) delete rest.type;
  return {
    ...mapped(rest, (key, value) => {
      if (key === "enum") return value;
      // Its keys are keys of events.
      if (key === "properties") return mapped(value, (_, property) => plain(property));
      return plain(value);
    }),
    ...shapes,
  };
}

/**
 * @param {Properties} object
 * @param {(key: string, value: any) => any} change
 */
function mapped(object, change) {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(key, value)]),
  );
}

/**
 * The names of a family: a literal, or a template literal type.
 * @param {{ const?: string, pattern?: string }} name
 */
function nameType({ const: literal, pattern = "" }) {
  if (literal !== undefined) return JSON.stringify(literal);
  const body = pattern
    .slice(1, -1)
    .replaceAll(
      /\((\w[\w|-]*)\)/g,
      (_, choices) =>
        `\${${choices
          .split("|")
          .map((/** @type {string} */ choice) => JSON.stringify(choice))
          .join(" | ")}}`,
    )
    .replaceAll(/\[[^\]]*\]\+/g, `\${string}`)
    .replaceAll("\\.", ".");
  return `\`${body}\``;
}

/** @param {string} name */
function typeName(name) {
  const words = name.split(/[.-]/);
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}Event`;
}
