// The command `simulate`: a scenario, or real events played to an automation.

import { compareReplays, compareVersions, replay, simulate } from "../../api/simulate.js";
import { jsonText, printable } from "../escape.js";
import { coverageTable } from "../formats/coverage.js";
import { diagnostics } from "../formats/diagnostics.js";
import { timeline } from "../formats/timeline.js";
import { printError, stdout } from "../output.js";
import { openInput, readAll, Unreadable } from "../read-input.js";
import { colours, columns } from "../terminal.js";
import { displayName, plural } from "../text.js";

/** @typedef {import("../../index.js").Firing} Firing */
/** @typedef {import("../../index.js").SimulationResult} SimulationResult */
/** @typedef {import("../../index.js").VersionComparison} VersionComparison */
/** @typedef {import("../terminal.js").Colours} Colours */
/** @typedef {"pretty" | "json"} Format */

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
 * @property {Format} format
 */

/**
 * @param {string | undefined} scenario a file
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function simulateCommand(scenario, options, usage) {
  const { automation, events, serverVersion, start, end, tick, delivery, ...how } = options;
  const { format, compare = false, trace = false } = how;
  const ofReplay = [automation, events, start, end, tick, delivery];
  const misused =
    scenario === undefined
      ? automation === undefined || events === undefined
      : ofReplay.some((option) => option !== undefined);
  if (misused || (compare && serverVersion !== undefined)) usage();
  const style = colours(stdout);
  // A timeline is drawn with the decisions.
  const drawn = format === "pretty" && !compare;
  const settings = {
    trace: trace || drawn,
    ...(!compare && { chance: true }),
    ...(drawn && { timeline: true }),
    ...(serverVersion !== undefined && { server_version: serverVersion }),
  };
  try {
    if (scenario !== undefined) {
      const text = await read(scenario);
      return compare
        ? printComparison(compareVersions(text, settings), () => scenario, format, style)
        : printResult(simulate(text, settings), () => scenario, trace, format, style);
    }
    const files = { automation: String(automation), events: String(events) };
    const texts = [await read(files.automation), await read(files.events)];
    const [document, played] = /** @type {[Uint8Array, Uint8Array]} */ (texts);
    const all = {
      ...settings,
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      ...(tick !== undefined && { tick_seconds: tick }),
      ...(delivery !== undefined && { delivery }),
    };
    /** @param {SimulationResult} result */
    const fileOf = ({ found_in = "automation" }) => files[found_in];
    return compare
      ? printComparison(compareReplays(document, played, all), fileOf, format, style)
      : printResult(replay(document, played, all), fileOf, trace, format, style);
  } catch (error) {
    return printError(/** @type {Error} */ (error).message);
  }
}

/** @param {string} file */
async function read(file) {
  try {
    return await readAll(await openInput(file));
  } catch (error) {
    if (error instanceof Unreadable) throw new Error(`${displayName(file)} ${error.message}`);
    throw error;
  }
}

/**
 * @param {SimulationResult} result
 * @param {(result: SimulationResult) => string} fileOf the file that its findings are about
 * @param {boolean} trace
 * @param {Format} format
 * @param {Colours} style
 */
function printResult(result, fileOf, trace, format, style) {
  if (format === "json") {
    stdout.write(`${jsonText(result)}\n`);
  } else if (result.errors) {
    stdout.write(`${diagnostics(result.errors, fileOf(result), style)}\n`);
  } else {
    stdout.write(warnings(result, fileOf, style) + pretty(result, trace, style));
  }
  return result.errors ? 2 : 0;
}

/**
 * @param {VersionComparison} comparison
 * @param {(result: SimulationResult) => string} fileOf the file that its findings are about
 * @param {Format} format
 * @param {Colours} style
 */
function printComparison(comparison, fileOf, format, style) {
  const result = comparison["3.9"];
  const { errors } = result;
  if (format === "json") stdout.write(`${jsonText(comparison)}\n`);
  else if (errors) stdout.write(`${diagnostics(errors, fileOf(result), style)}\n`);
  else stdout.write(warnings(result, fileOf, style) + prettyComparison(comparison, style));
  return errors ? 2 : 0;
}

