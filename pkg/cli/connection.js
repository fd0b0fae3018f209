// The server that a command reads from.

import { connect } from "../entries/live.node.js";

/** @typedef {import("../entries/live.js").PrefectServer} PrefectServer */

/** The option that chooses it: each command that reads from a server has it. */
export const PROFILE = /** @type {const} */ ([
  "--profile <NAME>",
  "profile of Prefect's profiles.toml that names the server (default: PREFECT_API_URL and the other settings, as Prefect reads them)",
]);

/**
 * @param {{ profile?: string | undefined }} options of the command line
 * @returns {PrefectServer}
 * @throws {TypeError} if the settings name no server
 */
export function serverOf({ profile }) {
  return connect(profile === undefined ? {} : { profile });
}
