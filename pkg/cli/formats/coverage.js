// The number of events that passed each clause of each trigger, for automations that never fire.

import { printable } from "../escape.js";
import { plural } from "../text.js";

/** @typedef {import("../../index.js").TriggerCoverage} TriggerCoverage */
/** @typedef {import("../../index.js").ClauseCoverage} ClauseCoverage */

/** The names of the clauses in an automation. */
const NAMES = {
  name: "expect/after",
  match: "match",
  match_related: "match_related",
  for_each: "for_each",
  after: "after",
};

/** Maximum number of triggers with a table. */
const MAX_TRIGGERS = 10;

/**
 * @param {{ coverage?: TriggerCoverage[] }} result
 * @param {import("../terminal.js").Colours} style
 * @returns {string[]}
 */
export function coverageTable({ coverage = [] }, style) {
  const triggers = coverage.filter(({ clauses }) => clauses.length > 0);
  const lines = triggers
    .slice(0, MAX_TRIGGERS)
    .flatMap((trigger) => table(trigger, coverage, style));
  const more = triggers.length - MAX_TRIGGERS;
  if (more > 0) lines.push(style.dim(`… and ${plural(more, "more trigger")}`));
  return lines;
}

/**
 * @param {TriggerCoverage} trigger
 * @param {TriggerCoverage[]} all
 * @param {import("../terminal.js").Colours} style
 */
function table({ path, fired, clauses, windows }, all, style) {
  const width = Math.max(...clauses.map(({ passed }) => String(passed).length));
  const rows = clauses.map((clause) => {
    const count = String(clause.passed).padStart(width);
    return `  ${NAMES[clause.clause].padEnd(13)}  ${clause.passed === 0 ? style.red(count) : count}${near(clause)}`;
  });
  // The path of a single trigger has no information.
  const head =
    all.length > 1 ? [`  ${path}${fired > 0 ? `  fired ${plural(fired, "time")}` : ""}`] : [];
  const opened = windows
    ? `  ${"windows".padEnd(13)}  ${String(windows.opened).padStart(width)}`
    : "";
  return ["", ...head, style.dim(`  ${"clause".padEnd(13)}  events that passed`), ...rows, opened];
}

/** @param {ClauseCoverage} clause */
function near({ wanted, role, nearest }) {
  if (wanted === undefined) return "";
  const where = role === undefined ? "" : ` in the role ${role}`;
  const seen = nearest === undefined ? "" : `; nearest: ${nearest}`;
  return printable(`  required: ${wanted}${where}${seen}`);
}
