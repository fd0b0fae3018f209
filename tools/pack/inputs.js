// Generates TypeScript types for the input of `buildEvent` for each event: inputs.js EVENT-TYPES NULLABLE FILE

import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

/** @typedef {import("../../pkg/index.js").InputKey} InputKey */
/** @typedef {import("../../pkg/index.js").EventType} EventType */
/** @typedef {{ key?: InputKey, nullable: boolean, inner: Map<string, Node> }} Node */

const BANNER = "// Generated from the catalogue's inputs by `make build`. Do not edit.";

/** @type {Record<InputKey["type"], string>} */
const TYPES = {
  text: "string",
  uuid: "string",
  timestamp: "string",
  integer: "number | string",
  number: "number",
  boolean: "boolean",
  "list of texts": "string[]",
  array: "unknown[]",
  object: "{ [key: string]: unknown }",
  "object of strings": "{ [key: string]: string }",
  labels: '{ "prefect.resource.id": string; [label: string]: string }',
  "list of labels": "events.RelatedLabels[]",
  any: "unknown",
};

/** Keys that identify a thing alone: a string can replace the object. */
const MAIN = ["id", "key", "slug"];

/** Prefect has no other types of states. */
const STATES = /^(state|previous)\.type$/;

const [, , from = "", nulls = "", to = ""] = argv;
/** @type {{ eventTypes: () => EventType[], customEventInputs: () => InputKey[] }} */
const { eventTypes, customEventInputs } = await import(pathToFileURL(from).href);

/** The paths with which the builder accepts null, by the patterns of names; of custom events at "". @type {{ [pattern: string]: string[] }} */
const NULLABLE = JSON.parse(readFileSync(nulls, "utf8"));

/** @param {string} namePattern */
function nullable(namePattern) {
  const keys = NULLABLE[namePattern];
  if (!keys) throw new Error(`${nulls} lacks ${namePattern}`);
  return keys;
}

const declarations = [];
/** @type {string[]} Names without placeholders, and names of known states and statuses. */
const literals = [];
/** @type {string[]} For any other value of a placeholder. */
const patterns = [];

for (const type of eventTypes()) {
  const { namePattern, variants = [], inputs, title } = type;
  const stem = typeName(namePattern.replaceAll(/[{}]/g, ""));
  const input = `${stem}Input`;
  const built = `${stem}Event`;
  declarations.push(
    `/** ${title.replaceAll("*/", "*\\/")}: what \`buildEvent\` is given for \`${namePattern}\`. */\nexport interface ${input} ${object(tree(inputs, nullable(namePattern)), "")}\n`,
  );
  if (!namePattern.includes("{")) {
    literals.push(entry(namePattern, input, built));
    continue;
  }
  for (const { name } of variants)
    literals.push(entry(namePattern.replace(/\{[^}]*\}/, name), input, built));
  const template = `\`${namePattern.replaceAll(/\{[^}]*\}/g, `\${string}`)}\``;
  // The type of a custom state is unknown.
  const own = namePattern.endsWith("run.{state}") ? `WithStateType<${input}>` : input;
  patterns.push(`  Name extends ${template} ? { input: ${own}; event: events.${built} } :`);
}

writeFileSync(
  to,
  `${BANNER}

import type * as events from "./events.js";
import type { StateType } from "./types.js";

/** Inputs and built events, by the names of events. */
export interface EventsByName {
${literals.join("\n")}
}

/** The names of Prefect's events; names with a placeholder are listed with each known value. */
export type EventName = keyof EventsByName;

/** The input of \`buildEvent\` for an event of this name. */
export type EventInputOf<Name extends string> = FamilyOf<Name>["input"];

/** The input of a custom event, an event whose name is not Prefect's. */
export interface CustomEventInput ${object(tree(customEventInputs(), nullable("")), "")}

/** The input of an event whose name is only known at run time: the keys of all events. Each event has its own; \`buildEvent\` rejects others. */
export interface EventInput ${object(tree(all(), Object.values(NULLABLE).flat()), "")}

/** The labels and the payload of an event of this name, as in Prefect's documentation. */
export type EventOf<Name extends string> = FamilyOf<Name>["event"];

/** What is known about an event of this name: nothing, if the name is known only at run time. */
type FamilyOf<Name extends string> =
  string extends Name ? { input: EventInput; event: events.AnyEvent } :
  Name extends EventName ? EventsByName[Name] :
${patterns.join("\n")}
  Name extends \`prefect.\${string}\` | \`prefect-cloud.\${string}\` ? { input: NoSuchEvent; event: never } :
  { input: CustomEventInput; event: events.AnyEvent };

/** Prefect has no event of this name. */
interface NoSuchEvent {
  "Prefect has no event of this name": never;
}

/** The state has a custom name. */
type WithStateType<Input extends { state?: object | null }> = Omit<Input, "state"> & {
  state: NonNullable<Input["state"]> & { type: StateType };
};

${declarations.join("\n")}`,
);

