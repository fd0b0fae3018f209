// Which module to load for a text. What the text is, the core decides: this only spares pages the modules that they do not need.

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("./core.js").Kind} Kind */

const LANGUAGES = { events: /^(?:jsonl?|ndjson)$/, automations: /^(?:json|ya?ml)$/ };

/** @param {string} keys */
const key = (keys) => new RegExp(`(?:^|[\\s{,"'-])(?:${keys})["']?\\s*:`, "m");
/** The core recognises an event by one of these keys. One that is written with escapes can be any. */
const OF_EVENTS = new RegExp(
  `${key("events?|occurred|resource|related|payload|follows|received").source}|\\\\u`,
);
const NAME = key("events?");
const ENVELOPE = ["id", "occurred", "resource"].map(key);
/** Keys of Prefect's triggers: the first ones are rare elsewhere. */
const STRONG = [
  ...["posture", "expect", "match_related", "for_each"].map(key),
  /(?:^|[\s{,"'-])type["']?\s*:\s*["']?(?:compound|sequence|metric)\b/m,
];
const WEAK = ["after", "match"].map(key);
const AROUND = key("triggers?|automations");
const ACTIONS = key("actions");
/** What an author leaves out of an example. */
const ELLIPSIS = /\.\.\.|…/;

/**
 * The kind of a text, as far as its keys show.
 * @param {string} text
 * @returns {Kind | undefined}
 */
export function guess(text) {
  const hasEvents = /^\s*[[{]/.test(text) && OF_EVENTS.test(text);
  if (hasEvents && NAME.test(text)) return "events";
  if (hasTriggers(text)) return "automations";
  return hasEvents ? "events" : undefined;
}

/**
 * The kind of a page's block, which may name its language. Pages have other JSON with an `event` or a `payload`: an event has
 * two keys of `ENVELOPE` too.
 * @param {string} text
 * @param {string} [language]
 * @returns {Kind | undefined}
 */
export function kindOfBlock(text, language) {
  const may = (/** @type {Kind} */ kind) =>
    language === undefined || LANGUAGES[kind].test(language);
  const has = within(text);
  const named = /^\s*[[{].*"event"\s*:\s*"/s;
  if (may("events") && has(named) && ENVELOPE.filter(has).length > 1) return "events";
  return may("automations") && hasTriggers(text) ? "automations" : undefined;
}

/** @param {string} text */
const within = (text) => (/** @type {RegExp} */ one) => one.test(text);

/**
 * Other YAML has single keys of triggers too, such as `after` in pipelines.
 * @param {string} text
 */
function hasTriggers(text) {
  const has = within(text);
  const strong = STRONG.filter(has).length;
  if (has(AROUND)) return strong > 0 || has(ACTIONS);
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
  if (form === undefined || !AUTOMATIONS.test(form)) return undefined;
  const has = (/** @type {RegExp} */ one) => diagnostics.some(({ code }) => one.test(code));
  // Unreadable: an automation with mistakes, or a fragment of one.
  const isWhole = has(/^syntax-/)
    ? /^automations?$/.test(form) && !ELLIPSIS.test(text)
    : // Triggers in places that `prefect deploy` ignores are worth a finding.
      count > 0 || has(/^(?:not-events|ignored-place)$/);
  return isWhole ? "automations" : undefined;
}

const AUTOMATIONS = /^(?:automations?|(?:deployment-)?triggers?|prefect-yaml|terraform)$/;
