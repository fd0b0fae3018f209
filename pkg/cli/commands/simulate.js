// The command `simulate`: a scenario, or captured events played to an automation.

import { compareReplays, compareVersions, replay, simulate } from "../../api/simulate.js";
import { jsonText, printable } from "../escape.js";
import { coverageTable } from "../formats/coverage.js";
import { diagnostics } from "../formats/diagnostics.js";
import { timeline } from "../formats/timeline.js";
import { printError, stdout } from "../output.js";
import { openInput, readAll, Unreadable } from "../read-input.js";
import { readScenarioFiles } from "../scenario-files.js";
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
 * @property {string} [name]
 * @property {string[]} [events]
 * @property {boolean} [trace]
 * @property {boolean} [compare]
 * @property {string} [serverVersion]
 * @property {string} [start]
 * @property {string} [end]
 * @property {number} [tick]
 * @property {"consumer" | "direct"} [delivery]
 * @property {boolean} [ignoreMissingLeaders]
 * @property {boolean} [withoutActions]
 * @property {string} [run]
 * @property {boolean} [actions]
 * @property {string} [given]
 * @property {Format} format
 */

/** @typedef {import("../../index.js").RenderedFirings & { texts?: string[] }} Rendered */

/**
 * How to print a result.
 * @typedef {object} How
 * @property {(result: SimulationResult) => string} fileOf the file that its findings are about
 * @property {boolean} trace
 * @property {string} [run]
 * @property {Rendered} [rendered] what the actions do
 * @property {Format} format
 * @property {Colours} style
 */

/**
 * @param {string | undefined} scenario a file
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function simulateCommand(scenario, options, usage) {
  const { automation, events, serverVersion, format, compare = false, trace = false } = options;
  const { run, ...rest } = replayOptions(options);
  const isReplay = [automation, events, ...Object.values(rest)].some((one) => one !== undefined);
  if (scenario === undefined && !isReplay) usage();
  const misuse = misuseOf(scenario, options, isReplay);
  if (misuse) return printError(misuse);
  const style = colours(stdout);
  // Drawing a timeline requires the decisions.
  const drawn = format === "pretty" && !compare;
  const settings = {
    trace: trace || drawn,
    ...(!compare && { chance: true }),
    ...(drawn && { timeline: true }),
    ...(serverVersion !== undefined && { serverVersion }),
  };
  /** @type {Omit<How, "fileOf">} */
  const how = { trace, format, style, ...(run !== undefined && { run }) };
  try {
    if (scenario !== undefined) {
      const text = await read(scenario);
      const files = await filesOf(scenario, text);
      const all = { ...settings, files };
      if (options.actions) {
        const only = { files, ...(serverVersion !== undefined && { serverVersion }) };
        how.rendered = await actionsOf(text, only, options.given, how);
      }
      return compare
        ? printComparison(compareVersions(text, all), { ...how, fileOf: () => scenario })
        : printResult(simulate(text, all), { ...how, fileOf: () => scenario });
    }
    const files = { automation: String(automation), events: events ?? [] };
    const document = await read(files.automation);
    const played = [];
    for (const file of files.events) played.push(await read(file));
    const given = Object.entries(rest).filter(([, value]) => value !== undefined);
    const all = { ...settings, ...Object.fromEntries(given) };
    if (options.actions) {
      const { chance: _, timeline: __, trace: ___, ...only } = { chance: 0, timeline: 0, ...all };
      how.rendered = await actionsOf(document, { ...only, events: played }, options.given, how);
    }
    /** @param {SimulationResult} result */
    const fileOf = ({ foundIn, eventsIndex = 0 }) =>
      foundIn === "events" ? String(files.events[eventsIndex]) : files.automation;
    return compare
      ? printComparison(compareReplays(document, played, all), { ...how, fileOf })
      : printResult(replay(document, played, all), { ...how, fileOf });
  } catch (error) {
    return printError(/** @type {Error} */ (error).message);
  }
}

/**
 * Why options do not go together.
 * @param {string | undefined} scenario
 * @param {Options} options
 * @param {boolean} isReplay whether options of a replay are given
 */
