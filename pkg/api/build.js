// Builds events and runs.

import { jsonOf, object, optionsOf, plainData, string } from "../input.js";
import { passing } from "../instance.js";
import { authorModule } from "../modules/author.js";
import { encode } from "../text.js";

const EVENT_NAME = "the name of an event";

/**
 * @param {string} name
 * @param {any} [input] by the name
 * @param {import("../index.js").BuildOptions} [options]
 * @returns {any} by the name
 */
export function buildEvent(name, input = {}, options = {}) {
  const text = encode(jsonOf(object(input, "buildEvent"), "this object", plainData));
  const chance = buildOptions(options, "buildEvent");
  const event = string(name, "buildEvent", EVENT_NAME);
  const size = event.length + text.length;
  return authorModule.call((core) => JSON.parse(core.buildEvent(event, text, chance)), size);
}

/**
 * @param {string} name
 * @param {object[]} inputs
 * @param {import("../index.js").BuildManyOptions} [options]
 * @returns {string}
 */
export function buildEventLines(name, inputs, options = {}) {
  if (!Array.isArray(inputs)) throw new TypeError("buildEventLines needs a list of objects");
  const { onProgress, chance } = withProgress(options, "buildEventLines");
  const total = inputs.length;
  const event = string(name, "buildEventLines", EVENT_NAME);
  const lines = authorModule.open((core) => new core.EventLines(event, chance, total, onProgress));
  try {
    const built = [];
    // In batches, because the memory of the module never shrinks.
    for (let at = 0; at < inputs.length; at += AT_ONCE) {
      const some = inputs.slice(at, at + AT_ONCE);
      const objects = some.map((input) => object(input, "each event of buildEventLines"));
      const text = encode(jsonOf(objects, "this object", plainData));
      built.push(lines.use((open) => open.write(text), text.length));
    }
    return built.join("");
  } finally {
    lines.close();
  }
}

/** Events built per call. */
const AT_ONCE = 500;

/**
 * @param {import("../index.js").RunSpec} [spec]
 * @param {import("../index.js").BuildManyOptions} [options]
 * @returns {import("../index.js").BuiltEvent[]}
 */
export function buildRun(spec = {}, options = {}) {
  const text = encode(jsonOf(object(spec, "buildRun"), "this object", plainData));
  const { onProgress, chance } = withProgress(options, "buildRun");
  const history = authorModule.open(
    (core) => new core.History(text, chance, onProgress),
    text.length,
  );
  try {
    const events = [];
    for (;;) {
      const part = history.use((open) => open.part());
      if (part === undefined) return events;
      for (const event of JSON.parse(part)) events.push(event);
    }
  } finally {
    history.close();
  }
}

/**
 * The options, and the progress function in the form that the module calls.
 * @param {import("../index.js").BuildManyOptions} options
 * @param {string} callee
 */
function withProgress(options, callee) {
  /** @type {((done: number, total: number) => void) | undefined} */
  let onProgress;
  const chance = buildOptions(options, callee, (key, value, holder) => {
    if (key !== "onProgress" || holder !== options) return false;
    onProgress = passing(/** @type {typeof onProgress & {}} */ (value));
    return true;
  });
  if ("onProgress" in chance) throw new TypeError("`onProgress` is not a function");
  return { chance, onProgress };
}

/**
 * The core has neither a clock nor a random source: `seed` and `now` are filled in here.
 * @param {import("../index.js").BuildOptions} options
 * @param {string} callee
 * @param {Parameters<typeof optionsOf>[2]} [take]
 */
function buildOptions(options, callee, take) {
  const {
    seed = chance(),
    now = new Date().toISOString(),
    ...rest
  } = optionsOf(options, callee, take);
  return { seed, now, ...rest };
}

/** A random part per process, and the number of seeds so far. */
let seed = "";
let seeds = 0;

function chance() {
  seed ||= globalThis.crypto.getRandomValues(new Uint32Array(4)).join("-");
  seeds += 1;
  return `${seed}-${seeds}`;
}
