// Programs that send events: a shell command, and Python. The core writes the same (`src/render/built.rs`); this needs no
// module, and `tests/cases/snippets.json` is what both must give.

import { jsonOf } from "../input.js";

/** @typedef {import("../index.js").AnyEvent} Event */

/**
 * The JSON text of events, and its value.
 * @param {Event[]} events
 * @param {string} callee
 */
function written(events, callee) {
  if (!Array.isArray(events)) throw new TypeError(`${callee} needs an array of events`);
  const text = jsonOf(events, "this array of events");
  /** @type {Event[]} */
  const all = JSON.parse(text);
  for (const [index, event] of all.entries()) {
    if (depthOf(event) > DEEPEST)
      throw new TypeError(
        `${callee} needs events that are nested at most ${DEEPEST} levels deep: item ${index} is deeper`,
      );
    if (!isObject(event))
      throw new TypeError(`${callee} needs an array of events: item ${index} is not an object`);
  }
  return { text, all };
}

/** @param {unknown} value */
function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Characters that reorder text or are invisible, but for the selectors of emoji, which the first part finds. */
const HIDDEN =
  /(\p{ExtPict}[\ufe0e\ufe0f])|(?!\n)[\p{Cc}\p{DI}\p{NChar}\u2028\u2029\ufff9-\ufffb]/gu;

/**
 * A text whose hidden characters are escaped: only strings contain them.
 * @param {string} text
 * @param {(character: string) => string} write
 */
function escaped(text, write) {
  return text.replaceAll(HIDDEN, (hidden, shown) => shown ?? write(hidden));
}

/**
 * @param {number} code
 * @param {number} digits
 */
const hex = (code, digits) => code.toString(16).padStart(digits, "0");

/** @param {string} character */
function jsonEscape(character) {
  return Array.from(character.split(""), (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`).join("");
}

/** @param {string} character */
function pythonEscape(character) {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

/**
 * Sends them to the API of a Prefect server.
 * @param {Event[]} events
 */
export function toCurl(events) {
  const { text } = written(events, "toCurl");
  return [
    "curl --fail --request POST \\",
    '  --header "Content-Type: application/json" \\',
    `  --data-binary ${shellQuoted(escaped(text, jsonEscape))} \\`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in
    '  "${PREFECT_API_URL:-http://127.0.0.1:4200/api}/events"',
  ].join("\n");
}

/**
 * Within single quotes, a shell changes nothing except the quote itself.
 * @param {string} text
 */
function shellQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As deep as events are read everywhere; Python's `json.loads` reads hardly more. */
const DEEPEST = 900;

/** Below this depth, values are text for `json.loads`: Python reads at most 200 brackets in each other. */
const DEEPEST_LITERAL = 20;

/** @param {unknown} value */
function depthOf(value) {
  let depth = 0;
  let level = [value];
  while (level.length > 0) {
    level = level.filter((one) => one !== null && typeof one === "object").flatMap(Object.values);
    depth += 1;
  }
  return depth;
}

/**
 * Calls of Prefect's `emit_event`.
 * @param {Event[]} events
 */
export function toPython(events) {
  const { all } = written(events, "toPython");
  for (const [index, event] of all.entries()) rejectIncomplete(event, index);
  const linked = all.some(({ follows }) => typeof follows === "string");
  const lines = [
    "from datetime import datetime",
    "from uuid import UUID",
    "",
    `from prefect.events import ${linked ? "Event, " : ""}emit_event`,
  ];
  for (const event of all) lines.push("", emitted(event));
  if (lines.some((line) => line.includes(LOADS))) lines.unshift("import json");
  return escaped(lines.join("\n"), pythonEscape);
}

/** The seconds of the years 1 to 9999, which Python has. */
const [FIRST, END] = [-62_135_596_800, 253_402_300_800];

/** @param {Event} event @param {number} index */
function rejectIncomplete({ event, occurred, resource, id, follows }, index) {
  const reject = (/** @type {string} */ name, /** @type {string} */ expected) => {
    throw new TypeError(
      `toPython needs an array of events: \`${name}\` of item ${index} must be ${expected}`,
    );
  };
  if (typeof event !== "string") reject("event", "a string");
  if (typeof id !== "string") reject("id", "a string");
  if (typeof (follows ?? "") !== "string") reject("follows", "a string or null");
  if (!isObject(resource)) reject("resource", "an object");
  if (
    typeof occurred === "number"
      ? !(occurred >= FIRST && occurred < END)
      : typeof occurred !== "string"
  )
    reject("occurred", "a string, or the seconds since 1970 of a year from 1 to 9999");
}

/** @param {Event} event */
function emitted({ event, occurred, resource, related = [], payload = {}, id, follows }) {
  const at = typeof occurred === "number" ? new Date(occurred * 1000).toISOString() : occurred;
  const time = `datetime.fromisoformat(${JSON.stringify(at.replace(/Z$/, "+00:00"))})`;
  const lines = [
    "emit_event(",
    `    event=${literal(event, 1)},`,
    `    occurred=${time},`,
    `    resource=${literal(resource, 1)},`,
    `    related=${literal(related, 1)},`,
    `    payload=${literal(payload, 1)},`,
    `    id=UUID(${literal(id, 1)}),`,
  ];
  if (typeof follows === "string") {
    // `emit_event` only reads the id of the followed event, and requires a time close to it.
    lines.push(
      "    follows=Event(",
      `        id=UUID(${literal(follows, 1)}),`,
      `        occurred=${time},`,
      '        event="the event before",',
      '        resource={"prefect.resource.id": "the event before"},',
      "    ),",
    );
  }
  lines.push(")");
  return lines.join("\n");
}

const LOADS = "json.loads(";

/**
 * A JSON value as Python source. JSON strings are valid Python.
 * @param {unknown} value
 * @param {number} depth
 * @returns {string}
 */
function literal(value, depth) {
  const inner = "    ".repeat(depth + 1);
  const end = "    ".repeat(depth);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (depth > DEEPEST_LITERAL && Object.keys(value).length > 0)
    return `${LOADS}${JSON.stringify(JSON.stringify(value))})`;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${literal(item, depth + 1)},\n`).join("")}${end}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const members = entries.map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${literal(item, depth + 1)},\n`,
  );
  return `{\n${members.join("")}${end}}`;
}