function misuseOf(
  scenario,
  { automation, events, compare, serverVersion, run, actions, given },
  isReplay,
) {
  if (scenario !== undefined && isReplay)
    return `${displayName(scenario)} is a scenario, which contains its automation and its events: omit it, or the options that need --events`;
  if (scenario === undefined && automation === undefined)
    return events === undefined
      ? "give the file of a scenario, or --automation <FILE> and --events <FILE>"
      : "--events needs --automation <FILE>: the automation to play them to";
  if (scenario === undefined && events === undefined)
    return "--automation needs --events <FILE>: the events to play to it";
  if (compare && serverVersion !== undefined)
    return "--compare simulates 3.8 and 3.9: omit --server-version";
  if (compare && run !== undefined) return "--compare compares all runs: omit --run";
  if (compare && actions) return "--compare renders no actions: omit --actions";
  if (given !== undefined && !actions) return "--given needs --actions, which it is for";
  return undefined;
}

/**
 * What the actions of each firing do; the texts for people too, if they are printed.
 * @param {Uint8Array} input
 * @param {object} settings
 * @param {string | undefined} file with what only the server knows
 * @param {Omit<How, "fileOf">} how
 * @returns {Promise<Rendered>}
 */
async function actionsOf(input, settings, file, { format, style }) {
  const [{ render }, { connects }] = await Promise.all([
    import("../../api/action.js"),
    import("../../start-live.js"),
  ]);
  const given = file === undefined ? {} : { given: await givenIn(file) };
  const colour = format === "pretty" ? style.isColorSupported : undefined;
  return connects(render)(input, { ...settings, ...given, most: 100_000 }, colour);
}

