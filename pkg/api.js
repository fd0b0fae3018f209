// What users call; the entries differ only in how they get at the WebAssembly module.

import { authoringModule, eventsModule, openStream } from "./core.js";
import * as catalogue from "./event-types.js";
import { explanation } from "./explanations.js";
import { isBuffer, isBytes, optionsText, toJson } from "./input.js";
import { wholeLines } from "./lines.js";
import * as schemas from "./schemas.js";
import { encode, encodeWtf8, isWellFormed } from "./text.js";

export { applyFixes } from "./fixes.js";

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
  return eventsModule.call(
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
 * @param {string | Uint8Array | ArrayBuffer | object} scenario
 * @param {import("./index.js").SimulateOptions} [options]
 * @returns {import("./index.js").SimulationResult}
 */
export function simulate(scenario, options = {}) {
  const { trace = false, events = false, ...rest } = object(options, "simulate");
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new TypeError(`there is no option \`${unknown}\`: there are \`trace\` and \`events\``);
  const { bytes, places, wtf8 } = document(scenario, "simulate");
  return eventsModule.call(
    (core) => JSON.parse(core.simulate(bytes, trace === true, events === true, places, wtf8)),
    bytes.length,
  );
}

/**
 * Plays real events to an automation.
 * @param {Uint8Array} scenario one without events
 * @param {Uint8Array} events JSON documents, one after the other
 * @param {boolean} trace
 * @returns {import("./index.js").SimulationResult}
 */
export function replay(scenario, events, trace) {
  return eventsModule.call(
    (core) => JSON.parse(core.replay(scenario, events, trace)),
    events.length,
  );
}

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @returns {import("./index.js").TestReport}
 */
export function testScenarios(input) {
  const { bytes, wtf8 } = document(input, "testScenarios");
  return eventsModule.call((core) => JSON.parse(core.testScenarios(bytes, wtf8)), bytes.length);
}

/**
 * @param {import("./index.js").HeartbeatQuestion} input
 * @returns {import("./index.js").Advice}
 */
export function heartbeatAdvice(input) {
  const question = JSON.stringify(object(input, "heartbeatAdvice"));
  return eventsModule.call((core) => JSON.parse(core.heartbeatAdvice(question)));
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
