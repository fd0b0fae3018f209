// The modules that check: each is loaded once for all widgets of a page, when the first widget that needs it comes into view. Few
// pages need both.

import { files } from "./files.js";
import { isMeantAsAutomation } from "./recognise.js";

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").CheckReport} CheckReport */
/** @typedef {import("../index.js").Severity | "off"} Level */
/** @typedef {"events" | "automations"} Kind */
/**
 * The options that both checks have.
 * @typedef {{ profile?: "documented", severity?: { [code: string]: Level }, maxDiagnostics?: number }} Options
 */
/**
 * @typedef {object} Core
 * @property {(text: string, options?: Options) => Report | CheckReport} check
 * @property {(report: Report | CheckReport, text: string) => boolean} isOther whether the text is of another kind
 * @property {typeof import("../index.js").applyFixes} applyFixes
 * @property {typeof import("../index.js").exampleRuns} [exampleRuns] of automations
 */

/** Margin below the window, in which a widget already loads its module. */
export const NEAR = "200px";

/** @type {Map<Kind, Promise<Core>>} */
const loading = new Map();

/**
 * Loads a module. A failed load can be repeated.
 * @param {Kind} kind
 * @returns {Promise<Core>}
 */
export function loadCore(kind) {
  const known = loading.get(kind);
  if (known) return known;
  const load = kind === "events" ? loadEvents() : loadAutomations();
  loading.set(kind, load);
  load.catch(() => loading.delete(kind));
  return load;
}

/** @returns {Promise<Core>} */
async function loadEvents() {
  const [{ validateModule }, { validate }, { applyFixes }] = await Promise.all([
    import("../modules/validate.js"),
    import("../api/validate.js"),
    import("../api/fixes.js"),
  ]);
  await validateModule.load(await files.validate());
  const isOther = (/** @type {Report} */ report) => has(report, "not-events");
  return { check: validate, isOther, applyFixes };
}

/** @returns {Promise<Core>} */
async function loadAutomations() {
  const [{ authorModule }, { checkAutomation }, { applyFixes }, { exampleRuns }] =
    await Promise.all([
      import("../modules/author.js"),
      import("../api/automation.js"),
      import("../api/fixes.js"),
      import("../api/simulate.js"),
    ]);
  await authorModule.load(await files.author());
  const isOther = (/** @type {Report | CheckReport} */ report, /** @type {string} */ text) => {
    if (!("triggers" in report) || report.triggers.length > 0) return false;
    const isSyntax = report.diagnostics.some(({ code }) => code.startsWith("syntax-"));
    if (isSyntax) return !isMeantAsAutomation(text);
    // Triggers in places that `prefect deploy` ignores are worth a finding.
    if (has(report, "ignored-place")) return false;
    return report.count === 0 || has(report, "not-automations");
  };
  return { check: checkAutomation, isOther, applyFixes, exampleRuns };
}

/**
 * @param {Report} report
 * @param {string} code
 */
function has({ diagnostics }, code) {
  return diagnostics.some((one) => one.code === code);
}

/**
 * Checks a text as the kind that it seems to be, or as the other kind if it turns out to be that.
 * @param {string} text
 * @param {Kind} kind
 * @param {Options} options
 * @returns {Promise<{ core: Core, kind: Kind, report: Report | CheckReport }>}
 */
export async function checkAs(text, kind, options) {
  const core = await loadCore(kind);
  const report = await checkWith(core, text, kind, options);
  if (!core.isOther(report, text)) return { core, kind, report };
  const otherKind = kind === "events" ? "automations" : "events";
  const other = await loadCore(otherKind);
  const found = await checkWith(other, text, otherKind, options);
  return kind === "events" && other.isOther(found, text)
    ? { core, kind, report }
    : { core: other, kind: otherKind, report: found };
}

/**
 * The check of events knows only the codes of events: severities of other codes are for other widgets of the page.
 * @param {Core} core
 * @param {string} text
 * @param {Kind} kind
 * @param {Options} options
 */
async function checkWith(core, text, kind, options) {
  try {
    return core.check(text, options);
  } catch (error) {
    const entries = Object.entries(options.severity ?? {});
    if (kind === "automations" || entries.length === 0) throw error;
    const own = entries.filter((entry) => !fails(core, entry));
    const rest = entries.filter((entry) => !own.includes(entry));
    const knowsAll = await loadCore("automations");
    if (rest.some((entry) => fails(knowsAll, entry))) throw error;
    return core.check(text, { ...options, severity: Object.fromEntries(own) });
  }
}

/**
 * Whether a severity is rejected.
 * @param {Core} core
 * @param {[code: string, level: Level]} entry
 */
function fails(core, entry) {
  try {
    core.check("[]", { severity: Object.fromEntries([entry]) });
    return false;
  } catch {
    return true;
  }
}
