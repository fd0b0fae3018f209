// Renders what the actions of each firing do.

import { bytesOf, document, joined, jsonOf, kind, optionsOf, plainData } from "../input.js";
import { liveModule } from "../modules/live.js";
import { isPlain } from "../options.js";

/** @typedef {string | Uint8Array | ArrayBuffer} Text */

/**
 * @param {Text | object} input a scenario; with `events`, an automation
 * @param {import("../entries/live.js").RenderActionsOptions} [options]
 * @returns {import("../index.js").RenderedFirings}
 */
export function renderActions(input, options) {
  const callee = "renderActions";
  // The copy below would lose what is wrong.
  if (!isPlain(options)) optionsOf(options, callee);
  // Texts and objects are no plain options.
  const { events, given, ...plain } = options ?? {};
  const how = optionsOf(plain, callee) ?? {};
  if (given !== undefined && (typeof given !== "object" || given === null || Array.isArray(given)))
    throw new TypeError(
      `the option \`given\` must be an object, such as { flow_run: {…} }, not ${kind(given)}`,
    );
  const known = given === undefined ? "" : jsonOf(given, "`given`", plainData);
  if (events === undefined) {
    const { bytes, wtf8 } = document(input, callee);
    return liveModule.call(
      (core) => JSON.parse(core.scenarioActions(bytes, wtf8, known, how)),
      bytes.length,
    );
  }
  if (!isText(input))
    throw new TypeError(`${callee} needs an automation as a string or bytes, not ${kind(input)}`);
  const one = document(input, callee);
  const texts = (Array.isArray(events) ? events : [events]).map((part) => {
    if (isText(part)) return document(part, callee);
    throw new TypeError(
      `the option \`events\` must be a string or bytes, or a list of them, not ${kind(part)}`,
    );
  });
  const { bytes, ends, wtf8 } = joined(texts);
  return liveModule.call(
    (core) => JSON.parse(core.replayActions(one.bytes, one.wtf8, bytes, ends, wtf8, known, how)),
    one.bytes.length + bytes.length,
  );
}

/** @param {unknown} input */
const isText = (input) => typeof input === "string" || bytesOf(input) !== undefined;
