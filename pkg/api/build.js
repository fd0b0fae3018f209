// Events and runs that are made.

import { object, string } from "../input.js";
import { authorModule } from "../modules/author.js";
import { encode } from "../text.js";

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
  return authorModule.call((core) => JSON.parse(core.buildEvent(name, text, chance)));
}

/**
 * @param {string} name
 * @param {object[]} inputs
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {string}
 */
export function buildEvents(name, inputs, options = {}) {
  if (!Array.isArray(inputs)) throw new TypeError("buildEvents needs a list of objects");
  const chance = buildOptions(options);
  const event = string(name, "buildEvents", "the name of an event");
  return authorModule.call((core) => {
    const lines = new core.EventLines(event, chance);
    let built = "";
    try {
      // Some after the other: the memory of the module never shrinks.
      for (let at = 0; at < inputs.length; at += AT_ONCE) {
        const some = inputs.slice(at, at + AT_ONCE);
        const texts = some.map((input) => object(input, "each event of buildEvents"));
        built += lines.write(encode(JSON.stringify(texts)));
      }
    } finally {
      lines.free();
    }
    return built;
  });
}

/** As many events are built by one call. */
const AT_ONCE = 500;

/**
 * @param {import("../index.js").RunSpec} [spec]
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {import("../index.js").Event[]}
 */
export function buildRun(spec = {}, options = {}) {
  const text = JSON.stringify(object(spec, "buildRun"));
  const chance = buildOptions(options);
  return authorModule.call((core) => {
    const history = new core.History(text, chance);
    const events = [];
    try {
      for (let part = history.part(); part !== undefined; part = history.part())
        for (const event of JSON.parse(part)) events.push(event);
    } finally {
      history.free();
    }
    return events;
  });
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

/** Of this process; then how many seeds there have been. */
let seed = "";
let seeds = 0;

function chance() {
  seed ||= globalThis.crypto.getRandomValues(new Uint32Array(4)).join("-");
  seeds += 1;
  return `${seed}-${seeds}`;
}
