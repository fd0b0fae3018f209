// Events and runs that are made.

import { object, string } from "../input.js";
import { authoringModule } from "../modules/authoring.js";

/**
 * @param {string} name
 * @param {object} [input]
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {import("../index.js").Event}
 */
export function buildEvent(name, input = {}, options = {}) {
  const text = JSON.stringify(object(input, "buildEvent"));
  const chance = buildOptions(options);
  if (typeof name !== "string")
    throw new TypeError("buildEvent needs the name of an event, a string");
  return authoringModule.call((core) => JSON.parse(core.buildEvent(name, text, chance)));
}

/**
 * @param {string} name
 * @param {object[]} inputs
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {string}
 */
export function buildEvents(name, inputs, options = {}) {
  if (!Array.isArray(inputs)) throw new TypeError("buildEvents needs a list of objects");
  const texts = JSON.stringify(inputs.map((input) => object(input, "each event of buildEvents")));
  const chance = buildOptions(options);
  const event = string(name, "buildEvents", "the name of an event");
  return authoringModule.call((core) => core.buildEvents(event, texts, chance));
}

/**
 * @param {import("../index.js").RunSpec} [spec]
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {import("../index.js").Event[]}
 */
export function buildRun(spec = {}, options = {}) {
  const text = JSON.stringify(object(spec, "buildRun"));
  const chance = buildOptions(options);
  return authoringModule.call((core) => JSON.parse(core.buildRun(text, chance)));
}

/**
 * The core has neither a clock nor chance: it is given what the caller leaves open.
 * @param {import("../index.js").BuildOptions} options
 */
function buildOptions(options) {
  const {
    seed = chance(),
    now = new Date().toISOString(),
    ...rest
  } = object(options, "the builder");
  return JSON.stringify({ seed, now, ...rest });
}

function chance() {
  return globalThis.crypto.getRandomValues(new Uint32Array(4)).join("-");
}
