// The command `build`.

import { buildEvent, buildRun } from "../../api/build.js";
import { toCurl, toPython } from "../../api/snippets.js";
import { jsonEscaped, jsonText, pythonEscaped } from "../escape.js";
import { printError, stdout } from "../output.js";
import { openInput, readAll, Unreadable } from "../read-input.js";
import { displayName } from "../text.js";

/** @type {{ [format: string]: (events: import("../../index.js").BuiltEvent[], one: boolean) => string }} */
const FORMATS = {
  json: (events, one) => jsonText(one ? events[0] : events),
  curl: (events) => jsonEscaped(toCurl(events)),
  python: (events) => pythonEscaped(toPython(events)),
};

/**
 * @param {string | undefined} name
 * @param {{ set?: string[], from?: string, run?: boolean, as: string, seed?: string, now?: string }} options
 * @param {() => void} help
 * @returns {Promise<number>} the exit status
 */
export async function buildCommand(name, { set = [], from, run = false, as, seed, now }, help) {
  if ((name === undefined) !== run) {
    help();
    return 2;
  }
  try {
    const input = from === undefined ? {} : await read(from);
    for (const assignment of set) assign(input, assignment);
    const options = {
      ...(seed === undefined ? {} : { seed }),
      ...(now === undefined ? {} : { now }),
    };
    const events =
      name === undefined ? buildRun(input, options) : [buildEvent(name, input, options)];
    stdout.write(`${FORMATS[as]?.(events, !run)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof Unreadable)) throw error;
    return printError(error.message);
  }
}

/**
 * @param {string} file
 * @returns {Promise<{ [key: string]: unknown }>}
 */
async function read(file) {
  try {
    const bytes = await readAll(await openInput(file));
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (value === null || typeof value !== "object" || Array.isArray(value))
      throw new Unreadable("does not contain an object");
    return value;
  } catch (error) {
    const reason = error instanceof Unreadable ? error.message : "is not JSON";
    throw new Unreadable(`${displayName(file)} ${reason}`, { cause: error });
  }
}

/**
 * Sets `task_run.name=extract-0`. Labels contain dots: after `resource.`, everything is the label's name.
 * @param {{ [key: string]: unknown }} input
 * @param {string} assignment
 */
function assign(input, assignment) {
  const at = assignment.indexOf("=");
  if (at < 1)
    throw new TypeError(
      `--set needs KEY=VALUE, such as task_run.name=extract-0, not ${assignment}`,
    );
  const key = assignment.slice(0, at);
  const [first = "", ...rest] = key.startsWith("resource.")
    ? ["resource", key.slice("resource.".length)]
    : key.split(".");
  let object = input;
  const path = [first, ...rest];
  const last = path.pop() ?? "";
  for (const part of path) {
    const inner = Object.hasOwn(object, part) ? object[part] : undefined;
    const next = inner !== null && typeof inner === "object" ? inner : {};
    set(object, part, next);
    object = /** @type {{ [key: string]: unknown }} */ (next);
  }
  set(object, last, value(assignment.slice(at + 1), first === "payload"));
}

/**
 * Sets a key, even if its name is `__proto__`.
 * @param {{ [key: string]: unknown }} object
 * @param {string} key
 * @param {unknown} value
 */
function set(object, key, value) {
  if (Array.isArray(object) && !(/^\d+$/.test(key) && Number(key) <= object.length))
    throw new TypeError(
      `--set: a list of ${object.length} has no index \`${key}\`: indexes start at 0; ${object.length} appends`,
    );
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * The value: a string, unless it is JSON that cannot be meant as a string.
 * @param {string} text
 * @param {boolean} any
 */
function value(text, any) {
  if (!any && text !== "null" && !/^[[{"]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
