// Guesses what a code block holds before any module is loaded, so that a page without examples of Prefect loads none. The
// module that is then loaded decides whether the block holds automations.

/** @typedef {import("./core.js").Kind} Kind */

const JSON_LANGUAGES = new Set(["json", "jsonl", "ndjson"]);
const YAML_LANGUAGES = new Set(["yaml", "yml"]);

/**
 * Whether a code block holds Prefect events: an object with `event`, a text, and at least two of `id`, `occurred` and
 * `resource`; or these in an array, one per line, as a page of the API, or as websocket frames. Invalid
 * JSON counts if the block's language is JSON and it has these keys.
 * @param {string} text
 * @param {string} [language]
 * @returns {boolean}
 */
export function holdsEvents(text, language) {
  if (language !== undefined && !JSON_LANGUAGES.has(language)) return false;
  const values = parsed(text);
  if (values) return values.length > 0 && values.every(isEvent);
  if (language === undefined || !/^\s*[[{]/.test(text)) return false;
  return /"event"\s*:\s*"/.test(text) && ENVELOPE.filter(keyIn(text)).length >= 2;
}

/**
 * Whether a code block may hold automations, their triggers, or a `prefect.yaml` with triggers: by its keys. A
 * block without a language, as on pages of MkDocs, must be JSON or begin like YAML.
 * @param {string} text
 * @param {string} [language]
 * @returns {boolean}
 */
export function mayHoldAutomations(text, language) {
  const isBracketed = /^\s*[[{]/.test(text);
  if (language === undefined) {
    if (isBracketed ? parse(text) === undefined : !beginsLikeYaml(text)) return false;
  } else if (!YAML_LANGUAGES.has(language) && !(language === "json" && isBracketed)) {
    return false;
  }
  const has = keyIn(text);
  const isComposite = TYPE.test(text);
  const strong = isComposite || STRONG.some(has);
  if (has("trigger") || has("triggers") || has("automations")) return strong;
  return strong && [...STRONG, ...WEAK].filter(has).length >= 2;
}

/**
 * The kind of a text, if its keys identify it.
 * @param {string} text
 * @returns {Kind | undefined}
 */
export function kindOf(text) {
  if (holdsEvents(text, "json")) return "events";
  return mayHoldAutomations(text, "yaml") ? "automations" : undefined;
}

/**
 * Whether an unreadable text was meant to be a whole automation, not a fragment of one.
 * @param {string} text
 */
export function isMeantAsAutomation(text) {
  const from = text.search(/(?:^(?:- | *)|")trigger"?\s*:/m);
  const whole = from >= 0 && /(?:^ *|")actions"?\s*:/m.test(text.slice(from));
  return whole && !/\.\.\.|…/.test(text);
}

/**
 * Whether a text has a key.
 * @param {string} text
 */
const keyIn = (text) => (/** @type {string} */ key) =>
  new RegExp(`(?:^|[\\s{,"'-])${key}["']?\\s*:`, "m").test(text);

/** @param {string} text */
function beginsLikeYaml(text) {
  return KEY.test(text.split("\n").find((line) => !BLANK.test(line)) ?? "");
}

/** Before the first key. */
const BLANK = /^\s*(?:#|---|$)/;
/** A key, or the first item of a list. */
const KEY = /^(?:- )?[\w-]+:(?:\s|$)/;
const ENVELOPE = ["id", "occurred", "resource"];
/** Keys of Prefect's triggers that are rare elsewhere. */
const STRONG = ["posture", "expect", "match_related", "for_each"];
const WEAK = ["after", "match"];
const TYPE = /(?:^|[\s{,"'-])type["']?\s*:\s*["']?(?:compound|sequence|metric)\b/m;

/** @param {any} value */
function isEvent(value) {
  return (
    typeof value?.event === "string" &&
    ENVELOPE.filter((key) => Object.hasOwn(value, key)).length >= 2
  );
}

/**
 * The values that can be events; undefined if the text is not JSON.
 * @param {string} text
 * @returns {unknown[] | undefined}
 */
function parsed(text) {
  const whole = parse(text);
  if (whole !== undefined) return unwrapped(whole);
  const lines = text.split("\n").filter((line) => line.trim());
  const values = lines.map(parse);
  if (lines.length < 2 || values.includes(undefined)) return undefined;
  return values.flatMap(unwrapped);
}

/** @param {any} value */
function unwrapped(value) {
  if (Array.isArray(value)) return value;
  if (Array.isArray(value?.events)) return value.events;
  return [value?.type === "event" ? value.event : value];
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
