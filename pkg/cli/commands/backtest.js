// The command `backtest`: automations replayed over captured events, compared with what the server recorded.

import { existsSync } from "node:fs";

import { isMixed, readDocument, withCaptured } from "../captured.js";
import { stdout } from "../output.js";
import { Unreadable } from "../read-input.js";
import { renderingOf } from "../rendering.js";
import { displayName } from "../text.js";

/** @typedef {import("../captured.js").Captured} Captured */
/** @typedef {import("../captured.js").PrefectServer} PrefectServer */

/**
 * @typedef {object} OwnOptions
 * @property {boolean} [all]
 * @property {string} [name]
 * @property {string} [start]
 * @property {number} [tick]
 * @property {string} [serverVersion]
 * @property {boolean} [ignoreMissingLeaders]
 * @property {"pretty" | "json" | "junit" | "github"} format
 *
 * @typedef {OwnOptions & import("../captured.js").Source} Options
 */

/**
 * @param {string | undefined} subject the file of automations, or the name of one
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function backtestCommand(subject, options, usage) {
  const { all = false } = options;
  if ((subject === undefined) !== all || isMixed(options)) usage();
  return withCaptured(options, async (captured, server) => {
    const isFile = subject !== undefined && (subject === "-" || existsSync(subject));
    const automations = isFile
      ? await readDocument(subject)
      : await described(captured, server, subject);
    const { format, events } = options;
    const rendering = renderingOf(format, stdout, isFile ? subject : undefined, events);
    const { text, agrees } = captured.use(
      (open) => open.renderBacktest(automations, false, howOf(options), rendering),
      automations.length,
    );
    stdout.write(text);
    if (typeof agrees !== "boolean") return 2;
    return agrees ? 0 : 1;
  });
}

/** @param {Options} options */
function howOf({ name, start, tick, serverVersion, ignoreMissingLeaders }) {
  const how = { name, start, tickSeconds: tick, serverVersion, ignoreMissingLeaders };
  return Object.fromEntries(Object.entries(how).filter(([, value]) => value !== undefined));
}

/**
 * The automations of the server, or those that the events describe: `prefect.automation.created` and `.updated`.
 * @param {Captured} captured
 * @param {PrefectServer | undefined} server
 * @param {string | undefined} name of one
 */
async function described(captured, server, name) {
  const list = server
    ? JSON.stringify(
        name === undefined ? await server.automations() : [await server.automation(name)],
      )
    : captured.use((open) => open.automations(name ?? ""));
  if (list === "[]") {
    const place = server ? "the server has" : "the events describe";
    throw new Unreadable(
      name === undefined
        ? `${place} no automation: name the file of one`
        : `${displayName(name)} is neither a file nor an automation that the events describe`,
    );
  }
  return new TextEncoder().encode(list);
}
