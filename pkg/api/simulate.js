// Scenarios and real events, played to automations.

import { bytesOf, document, object, optionsOf, optionsText } from "../input.js";
import { authorModule } from "../modules/author.js";

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {import("../index.js").SimulateOptions} [options]
 * @returns {import("../index.js").SimulationResult}
 */
export function simulate(scenario, options = {}) {
  const {
    trace = false,
    events = false,
    server_version,
    ...rest
  } = optionsOf(object(options, "simulate"), "simulate");
  refuse(rest, "`trace`, `events` and `server_version`");
  const { bytes, places, wtf8 } = document(scenario, "simulate");
  const version = server_version === undefined ? undefined : String(server_version);
  return authorModule.call(
    (core) =>
      JSON.parse(core.simulate(bytes, trace === true, events === true, version, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer} automation
 * @param {string | Uint8Array | ArrayBuffer} events
 * @param {import("../index.js").ReplayOptions} [options]
 * @returns {import("../index.js").SimulationResult}
 */
export function replay(automation, events, options = {}) {
  const { trace = false, ...rest } = optionsOf(object(options, "replay"), "replay");
  const rules = optionsText(rest);
  const one = text(automation);
  const other = text(events);
  return authorModule.call(
    (core) => JSON.parse(core.replay(one.bytes, other.bytes, rules, trace === true)),
    one.bytes.length + other.bytes.length,
  );
}

/** @param {unknown} input */
function text(input) {
  if (typeof input !== "string" && !bytesOf(input))
    throw new TypeError("replay needs an automation and events, each as a string or bytes");
  return document(input, "replay");
}

/** Those that are told apart. */
const VERSIONS = /** @type {const} */ (["3.8", "3.9"]);

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {Omit<import("../index.js").SimulateOptions, "server_version">} [options]
 * @returns {import("../index.js").VersionComparison}
 */
export function compareVersions(scenario, options = {}) {
  const [old, present] = VERSIONS.map((server_version) =>
    simulate(scenario, { ...options, server_version }),
  );
  const [before, after] = [old, present].map((result) => result?.firings ?? []);
  return /** @type {import("../index.js").VersionComparison} */ ({
    3.8: old,
    3.9: present,
    differences: differences(before ?? [], after ?? []),
  });
}

/**
 * Firings of one server that the other has not, in the order of time; those of the same labels are told as one that
 * differs.
 * @param {import("../index.js").Firing[]} before
 * @param {import("../index.js").Firing[]} after
 */
function differences(before, after) {
  /** @param {import("../index.js").Firing} firing */
  const about = ({ labels }) => JSON.stringify(Object.entries(labels).sort());
  /** @param {import("../index.js").Firing} firing */
  const all = (firing) => `${firing.at} ${firing.event_id} ${about(firing)}`;
  /** @param {import("../index.js").Firing[]} some @param {import("../index.js").Firing[]} others */
  const without = (some, others) => {
    const left = others.map(all);
    return some.filter((firing) => {
      const at = left.indexOf(all(firing));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  const onlyAfter = without(after, before);
  const pairs = without(before, after).map((firing) => {
    const at = onlyAfter.findIndex((other) => about(other) === about(firing));
    const other = at < 0 ? undefined : onlyAfter.splice(at, 1)[0];
    return { 3.8: firing, ...(other && { 3.9: other }) };
  });
  /** @param {import("../index.js").Difference} one */
  const time = (one) => one["3.8"]?.at ?? one["3.9"]?.at ?? "";
  return [...pairs, ...onlyAfter.map((firing) => ({ 3.9: firing }))].sort((one, other) =>
    time(one) < time(other) ? -1 : 1,
  );
}

/**
 * @param {object} rest
 * @param {string} known
 */
function refuse(rest, known) {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new TypeError(`there is no option \`${unknown}\`: there are ${known}`);
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @returns {import("../index.js").TestReport}
 */
export function testScenarios(input) {
  const { bytes, wtf8 } = document(input, "testScenarios");
  return authorModule.call((core) => JSON.parse(core.testScenarios(bytes, wtf8)), bytes.length);
}
