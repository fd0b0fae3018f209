// The command `backtest`: automations replayed over captured events, compared with what the server recorded.

import { existsSync } from "node:fs";

import { captureFiles } from "../captured.js";
import { printError, stdout } from "../output.js";
import { openInput, readAll, Unreadable } from "../read-input.js";
import { renderingOf } from "../rendering.js";
import { displayName } from "../text.js";

/** @typedef {import("../captured.js").Captured} Captured */

/**
 * @typedef {object} Options
 * @property {boolean} [all]
 * @property {string} [name]
 * @property {string[]} [events]
 * @property {string} [start]
 * @property {number} [tick]
 * @property {string} [serverVersion]
 * @property {boolean} [ignoreMissingLeaders]
 * @property {"pretty" | "json" | "junit" | "github"} format
 */

/**
 * @param {string | undefined} subject the file of automations, or the name of one
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function backtestCommand(subject, options, usage) {
  const { all = false, events = [] } = options;
  if ((subject === undefined) !== all || events.length === 0) usage();
  try {
    const captured = await captureFiles(events);
    try {
      const file = subject !== undefined && (subject === "-" || existsSync(subject));
      const automations = file ? await read(subject) : described(captured, subject);
      const rendering = renderingOf(options.format, stdout, file ? subject : undefined, events);
      const { text, agrees } = captured.use(
        (open) => open.renderBacktest(automations, false, howOf(options), rendering),
        automations.length,
      );
      stdout.write(text);
      if (typeof agrees !== "boolean") return 2;
      return agrees ? 0 : 1;
    } finally {
      captured.close();
    }
  } catch (error) {
    if (error instanceof Unreadable || error instanceof TypeError) return printError(error.message);
    throw error;
  }
}

/** @param {Options} options */
function howOf({ name, start, tick, serverVersion, ignoreMissingLeaders }) {
  const how = { name, start, tickSeconds: tick, serverVersion, ignoreMissingLeaders };
  return Object.fromEntries(Object.entries(how).filter(([, value]) => value !== undefined));
}

/** @param {string} file */
async function read(file) {
  try {
    return await readAll(await openInput(file));
  } catch (error) {
    throw error instanceof Unreadable
      ? new Unreadable(`${displayName(file)} ${error.message}`)
      : error;
  }
}

/**
 * Automations that the events describe: `prefect.automation.created` and `.updated`.
 * @param {Captured} captured
 * @param {string | undefined} name
 */
function described(captured, name) {
  const list = captured.use((open) => open.automations(name ?? ""));
  if (list === "[]") {
    throw new Unreadable(
      name === undefined
        ? "the events describe no automation: name the file of one"
        : `${displayName(name)} is neither a file nor an automation that the events describe`,
    );
  }
  return new TextEncoder().encode(list);
}
