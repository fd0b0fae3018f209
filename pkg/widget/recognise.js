// Which module to load for a text. What the text is, the core decides: this only spares pages the modules that they do not need.

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("./core.js").Kind} Kind */

const LANGUAGES = {
  events: ["json", "jsonl", "ndjson"],
  automations: ["json", "yaml", "yml"],
};

/** @param {string} keys */
const key = (keys) => new RegExp(`(?:^|[\\s{,"'-])(?:${keys})["']?\\s*:`, "m");
/** The core recognises an event by one of these keys. One that is written with escapes can be any. */
const OF_EVENTS = new RegExp(
  `${key("events?|occurred|resource|related|payload|follows|received").source}|\\\\u`,
);
const NAME = key("events?");
/** Keys of Prefect's triggers: the first ones are rare elsewhere. */
const STRONG = ["posture", "expect", "match_related", "for_each"].map(key);
const WEAK = ["after", "match"].map(key);
const COMPOSITE = /(?:^|[\s{,"'-])type["']?\s*:\s*["']?(?:compound|sequence|metric)\b/m;
const AROUND = key("triggers?|automations");
const ACTIONS = key("actions");
/** What an author leaves out of an example. */
const ELLIPSIS = /\.\.\.|…/;

/**
 * The kind of a text, as far as its keys show. A block of a page may name its language.
 * @param {string} text
 * @param {string} [language]
 * @returns {Kind | undefined}
 */
export function guess(text, language) {
  const may = (/** @type {Kind} */ kind) =>
    language === undefined || LANGUAGES[kind].includes(language);
  const isBracketed = /^\s*[[{]/.test(text);
  const hasEvents = isBracketed && may("events") && OF_EVENTS.test(text);
  if (hasEvents && NAME.test(text)) return "events";
  if (may("automations") && hasTriggers(text)) return "automations";
  return hasEvents ? "events" : undefined;
}

/**
 * Whether a text looks like an event so much that a page shows the verdict's place before the core has decided.
 * @param {string} text
 */
export function isLikelyEvent(text) {
  return /"event"\s*:\s*"/.test(text) && OF_EVENTS.test(text.replace(NAME, ""));
}

/**
 * Other YAML has single keys of triggers too, such as `after` in pipelines.
 * @param {string} text
 */
function hasTriggers(text) {
  const has = (/** @type {RegExp} */ one) => one.test(text);
  const strong = STRONG.filter(has).length + Number(COMPOSITE.test(text));
  if (AROUND.test(text)) return strong > 0 || ACTIONS.test(text);
  return strong > 0 && strong + WEAK.filter(has).length > 1;
}

/**
 * What the core says a text is.
 * @param {Report} report of either check
 * @param {string} text
 * @returns {Kind | undefined}
 */
export function kindOf({ form, count, diagnostics }, text) {
  if (form === "event" || form === "events") return "events";
  if (form === undefined || !AUTOMATIONS.has(form)) return undefined;
  const has = (/** @type {RegExp} */ one) => diagnostics.some(({ code }) => one.test(code));
  // Unreadable: an automation with mistakes, or a fragment of one.
  const isWhole = has(/^syntax-/)
    ? /^automations?$/.test(form) && !ELLIPSIS.test(text)
    : // Triggers in places that `prefect deploy` ignores are worth a finding.
      count > 0 || has(/^(?:not-events|ignored-place)$/);
  return isWhole ? "automations" : undefined;
}

/** @type {Set<string>} */
const AUTOMATIONS = new Set([
  "automation",
  "automations",
  "trigger",
  "deployment-triggers",
  "prefect-yaml",
  "terraform",
]);