/** @param {string} file */
async function givenIn(file) {
  const text = new TextDecoder().decode(await read(file));
  let given;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${displayName(file)} is not JSON: ${printable(/** @type {Error} */ (error).message)}`,
    );
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Error(`${displayName(file)} must be an object, such as {"flow_run": {…}}`);
  return given;
}

/**
 * The options that only a replay has, by the package's names.
 * @param {Options} options
 */
function replayOptions(options) {
  const { name, start, end, tick, delivery, ignoreMissingLeaders, withoutActions, run } = options;
  return {
    name,
    start,
    end,
    tickSeconds: tick,
    delivery,
    ignoreMissingLeaders,
    withoutActions,
    run,
  };
}

/** @param {string} file */
async function read(file) {
  try {
    return await readAll(await openInput(file));
  } catch (error) {
    throw named(file, error);
  }
}

/**
 * @param {string} file
 * @param {Uint8Array} text
 */
async function filesOf(file, text) {
  try {
    return await readScenarioFiles(file, text);
  } catch (error) {
    throw named(file, error);
  }
}

/** @param {string} file @param {unknown} error */
function named(file, error) {
  return error instanceof Unreadable ? new Error(`${displayName(file)} ${error.message}`) : error;
}

/**
 * @param {SimulationResult} result
 * @param {How} how
 */
function printResult(result, how) {
  const { fileOf, run, rendered, format, style } = how;
  if (format === "json") {
    stdout.write(`${jsonText(rendered ? { ...result, actions: rendered.firings } : result)}\n`);
  } else if (result.errors) {
    stdout.write(`${diagnostics(result.errors, fileOf(result), style)}\n`);
  } else {
    const all = result.automations ?? [result];
    if (run !== undefined) {
      const lanes = all.flatMap(({ timeline }) => timeline?.lanes ?? []);
      if (!lanes.some((lane) => isRun(lane, run)))
        return printError(
          unknownRun(run, lanes, all.find(({ beforeStart }) => beforeStart)?.start),
        );
    }
    const texts = textsOf(rendered);
    const parts = all.map((one) => pretty(one, how, texts));
    stdout.write(warnings(result, fileOf, style) + parts.join("\n"));
  }
  return result.errors ? 2 : 0;
}

/**
 * @param {VersionComparison} comparison
 * @param {How} how
 */
function printComparison(comparison, { fileOf, format, style }) {
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
 * The texts about the actions of each firing, by what identifies it: those of several automations in their order.
 * @param {Rendered | undefined} rendered
 * @returns {Map<string, string[]>}
 */
function textsOf(rendered) {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const [index, { firing }] of rendered?.firings.entries() ?? []) {
    const key = keyOf(firing);
    texts.set(key, [...(texts.get(key) ?? []), rendered?.texts?.[index] ?? ""]);
  }
  return texts;
}

/** @param {Firing} firing */
function keyOf({ at, path, eventId, labels }) {
  return JSON.stringify([at, path, eventId, labels]);
}

/**
 * @param {SimulationResult} result
 * @param {How} how
 * @param {Map<string, string[]>} actions the texts about the actions of each firing
 */
function pretty(result, { trace, run, style }, actions) {
  const { automation, decisions = [] } = result;
  const all = result.timeline?.lanes ?? [];
  const own = run === undefined ? all : all.filter((lane) => isRun(lane, run));
  // Firings must not get lost in a long list.
  const lanes = [
    ...own.filter(({ fired }) => fired.length > 0),
    ...own.filter(({ fired }) => fired.length === 0),
  ];
  const drawn = result.timeline && { ...result.timeline, lanes };
  const lines = automation === undefined ? [] : [style.bold(printable(automation))];
  const rows = timeline({ ...result, ...(drawn && { timeline: drawn }) }, columns(stdout), style);
  lines.push(...rows);
  if (rows.length > 0) lines.push("");
  if (trace) {
    const indexes = run === undefined ? undefined : new Set(own.flatMap((lane) => lane.decisions));
    for (const [index, { at, kind, reason }] of decisions.entries())
      if (indexes?.has(index) !== false)
        lines.push(`${style.dim(at)}  ${kind.padEnd(10)}  ${printable(reason)}`);
    lines.push("");
  }
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const ids = new Set(own.map(({ id }) => id));
  for (const firing of result.firings) {
    if (run !== undefined && !Object.values(firing.labels).some((value) => ids.has(value)))
      continue;
    const verb = firing.ifSilent ? style.yellow("may fire") : style.red("fired");
    lines.push(`${verb} ${firing.at}${labels(firing, names)}`);
    if (firing.reason) lines.push(`      ${printable(firing.reason)}`);
    const text = actions.get(keyOf(firing))?.shift();
    if (text) lines.push(text.replace(/\n$/, ""));
  }
  if (result.firings.some(({ ifSilent }) => ifSilent))
    lines.push(
      style.dim("may fire: the trigger fires only if nothing came after the last captured event"),
    );
  if (run !== undefined) lines.push("", "all runs:");
  lines.push(...ticks(result, style), ...chance(result, names, style), ...notes(result));
  const undelivered = result.undelivered
    ? `; ${plural(result.undelivered, "event")} would arrive after the end`
    : "";
  const reason = result.reason ? `: ${printable(result.reason)}` : undelivered;
  const uncertain = result.firings.length > 0 && result.firings.every((one) => one.ifSilent);
  lines.push(
    `the automation ${uncertain ? "never fires in these events; " : ""}${fires(result, uncertain)}${reason}`,
  );
  if (result.reason) lines.push(...coverageTable(result, style));
  return `${lines.join("\n")}\n`;
}

/**
 * Notes that explain a replay.
 * @param {SimulationResult} result
 */
function notes(result) {
  const { firings, start, beforeStart, missingLeaders, recorded, recordedActions } = result;
  const lines = [];
  if (beforeStart) {
    const earlier = `${plural(beforeStart, "earlier event")} ${beforeStart === 1 ? "is" : "are"}`;
    lines.push(`the replay starts at ${start}: ${earlier} not evaluated (--start)`);
  }
  if (
    missingLeaders &&
    (missingLeaders.firings > 0 || missingLeaders.firingsWithout !== firings.length)
  )
    lines.push(`${missingLeaders.message} (--ignore-missing-leaders)`);
  if (recorded) {
    const { matched, pairs, onlyHere, onlyRecorded } = recorded;
    const most = Math.max(0, ...pairs.map(({ seconds }) => Math.abs(seconds)));
    const apart = matched > 0 ? ` (at most ${Number(most.toFixed(1))} s apart)` : "";
    lines.push(
      `the server recorded ${plural(matched + onlyRecorded.length, "firing")} of this automation: ` +
        `the replay has ${matched} of them${apart}, and ${onlyHere.length} that the server did not record`,
    );
  }
  const effects = recordedActions?.effects ?? [];
  if (recordedActions?.leftOut) {
    lines.push(
      effects.length === 0
        ? "the recorded actions of the automation caused no events, so nothing is left out"
        : `left out: ${caused(effects)} that the automation's own actions caused`,
    );
  } else if (effects.length > 0) {
    lines.push(
      `these events include ${caused(effects)} that the automation's own actions caused, which changes what follows (--without-actions)`,
    );
  }
  return lines.map(printable);
}