/**
 * @param {SimulationResult} result
 * @param {(result: SimulationResult) => string} fileOf
 * @param {Colours} style
 */
function warnings(result, fileOf, style) {
  return result.warnings ? `${diagnostics(result.warnings, fileOf(result), style)}\n\n` : "";
}

/**
 * @param {SimulationResult} result
 * @param {boolean} trace
 * @param {Colours} style
 */
function pretty(result, trace, style) {
  const lines = timeline(result, columns(stdout), style);
  if (lines.length > 0) lines.push("");
  if (trace) {
    for (const { at, kind, because: reason } of result.decisions ?? [])
      lines.push(`${style.dim(at)}  ${kind.padEnd(10)}  ${printable(reason)}`);
    lines.push("");
  }
  for (const firing of result.firings) {
    lines.push(`${style.red("fired")} ${firing.at}${labels(firing)}`);
    if (firing.because) lines.push(`      ${printable(firing.because)}`);
  }
  lines.push(...ticks(result, style), ...chance(result, style));
  const undelivered = result.undelivered
    ? `; ${plural(result.undelivered, "event")} would arrive after the end`
    : "";
  const because = result.because ? `: ${printable(result.because)}` : undelivered;
  lines.push(`it ${fires(result)}${because}`);
  if (result.because) lines.push(...coverageTable(result, style));
  return `${lines.join("\n")}\n`;
}

/**
 * @param {VersionComparison} comparison
 * @param {Colours} style
 */
function prettyComparison({ differences, 3.8: before, 3.9: after }, style) {
  const lines = differences.flatMap(({ at, message, 3.8: old, 3.9: young }) => {
    const firing = old ?? young;
    const parts = [
      `${style.bold(at)}${firing ? labels(firing) : ""}`,
      `      ${printable(message)}`,
    ];
    if (old && young && old.event_id !== young.event_id)
      parts.push(`      ${style.dim(`event ${old.event_id} on 3.8, ${young.event_id} on 3.9`)}`);
    return parts;
  });
  const count =
    differences.length === 0 ? "no difference" : plural(differences.length, "difference");
  lines.push(`3.8 ${fires(before)}, 3.9 ${fires(after)}: ${count}`);
  return `${lines.join("\n")}\n`;
}

/**
 * Firings that wait for the server's loop: how far their times hang on when it comes round.
 * @param {SimulationResult} result
 * @param {Colours} style
 */
function ticks({ firings }, style) {
  const widths = firings.flatMap(({ earliest, latest }) =>
    earliest && latest ? [(Date.parse(latest) - Date.parse(earliest)) / 1000] : [],
  );
  if (widths.length === 0) return [];
  const least = Math.min(...widths);
  const most = Math.max(...widths);
  const width = least === most ? `${most} s` : `${least} to ${most} s`;
  return [
    style.dim(`a real server looks at another time: it fires up to ${width} after a window's end`),
  ];
}

/**
 * @param {SimulationResult} result
 * @param {Colours} style
 */
function chance({ by_chance: found }, style) {
  if (!found) return [];
  const { events, only_here: here, only_reversed: reversed } = found;
  const hang = `${plural(events, "event")} arrive at the same instant as another, in an order that a server leaves to chance`;
  return [
    style.yellow(
      `${hang}: in the opposite order ${plural(here.length, "firing")} would not come, and ${plural(reversed.length, "other")} would`,
    ),
    ...reversed.slice(0, 10).map((firing) => `      ${firing.at}${labels(firing)}`),
  ];
}

/** @param {Firing} firing */
function labels({ labels }) {
  const values = Object.values(labels).join(", ");
  return values && `  ${printable(values)}`;
}

/** @param {SimulationResult} result */
function fires({ firings: { length } }) {
  if (length === 0) return "never fires";
  return length === 1 ? "fires once" : `fires ${length} times`;
}
