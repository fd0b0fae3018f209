// Plays scenarios and captured events to automations.

import { bytesOf, document, joined, optionsOf } from "../input.js";
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
 * @typedef {string | Uint8Array | ArrayBuffer} Text
 */

/**
 * @param {Text} automation
 * @param {Text | Text[]} events
 * @param {import("../index.js").ReplayOptions} [options]
 * @returns {import("../index.js").SimulationResult}
 */
export function replay(automation, events, options) {
  const [one, all] = [text(automation, "replay"), texts(events, "replay")];
  const rest = optionsOf(options, "replay");
  return authorModule.call(
    (core) => JSON.parse(core.replay(one.bytes, one.wtf8, all.bytes, all.ends, all.wtf8, rest)),
    one.bytes.length + all.bytes.length,
  );
}

/** @param {unknown} input @param {string} callee */
function text(input, callee) {
  if (typeof input !== "string" && !bytesOf(input))
    throw new TypeError(`${callee} needs an automation and events, each as a string or bytes`);
  return document(input, callee);
}

/**
 * The texts, one after the other.
 * @param {unknown} input
 * @param {string} callee
 */
function texts(input, callee) {
  return joined((Array.isArray(input) ? input : [input]).map((one) => text(one, callee)));
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {Omit<import("../index.js").SimulateOptions, "serverVersion">} [options]
 * @returns {import("../index.js").VersionComparison}
 */
export function compareVersions(scenario, options) {
  const { bytes, places, wtf8 } = document(scenario, "compareVersions");
  const rest = ofBothVersions(options, "compareVersions");
  return authorModule.call(
    (core) => JSON.parse(core.compareVersions(bytes, rest, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {Text} automation
 * @param {Text | Text[]} events
 * @param {Omit<import("../index.js").ReplayOptions, "serverVersion">} [options]
 * @returns {import("../index.js").VersionComparison}
 */
export function compareReplays(automation, events, options) {
  const [one, all] = [text(automation, "compareReplays"), texts(events, "compareReplays")];
  const rest = ofBothVersions(options, "compareReplays");
  return authorModule.call(
    (core) =>
      JSON.parse(core.compareReplays(one.bytes, one.wtf8, all.bytes, all.ends, all.wtf8, rest)),
    one.bytes.length + all.bytes.length,
  );
}

/** The options without the one that decides what is compared. @param {unknown} options @param {string} callee */
function ofBothVersions(options, callee) {
  const rest = optionsOf(options, callee);
  if ("serverVersion" in rest)
    throw new TypeError(`${callee} has no option \`serverVersion\`: it compares 3.8 and 3.9`);
  return rest;
}

/**
 * @param {Text} automation
 * @param {import("../index.js").ExampleOptions} [options]
 * @returns {import("../index.js").ExampleRuns}
 */
export function exampleRuns(automation, options) {
  if (typeof automation !== "string" && !bytesOf(automation))
    throw new TypeError("exampleRuns needs an automation, as a string or bytes");
  const { bytes, wtf8 } = document(automation, "exampleRuns");
  const rest = optionsOf(options, "exampleRuns");
  return authorModule.call((core) => JSON.parse(core.exampleRuns(bytes, rest, wtf8)), bytes.length);
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @param {import("../index.js").TestOptions} [options]
 * @returns {import("../index.js").TestReport}
 */
export function testScenarios(input, options) {
  const { bytes, places, wtf8 } = document(input, "testScenarios");
  const rest = optionsOf(options, "testScenarios");
  return authorModule.call(
    (core) => JSON.parse(core.testScenarios(bytes, rest, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @returns {string[]}
 */
export function scenarioFiles(input) {
  const { bytes, wtf8 } = document(input, "scenarioFiles");
  return authorModule.call((core) => core.scenarioFiles(bytes, wtf8), bytes.length);
}