/** @param {NonNullable<SimulationResult["recordedActions"]>["effects"]} effects */
function caused(effects) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { event } of effects) counts.set(event, (counts.get(event) ?? 0) + 1);
  const most = Array.from(counts, ([event, count]) => (count > 1 ? `${count} ${event}` : event));
  const named = most.slice(0, 3).join(", ");
  return `${plural(effects.length, "event")} (${named}${most.length > 3 ? ", …" : ""})`;
}

/** @typedef {NonNullable<SimulationResult["timeline"]>["lanes"][number]} Lane */

/**
 * @param {Lane} lane
 * @param {string} run its name, its id, or its id without the common prefix
 */
function isRun({ name, id }, run) {
  return name === run || (id !== undefined && (id === run || id.endsWith(`.${run}`)));
}

/**
 * @param {string} run
 * @param {Lane[]} lanes
 * @param {string} [start] before which there are events that are not evaluated
 */
function unknownRun(run, lanes, start) {
  const names = lanes.slice(0, 10).map(({ name }) => printable(name));
  const more = lanes.length > 10 ? `, … ${lanes.length - 10} more` : "";
  const there = names.length > 0 ? `there are ${names.join(", ")}${more}` : "there are none";
  const after = start ? ` with events after ${start} (--start)` : "";
  return `there is no run ${displayName(run)}${after}: ${there}`;
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
    if (old && young && old.eventId !== young.eventId)
      parts.push(`      ${style.dim(`event ${old.eventId} on 3.8, ${young.eventId} on 3.9`)}`);
    return parts;
  });
  const count =
    differences.length === 0 ? "no difference" : plural(differences.length, "difference");
  lines.push(`3.8 ${fires(before)}, 3.9 ${fires(after)}: ${count}`);
  return `${lines.join("\n")}\n`;
}

/**
 * How much the times of firings depend on when the server's loop runs.
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
  return [style.dim(`a real server fires up to ${width} after the end of a window`)];
}

/**
 * @param {SimulationResult} result
 * @param {Map<string | undefined, string>} names of what they are about, by its id
 * @param {Colours} style
 */
function chance({ byChance: found }, names, style) {
  if (!found) return [];
  const { events, onlyHere: here, onlyReversed: reversed } = found;
  const order = `${plural(events, "event")} arrive at the same instant as another: a server evaluates them in random order`;
  const changes = [
    here.length > 0 && `${plural(here.length, "firing")} would not happen`,
    reversed.length > 0 && `${plural(reversed.length, "other firing")} would happen`,
  ].filter(Boolean);
  return [
    style.yellow(`${order}. In the opposite order, ${changes.join(", and ")}`),
    ...reversed.slice(0, 10).map((firing) => `      ${firing.at}${labels(firing, names)}`),
  ];
}

/**
 * @param {Firing} firing
 * @param {Map<string | undefined, string>} [names] of what they are about, by its id
 */
function labels({ labels }, names) {
  const values = Object.values(labels).map((value) => {
    const name = names?.get(value);
    // A lane without a name is named by the beginning of its id.
    return name && !value.includes(name) ? `${name} (${value})` : value;
  });
  return values.length > 0 ? `  ${printable(values.join(", "))}` : "";
}

/**
 * @param {SimulationResult} result
 * @param {boolean} [verbless] return only the count
 */
function fires({ firings }, verbless = false) {
  const silent = firings.filter(({ ifSilent }) => ifSilent).length;
  const sure = firings.length - silent;
  if (silent === 0) return sure === 0 ? "never fires" : `fires ${often(sure)}`;
  const more = "only if nothing came after the last event";
  return sure === 0
    ? `${verbless ? "" : "fires "}${often(silent)} ${more}`
    : `fires ${often(sure)}; ${often(silent)} more ${more}`;
}

/** @param {number} count */
function often(count) {
  return count === 1 ? "once" : `${count} times`;
}
