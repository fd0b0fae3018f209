// The command `why`: what happened to one run, and one changed line.

import { isMixed, readDocument, withCaptured } from "../captured.js";
import { stdout } from "../output.js";
import { renderingOf } from "../rendering.js";

/**
 * @typedef {object} OwnOptions
 * @property {string} run
 * @property {string} [automation]
 * @property {string} [name]
 * @property {number} [tick]
 * @property {string} [serverVersion]
 * @property {"pretty" | "json"} format
 *
 * @typedef {OwnOptions & import("../captured.js").Source} Options
 */

/**
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export function whyCommand(options, usage) {
  if (isMixed(options)) usage();
  const { run, automation, name, tick, serverVersion, format, events } = options;
  return withCaptured(options, async (captured, server) => {
    const automations =
      automation !== undefined
        ? await readDocument(automation)
        : new TextEncoder().encode(server ? await listOf(server) : "");
    const given = { name, tickSeconds: tick, serverVersion };
    const how = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    const rendering = renderingOf(format, stdout, automation, events);
    stdout.write(
      captured.use(
        (open) => open.renderWhy(run, automations, false, how, rendering),
        automations.length,
      ),
    );
    return 0;
  });
}

/**
 * The automations of a server; nothing if it has none.
 * @param {import("../captured.js").PrefectServer} server
 */
async function listOf(server) {
  const all = await server.automations();
  return all.length === 0 ? "" : JSON.stringify(all);
}