/** The keys of all events. None is required. @returns {InputKey[]} */
function all() {
  /** @type {Map<string, InputKey>} */
  const merged = new Map();
  for (const input of [...customEventInputs(), ...eventTypes().flatMap(({ inputs }) => inputs)]) {
    const { key, type, values = [], meaning } = input;
    const known = merged.get(key) ?? { ...input, values: [] };
    if (TYPES[known.type] !== TYPES[type])
      throw new Error(`${key} has two types: ${known.type} and ${type}`);
    merged.set(key, {
      key,
      type,
      values: [...new Set([...(known.values ?? []), ...values])],
      meaning: known.meaning === meaning ? meaning : "",
    });
  }
  return [...merged.values()];
}

/** @param {string} name @param {string} input @param {string} built */
function entry(name, input, built) {
  return `  ${JSON.stringify(name)}: { input: ${input}; event: events.${built} };`;
}

/**
 * The keys as a tree: \`flow_run.id\` is \`id\` in \`flow_run\`.
 * @param {InputKey[]} inputs
 * @param {string[]} [nulls] the paths that can be null
 * @returns {Node}
 */
function tree(inputs, nulls = []) {
  const nullable = new Set(nulls);
  /** @type {Node} */
  const root = { nullable: false, inner: new Map() };
  for (const input of inputs) {
    let at = root;
    let path = "";
    for (const part of input.key.split(".")) {
      path += path && ".";
      path += part;
      const next = at.inner.get(part) ?? { nullable: nullable.has(path), inner: new Map() };
      at.inner.set(part, next);
      at = next;
    }
    at.key = input;
  }
  return root;
}

/**
 * @param {Node} node
 * @param {string} indent
 * @returns {string}
 */
function object({ inner }, indent) {
  const own = `${indent}  `;
  const lines = Array.from(inner, ([name, child]) => {
    const { key } = child;
    const comment = key?.meaning ? `${own}/** ${sentence(key)} */\n` : "";
    return `${comment}${own}${name}${isRequired(child) ? "" : "?"}: ${valueType(child, own)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

/** @param {InputKey} key */
function sentence({ meaning, otherwise }) {
  const said = otherwise === undefined ? meaning : `${meaning}. Default: ${otherwise}`;
  return `${said.replaceAll("*/", "*\\/").replace(/\.$/, "")}.`;
}

/** @param {Node} node @returns {boolean} */
function isRequired({ key, inner }) {
  return key ? key.required === true : [...inner.values()].some(isRequired);
}

/**
 * @param {Node} node
 * @param {string} indent
 */
function valueType(node, indent) {
  const { key, inner } = node;
  const types = [];
  if (key) {
    const known = key.values?.map((value) => JSON.stringify(value)) ?? [];
    const type = STATES.test(key.key)
      ? "StateType"
      : known.length > 0
        ? `${known.join(" | ")} | (string & {})`
        : TYPES[key.type];
    if (type === undefined) throw new Error(`the type of ${key.key} is unknown: ${key.type}`);
    if (type === "unknown") return type;
    types.push(type);
  }
  if (inner.size > 0) {
    types.push(object(node, indent));
    const main = MAIN.find((one) => inner.has(one));
    const needed = Array.from(inner).filter(([, child]) => isRequired(child));
    if (main !== undefined && needed.every(([one]) => one === main)) types.push("string");
  }
  if (node.nullable) types.push("null");
  return types.join(" | ");
}

/** The type names of \`types.js\`. @param {string} name */
function typeName(name) {
  const words = name.split(/[.-]/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
