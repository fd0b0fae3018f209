// The widget's own texts; the texts of findings come from the core.

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").Severity} Severity */

/** @typedef {"event" | "automation" | "trigger"} Noun the content of an example */

export const words = {
  group: "Check of this example",
  groupOf: (/** @type {string} */ name) => `Check of ${name}`,
  checking: "Checking…",
  none: (/** @type {Noun} */ noun) => `No ${noun}s`,
  play: "Play",
  fires: "Fires",
  doesNotFire: "Does not fire",
  timeline: "Timeline",
  inWords: "In words",
  choice: "Automation ",
  automation: (/** @type {number} */ number, /** @type {number} */ all) => `${number} of ${all}`,
  edit: "Edit",
  done: "Done",
  reset: "Reset",
  copy: "Copy",
  copied: "Copied",
  notCopied: "Not copied: the browser does not allow it",
  retry: "Try again",
  editor: (/** @type {Noun} */ noun) => `Example ${noun}, editable. Escape leaves the editor.`,
  place: (/** @type {number} */ line) => `line ${line}`,
  fix: (/** @type {string} */ title) => `Fix: ${title}`,
  fixed: (/** @type {string} */ title) => `Fixed: ${title}`,
  docs: "Documentation",
  newTab: "opens in a new tab",
  notLoaded: "Not checked: the validator (prefect-events) did not load.",
  misused: (/** @type {string} */ reason) => `Not checked: ${reason}`,
  noBlock: "there is no code block to check here",
  noSuchBlock: (/** @type {string} */ id) => `no code block has the id \`${id}\``,
  badSeverity: (/** @type {string} */ part) =>
    `the attribute \`severity\` must list CODE=LEVEL pairs, not \`${part}\``,
};

/** @type {{ [severity in Severity]: [one: string, many: string] }} */
const NAMES = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  info: ["info", "infos"],
};

/** @type {{ [severity in Severity]: string }} */
export const severityNames = { error: "Error", warning: "Warning", info: "Info" };

/**
 * @param {number} count
 * @param {readonly [string, string]} names
 */
function counted(count, [one, many]) {
  return `${count} ${count === 1 ? one : many}`;
}

/**
 * The number of findings per severity, worst first; empty if there are none.
 * @param {Report} report
 */
export function findingsCounted({ errors, warnings, infos }) {
  return [
    errors && counted(errors, NAMES.error),
    warnings && counted(warnings, NAMES.warning),
    infos && counted(infos, NAMES.info),
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * @param {number} count
 * @param {Noun} noun
 */
export function validOnes(count, noun) {
  return count === 1 ? `Valid ${noun}` : `${count} valid ${noun}s`;
}

/** @param {number} count */
export function notListed(count) {
  return `${counted(count, ["more is", "more are"])} not listed.`;
}
