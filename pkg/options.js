// The options of `init` and `initSync`: each module's name with its source.

import { shown } from "./text.js";

/** @typedef {"validate" | "author" | "schemas" | "live" | "command"} ModuleName */

/** The modules of `prefect-events` itself; `prefect-events/live` has its own. @type {ModuleName[]} */
export const NAMES = ["validate", "author", "schemas"];

/** The file of a module. @param {ModuleName} name */
export const fileOf = (name) => `prefect_events_${name}.wasm`;

/**
 * Whether a value is an object of no class: a plain one, also of another realm, or one without a prototype.
 * @param {unknown} value
 * @returns {value is { [name: string]: unknown }}
 */
export function isPlain(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * The options; rejects unknown names.
 * @template {object} O
 * @param {O | undefined} options
 * @param {string} callee
 * @param {ModuleName[]} [names] of the modules of this entry
 * @returns {{ [N in ModuleName]?: unknown }}
 */
export function sources(options, callee, names = NAMES) {
  if (options === undefined) return {};
  // An address, bytes or a compiled module passed directly is an object too.
  if (!isPlain(options))
    throw new TypeError(
      `${callee} needs an object that names the modules, such as \`${callee}({ ${names[0]}: source })\``,
    );
  for (const key of Object.keys(options)) {
    if (names.some((name) => name === key)) continue;
    const near = names.find((name) => name[0] === key[0]?.toLowerCase());
    const hint = near
      ? `did you mean \`${near}\`?`
      : `it has ${names.map((name) => `\`${name}\``).join(", ")}`;
    throw new TypeError(`${callee} has no module \`${shown(key)}\`: ${hint}`);
  }
  return { ...options };
}

/**
 * @param {unknown} source
 * @param {ModuleName} name
 * @param {string} callee
 * @returns {string | object}
 */
export function source(source, name, callee) {
  if ((typeof source === "object" && source !== null) || typeof source === "string") return source;
  throw new TypeError(
    `${callee} needs the address of \`${fileOf(name)}\`, its bytes or the compiled module as \`${name}\`, not ${String(source)}`,
  );
}
