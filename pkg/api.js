// What users call; the entries differ only in how they get at the WebAssembly module.

import { authoringModule, eventsModule, openStream, schemasModule, validator } from "./core.js";
import * as catalogue from "./event-types.js";
import { explanation } from "./explanations.js";
import { isBuffer, isBytes, optionsText, toJson } from "./input.js";
import { wholeLines } from "./lines.js";
import * as schemas from "./schemas.js";
import { encode, encodeWtf8, isWellFormed } from "./text.js";

export { applyFixes } from "./fixes.js";
export { toCurl, toPython } from "./snippets.js";

/** @typedef {import("./index.js").ValidateOptions} ValidateOptions */
/** @typedef {import("./index.js").Report} Report */
/** @typedef {import("./index.js").WebStream} WebStream */

/**
 * @param {unknown} input
 * @param {ValidateOptions} [options]
 * @returns {Report}
 */
export function validate(input, options) {
  if (typeof input === "string") {
    return isWellFormed(input)
      ? check(encode(input), options, true, false)
      : check(encodeWtf8(input), options, true, true);
  }
  if (isBytes(input)) return check(input, options, true, false);
  if (isBuffer(input)) return check(new Uint8Array(input), options, true, false);
  // The text is of our making: places in it would tell the caller nothing.
  return check(encode(toJson(input)), options, false, false);
}

/**
 * @param {Uint8Array} bytes
 * @param {ValidateOptions | undefined} options
 * @param {boolean} places
 * @param {boolean} wtf8
 * @returns {Report}
 */
