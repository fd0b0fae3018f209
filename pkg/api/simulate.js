// Scenarios and real events, played to automations.

import { bytesOf, document, optionsOf } from "../input.js";
import { authorModule } from "../modules/author.js";

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {import("../index.js").SimulateOptions} [options]
 * @returns {import("../index.js").SimulationResult}
 */
export function simulate(scenario, options) {
  const { bytes, places, wtf8 } = document(scenario, "simulate");
  const rest = optionsOf(options, "simulate");
  return authorModule.call(
    (core) => JSON.parse(core.simulate(bytes, rest, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer} automation
 * @param {string | Uint8Array | ArrayBuffer} events
 * @param {import("../index.js").ReplayOptions} [options]
 * @returns {import("../index.js").SimulationResult}
 */
export function replay(automation, events, options) {
  const [one, other] = [text(automation, "replay"), text(events, "replay")];
  const rest = optionsOf(options, "replay");
  return authorModule.call(
    (core) => JSON.parse(core.replay(one.bytes, one.wtf8, other.bytes, other.wtf8, rest)),
    one.bytes.length + other.bytes.length,
  );
}

/** @param {unknown} input @param {string} callee */
function text(input, callee) {
  if (typeof input !== "string" && !bytesOf(input))
    throw new TypeError(`${callee} needs an automation and events, each as a string or bytes`);
  return document(input, callee);
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {Omit<import("../index.js").SimulateOptions, "server_version">} [options]
 * @returns {import("../index.js").VersionComparison}
 */
export function compareVersions(scenario, options) {
  const { bytes, places, wtf8 } = document(scenario, "compareVersions");
  const rest = optionsOf(options, "compareVersions");
  return authorModule.call(
    (core) => JSON.parse(core.compareVersions(bytes, rest, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer} automation
 * @param {string | Uint8Array | ArrayBuffer} events
 * @param {Omit<import("../index.js").ReplayOptions, "server_version">} [options]
 * @returns {import("../index.js").VersionComparison}
 */
export function compareReplays(automation, events, options) {
  const [one, other] = [text(automation, "compareReplays"), text(events, "compareReplays")];
  const rest = optionsOf(options, "compareReplays");
  return authorModule.call(
    (core) => JSON.parse(core.compareReplays(one.bytes, one.wtf8, other.bytes, other.wtf8, rest)),
    one.bytes.length + other.bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @returns {import("../index.js").TestReport}
 */
export function testScenarios(input) {
  const { bytes, places, wtf8 } = document(input, "testScenarios");
  return authorModule.call(
    (core) => JSON.parse(core.testScenarios(bytes, places, wtf8)),
    bytes.length,
  );
}
