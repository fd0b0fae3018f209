// The command `simulate`: a scenario, or real events played to an automation.

import { compareVersions, replay, simulate } from "../api/simulate.js";
import { jsonText, printable } from "./escape.js";
import { diagnostics } from "./formats/diagnostics.js";
import { timeline } from "./formats/timeline.js";
import { complain, stdout } from "./output.js";
import { openInput, Unreadable } from "./read.js";
import { readAll } from "./report.js";
import { colours, columns } from "./terminal.js";
import { plural, shown } from "./words.js";

/** @typedef {import("../index.js").SimulationResult} SimulationResult */

/**
 * @typedef {object} Options
 * @property {string} [automation]
 * @property {string} [events]
 * @property {boolean} [trace]
 * @property {boolean} [compare]
 * @property {string} [serverVersion]
 * @property {string} [start]
 * @property {string} [end]
 * @property {number} [tick]
 * @property {"consumer" | "direct"} [delivery]
 * @property {"pretty" | "json"} format
 */

/**
 * @param {string | undefined} file
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function simulateCommand(file, options, usage) {
  const { automation, events, format, trace = false, compare = false, ...rest } = options;
  const { serverVersion, start, end, tick, delivery } = rest;
  const ofReplay = [automation, events, start, end, tick, delivery];
  const misused =
    file === undefined
      ? automation === undefined || events === undefined || compare
      : ofReplay.some((option) => option !== undefined) || (compare && serverVersion !== undefined);
  if (misused) usage();
  // The timeline is drawn from the decisions.
  const traced = trace || format === "pretty";
  const style = colours(stdout);
  try {
    if (file !== undefined) {
      const scenario = await readAll(await open(file));
      if (compare) return comparison(file, compareVersions(scenario, { trace }), format, style);
      const version = serverVersion === undefined ? {} : { server_version: serverVersion };
      const result = simulate(scenario, { trace: traced, events: true, ...version });
      return outcome(result, file, trace, format, style);
    }
    const [document, played] = [String(automation), String(events)];
    const result = replay(await readAll(await open(document)), await readAll(await open(played)), {
      trace: traced,
      ...(serverVersion === undefined ? {} : { server_version: serverVersion }),
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      ...(tick === undefined ? {} : { tick_seconds: tick }),
      ...(delivery === undefined ? {} : { delivery }),
    });
    return outcome(result, result.found_in === "events" ? played : document, trace, format, style);
  } catch (error) {
    return complain(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {SimulationResult} result
 * @param {string} file that its findings are about
 * @param {boolean} trace
 * @param {"pretty" | "json"} format
 * @param {import("./terminal.js").Colours} style
 */
function outcome(result, file, trace, format, style) {
  if (format === "json") {
    const { events: _, ...rest } = result;
    stdout.write(`${jsonText(rest)}\n`);
  } else if (result.errors) {
    stdout.write(`${diagnostics(result.errors, file, style)}\n`);
  } else {
    const warnings = result.warnings ? `${diagnostics(result.warnings, file, style)}\n\n` : "";
    stdout.write(warnings + pretty(result, trace, style));
  }
  return result.errors ? 2 : 0;
}

/**
 * @param {string} file
 * @param {import("../index.js").VersionComparison} both
 * @param {"pretty" | "json"} format
 * @param {import("./terminal.js").Colours} style
 */
function comparison(file, both, format, style) {
  const { errors } = both["3.9"];
  if (format === "json") stdout.write(`${jsonText(both)}\n`);
  else if (errors) stdout.write(`${diagnostics(errors, file, style)}\n`);
  else stdout.write(sideBySide(both, style));
  return errors ? 2 : 0;
}

/**
 * @param {import("../index.js").VersionComparison} both
 * @param {import("./terminal.js").Colours} style
 */
function sideBySide(both, style) {
  /** @param {import("../index.js").Firing | undefined} firing */
  const facts = (firing) => [
    firing?.at ?? "does not fire",
    firing ? printable(String(firing.event_id)) : "",
    firing ? printable(Object.values(firing.labels).join(", ")) : "",
  ];
  const lines = both.differences.flatMap((one) => {
    const [before, after] = [facts(one["3.8"]), facts(one["3.9"])];
    const rows = ["at", "event_id", "labels"].map((name, index) => [
      name,
      before[index] ?? "",
      after[index] ?? "",
    ]);
    const differing = [["", "3.8", "3.9"], ...rows.filter(([, left, right]) => left !== right)];
    const width = Math.max(...differing.map(([, left = ""]) => left.length));
    const table = differing.map(([name = "", left = "", right = ""]) =>
      `${name.padEnd(10)}${left.padEnd(width + 2)}${right}`.trimEnd(),
    );
    for (const version of /** @type {const} */ (["3.8", "3.9"])) {
      const reason = one[version]?.because;
      if (reason) table.push(`${`on ${version}`.padEnd(10)}${printable(reason)}`);
    }
    return [style.bold(table[0] ?? ""), ...table.slice(1), ""];
  });
  /** @param {SimulationResult} result */
  const sum = ({ firings }) =>
    firings.length === 0 ? "never fires" : `fires ${times(firings.length)}`;
  const count =
    both.differences.length === 0 ? "no difference" : plural(both.differences.length, "difference");
  lines.push(`3.8 ${sum(both["3.8"])}, 3.9 ${sum(both["3.9"])}: ${count}`);
  return `${lines.join("\n")}\n`;
}

/** @param {string} file */
async function open(file) {
  try {
    return await openInput(file);
  } catch (error) {
    if (error instanceof Unreadable) throw new Error(`${shown(file)} ${error.message}`);
    throw error;
  }
}

/**
 * @param {import("../index.js").SimulationResult} result
 * @param {boolean} trace
 * @param {import("./terminal.js").Colours} style
 */
function pretty(result, trace, style) {
  const lines = timeline(result, columns(stdout), style);
  if (lines.length > 0) lines.push("");
  if (trace) {
    for (const { at, kind, because: reason } of result.decisions ?? [])
      lines.push(`${style.dim(at)}  ${kind.padEnd(10)}  ${printable(reason)}`);
    lines.push("");
  }
  for (const { at, labels, because: reason } of result.firings) {
    const about = Object.values(labels).join(", ");
    lines.push(`${style.red("fired")} ${at}${about && `  ${printable(about)}`}`);
    if (reason) lines.push(`      ${printable(reason)}`);
  }
  const sum =
    result.firings.length === 0 ? "it never fires" : `it fires ${times(result.firings.length)}`;
  const rest = result.undelivered
    ? `; ${plural(result.undelivered, "event")} would arrive after the end`
    : "";
  lines.push(`${sum}${rest}`);
  return `${lines.join("\n")}\n`;
}

/** @param {number} count */
function times(count) {
  return count === 1 ? "once" : `${count} times`;
}
