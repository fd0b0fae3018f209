// Values at dotted keys, and their text in fields.

import type { InputKey } from "prefect-events";
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

const JSON_TYPES = ["object", "object of strings", "array", "labels", "list of labels", "any"];

export function isJson(type: InputKey["type"]) {
  return JSON_TYPES.includes(type);
}

/** Converts the typed text to the field's type; text that cannot be converted stays, so that the builder rejects it with a reason. */
export function typed(text: string, type: InputKey["type"]): unknown {
  if (text.trim() === "") return undefined;
  if (type === "list of texts" && !text.trimStart().startsWith("["))
    return text
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  if (["text", "uuid", "timestamp"].includes(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function textOf(value: unknown, type: InputKey["type"]): string {
  if (value === undefined) return "";
  if (
    type === "list of texts" &&
    Array.isArray(value) &&
    value.every((one) => typeof one === "string")
  )
    return value.join(", ");
  if (typeof value === "string" && !(type === "any" && isJsonText(value))) return value;
  return JSON.stringify(value, null, isJson(type) ? 2 : 0);
}

function isJsonText(text: string) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
