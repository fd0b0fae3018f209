// The server that a command reads from.

import { connect } from "../entries/live.node.js";

/** @typedef {import("../entries/live.js").PrefectServer} PrefectServer */

/**
 * @param {{ profile?: string | undefined }} options of the command line
 * @returns {PrefectServer}
 * @throws {TypeError} if the settings name no server
 */
export function serverOf({ profile }) {
  return connect(profile === undefined ? {} : { profile });
}