function check(bytes, options, places, wtf8) {
  return validator(options).call(
    (core) => JSON.parse(core.validate(bytes, optionsText(options), places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @param {ValidateOptions} [options]
 * @returns {AsyncGenerator<Report, void, void>}
 */
export async function* validateStream(source, options) {
  for await (const { report } of validateLines(source, options)) yield report;
}

/**
 * As `validateStream`, with the lines that each report is about; they are valid until the next report is asked for.
 * @param {AsyncIterable<Uint8Array | string> | WebStream} source
 * @param {ValidateOptions} [options]
 * @returns {AsyncGenerator<{ lines: Uint8Array, report: Report }, void, void>}
 */
export async function* validateLines(source, options) {
  const stream = openStream(options);
  try {
    let first = true;
    for await (const lines of wholeLines(source)) {
      yield { lines, report: stream.chunk(lines) };
      first = false;
    }
    const end = stream.finish();
    // An empty source gets a report too.
    if (first || end.diagnostics.length > 0 || end.truncated)
      yield { lines: new Uint8Array(), report: end };
  } finally {
    stream.close();
  }
}

/**
 * Whether a text that begins like this is NDJSON; `undefined` if more must be seen.
 * @param {Uint8Array} head
 */
export function isNdjson(head) {
  return eventsModule.call((core) => core.isNdjson(head, false));
}

/**
 * The option `schemas` for schemas in files; throws a sentence with the place of what is wrong.
 * @param {{ file: string, key: string, text: string }[]} files
 * @returns {NonNullable<ValidateOptions["schemas"]>}
 */
export function readSchemas(files) {
  return schemasModule.call((core) => JSON.parse(core.readSchemas(JSON.stringify(files))));
}

/**
 * @param {string} code
 * @returns {import("./index.js").Explanation | undefined}
 */
export function explain(code) {
  return eventsModule.call(() => explanation(text(code, "explain", "a diagnostic code")));
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @param {import("./index.js").CheckOptions} [options]
 * @returns {Report}
 */
export function checkAutomation(input, options) {
  const { bytes, places, wtf8 } = document(input, "checkAutomation");
  return authoringModule.call(
    (core) => JSON.parse(core.checkAutomation(bytes, optionsText(options), places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string} name
 * @param {object} [input]
 * @param {import("./index.js").BuildOptions} [options]
 * @returns {import("./index.js").Event}
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
 * @param {import("./index.js").BuildOptions} [options]
 * @returns {string}
 */
export function buildEvents(name, inputs, options = {}) {
  if (!Array.isArray(inputs)) throw new TypeError("buildEvents needs a list of objects");
  const chance = buildOptions(options);
  const event = text(name, "buildEvents", "the name of an event");
  return authoringModule.call((core) => {
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
 * @param {import("./index.js").RunSpec} [spec]
 * @param {import("./index.js").BuildOptions} [options]
 * @returns {import("./index.js").Event[]}
 */
export function buildRun(spec = {}, options = {}) {
  const text = JSON.stringify(object(spec, "buildRun"));
  const chance = buildOptions(options);
  return authoringModule.call((core) => {
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
 * @param {import("./index.js").BuildOptions} options
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

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {import("./index.js").SimulateOptions} [options]
 * @returns {import("./index.js").SimulationResult}
 */
export function simulate(scenario, options = {}) {
  const { trace = false, events = false, server_version, ...rest } = object(options, "simulate");
  refuse(rest, "`trace`, `events` and `server_version`");
  const { bytes, places, wtf8 } = document(scenario, "simulate");
  const version = server_version === undefined ? undefined : String(server_version);
  return authoringModule.call(
    (core) =>
      JSON.parse(core.simulate(bytes, trace === true, events === true, version, places, wtf8)),
    bytes.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer} automation
 * @param {string | Uint8Array | ArrayBuffer} events
 * @param {import("./index.js").ReplayOptions} [options]
 * @returns {import("./index.js").SimulationResult}
 */
export function replay(automation, events, options = {}) {
  const { trace = false, ...rest } = object(options, "replay");
  /** @param {unknown} input */
  const bytes = (input) => {
    if (typeof input === "string") return encode(input);
    if (isBytes(input)) return input;
    if (isBuffer(input)) return new Uint8Array(input);
    throw new TypeError("replay needs an automation and events, each as a string or bytes");
  };
  const [one, other] = [bytes(automation), bytes(events)];
  // The module for events reads no YAML. White space and a byte order mark may come first.
  const first = one.find((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte)) ?? 0;
  const module = "{[".includes(String.fromCharCode(first)) ? eventsModule : authoringModule;
  return module.call(
    (core) => JSON.parse(core.replay(one, other, JSON.stringify(rest), trace === true)),
    other.length,
  );
}

/** Those that are told apart. */
const VERSIONS = /** @type {const} */ (["3.8", "3.9"]);

/**
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {Omit<import("./index.js").SimulateOptions, "server_version">} [options]
 * @returns {import("./index.js").VersionComparison}
 */
export function compareVersions(scenario, options = {}) {
  const [old, present] = VERSIONS.map((server_version) =>
    simulate(scenario, { ...options, server_version }),
  );
  const [before, after] = [old, present].map((result) => result?.firings ?? []);
  return /** @type {import("./index.js").VersionComparison} */ ({
    3.8: old,
    3.9: present,
    differences: differences(before ?? [], after ?? []),
  });
}

/**
 * Firings of one server that the other has not, in the order of time; those of the same labels are told as one that
 * differs.
 * @param {import("./index.js").Firing[]} before
 * @param {import("./index.js").Firing[]} after
 */
function differences(before, after) {
  /** @param {import("./index.js").Firing} firing */
  const about = ({ labels }) => JSON.stringify(Object.entries(labels).sort());
  /** @param {import("./index.js").Firing} firing */
  const all = (firing) => `${firing.at} ${firing.event_id} ${about(firing)}`;
  /** @param {import("./index.js").Firing[]} some @param {import("./index.js").Firing[]} others */
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
  /** @param {import("./index.js").Difference} one */
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
 * @returns {import("./index.js").TestReport}
 */
export function testScenarios(input) {
  const { bytes, wtf8 } = document(input, "testScenarios");
  return authoringModule.call((core) => JSON.parse(core.testScenarios(bytes, wtf8)), bytes.length);
}

/**
 * @param {import("./index.js").HeartbeatQuestion} input
 * @returns {import("./index.js").Advice}
 */
export function heartbeatAdvice(input) {
  const question = JSON.stringify(object(input, "heartbeatAdvice"));
  return authoringModule.call((core) => JSON.parse(core.heartbeatAdvice(question)));
}

/**
 * @template T
 * @param {T} value
 * @param {string} callee
 * @returns {T & object}
 */
function object(value, callee) {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new TypeError(`${callee} needs an object`);
  return value;
}

/**
 * A document as the core reads it.
 * @param {unknown} input
 * @param {string} callee
 */
function document(input, callee) {
  if (typeof input === "string") {
    const wtf8 = !isWellFormed(input);
    return { bytes: wtf8 ? encodeWtf8(input) : encode(input), places: true, wtf8 };
  }
  if (isBytes(input)) return { bytes: input, places: true, wtf8: false };
  if (isBuffer(input)) return { bytes: new Uint8Array(input), places: true, wtf8: false };
  return { bytes: encode(toJson(input, callee)), places: false, wtf8: false };
}

/** @returns {import("./index.js").EventType[]} */
export function eventTypes() {
  return eventsModule.call(() => catalogue.eventTypes());
}

/**
 * @param {string} name
 * @returns {import("./index.js").EventType | undefined}
 */
export function describe(name) {
  return eventsModule.call(() => catalogue.describe(text(name, "describe", "an event name")));
}

/**
 * @param {string} [name]
 * @returns {object}
 */
export function jsonSchema(name) {
  if (name === undefined) return schemas.allEvents();
  const event = text(name, "jsonSchema", "an event name");
  return eventsModule.call(() => {
    if (!catalogue.describe(event)) known(event);
    return schemas.schemaOf(event);
  });
}

/**
 * Throws if an event that Prefect does not have has a name as if it had.
 * @param {string} event
 */
function known(event) {
  const unknown = validate({ event }).diagnostics.find(({ code }) => code === "unknown-event");
  // Blocks can emit events of their own: that is no more than an info.
  if (unknown?.severity === "warning")
    throw new TypeError(`${unknown.message}: ${unknown.help ?? ""}`);
}

export function version() {
  return eventsModule.call((core) => core.version());
}

/**
 * @param {unknown} value
 * @param {string} callee
 * @param {string} expected
 * @returns {string}
 */
function text(value, callee, expected) {
  if (typeof value !== "string") throw new TypeError(`${callee} needs ${expected} as a string`);
  return value;
}
