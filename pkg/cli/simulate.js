// The command `simulate`: a scenario, or real events played to an automation.

import { replay, simulate } from "../api.js";
import { diagnostics } from "./formats/diagnostics.js";
import { timeline } from "./formats/timeline.js";
import { openInput, Unreadable } from "./read.js";
import { readAll } from "./report.js";
import { colours, columns, printable } from "./terminal.js";
import { plural, shown } from "./words.js";

/**
 * @param {string | undefined} file
 * @param {{ automation?: string, events?: string, trace?: boolean, format: "pretty" | "json" }} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function simulateCommand(file, options, usage) {
  const { automation, events, format, trace = false } = options;
  const isReplay = automation !== undefined && events !== undefined;
  if (file === undefined ? !isReplay : automation !== undefined || events !== undefined) usage();
  // The timeline is drawn from the decisions.
  const told = trace || format === "pretty";
  let result;
  try {
    if (isReplay) {
      const document = await readAll(await open(automation));
      const scenario = Buffer.concat([
        Buffer.from('{"automation":'),
        withoutMark(document),
        Buffer.from("}"),
      ]);
      result = replay(scenario, await readAll(await open(events)), told);
    } else {
      result = simulate(await readAll(await open(file ?? "-")), { trace: told, events: true });
    }
  } catch (error) {
    process.stderr.write(`prefect-events: ${printable(/** @type {Error} */ (error).message)}\n`);
    return 2;
  }
  if (format === "json") {
    const { events: _, ...rest } = result;
    process.stdout.write(`${JSON.stringify(rest, null, 2)}\n`);
  } else {
    const style = colours(process.stdout);
    if (result.errors) {
      process.stdout.write(`${diagnostics(result.errors, file ?? events ?? "-", style)}\n`);
    } else {
      process.stdout.write(pretty(result, trace, style));
    }
  }
  return result.errors ? 2 : 0;
}

/** @param {Uint8Array} bytes */
function withoutMark(bytes) {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
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
  const lines = timeline(result, columns(process.stdout), style);
  if (lines.length > 0) lines.push("");
  if (trace) {
    for (const { at, kind, because } of result.decisions ?? [])
      lines.push(`${style.dim(at)}  ${kind.padEnd(10)}  ${printable(because)}`);
    lines.push("");
  }
  for (const { at, labels, because } of result.firings) {
    const about = Object.values(labels).join(", ");
    lines.push(`${style.red("fired")} ${at}${about && `  ${printable(about)}`}`);
    if (because) lines.push(`      ${printable(because)}`);
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
