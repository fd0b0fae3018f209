// Values at dotted keys, and their text in fields.

import type { InputKey } from "prefect-events";
import { isTooDeep } from "../../state/levels.ts";
import { isManyLines, jsonText } from "../../ui/long-text.ts";
import { type Given, isGiven } from "./state.ts";

export function at(given: Given, key: string): unknown {
  let value: unknown = given;
  for (const part of key.split(".")) {
    if (!isGiven(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** Sets the value at a key and removes empty objects; `undefined` removes the value. */
export function withValue(given: Given, key: string, value: unknown): Given {
  const [first = "", ...rest] = key.split(".");
  const { [first]: old, ...others } = given;
  if (rest.length > 0) {
    const inner = withValue(isGiven(old) ? old : {}, rest.join("."), value);
    return Object.keys(inner).length > 0 ? { ...others, [first]: inner } : others;
  }
  return value === undefined ? others : { ...given, [first]: value };
}

/** The values that this event knows; the others were entered for another event. */
export function known(given: Given, inputs: InputKey[]): Given {
  let picked: Given = {};
  for (const { key } of inputs) {
    const value = at(given, key);
    if (value !== undefined) picked = withValue(picked, key, value);
    // An object can be just its id, or null.
    const [thing = ""] = key.split(".");
    const whole = given[thing];
    if (whole !== undefined && !isGiven(whole)) picked = { ...picked, [thing]: whole };
  }
  return picked;
}

/** Longer JSON is not indented in a field, in UTF-16 code units. */
const LONGEST_INDENTED = 20_000;

const JSON_TYPES = ["object", "object of strings", "array", "labels", "list of labels", "any"];

export function isJson(type: InputKey["type"]) {
  return JSON_TYPES.includes(type);
}

/** Converts the typed text to the field's type; text that cannot be converted, or is nested too deeply, stays, and is rejected with a reason. */
export function typed(text: string, type: InputKey["type"]): unknown {
  if (text.trim() === "") return undefined;
  if (type === "list of texts" && !text.trimStart().startsWith("["))
    return text
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  if (["text", "uuid", "timestamp"].includes(type)) return text;
  const value = parsed(text);
  return value === undefined || isTooDeep(value) ? text : value;
}

/** The first field whose text is JSON that is nested too deeply. */
export function tooDeep(given: Given, inputs: InputKey[]): string | undefined {
  return inputs.find(({ key, type }) => {
    const value = at(given, key);
    return isJson(type) && typeof value === "string" && isTooDeep(parsed(value));
  })?.key;
}

export function textOf(value: unknown, type: InputKey["type"]): string {
  if (value === undefined) return "";
  if (
    type === "list of texts" &&
    Array.isArray(value) &&
    value.every((one) => typeof one === "string")
  )
    return value.join(", ");
  const isText = typeof value === "string" && !isManyLines(value);
  if (isText && !(type === "any" && parsed(value) !== undefined)) return value;
  return jsonText(value, isJson(type) ? LONGEST_INDENTED : 0);
}

/** `undefined`: not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
