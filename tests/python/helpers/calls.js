// The calls of `calls.json`, one after the other: the function, its arguments and its options.
//
// An entry has a `call` by its name in JavaScript, and where the arguments come from:
//   `file` or `folder`  in tests/cases
//   `each`              which texts of a file: all of it (default), each `line`, each `column` (the first of each line), each `item`
//                       of a list, or the first member of each row that exists. Then the text is that of the file, byte by byte.
//   `around`            a text with `…` in the place of it
//   `as`                `value`: plain values instead of text; what `around` surrounds is then JSON of a text
//   `events`            a file of captured events, the second argument
//   `of`                a list of the package: names of events, of schemas, codes

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { diagnosticCodes, eventTypes } from "../../../pkg/node.js";

/** @typedef {{ call: string, file?: string, folder?: string, each?: string | string[], around?: string, as?: "value", events?: string, of?: string, options?: object }} Entry */
/** @typedef {{ call: string, from: string, arguments: unknown[], options?: object }} Call */

const cases = new URL("../../cases/", import.meta.url);

/** @type {Entry[]} */
const ENTRIES = JSON.parse(readFileSync(new URL("../calls.json", import.meta.url), "utf8"));

/** @param {string} name */
function read(name) {
  const bytes = readFileSync(new URL(name, cases));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

/** @param {string} text */
const lines = (text) => text.split("\n").filter((line) => line.trim() !== "");

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gs;

/**
 * The text of a member of an object, as it is written: some rows have numbers and depths that `JSON.parse` changes or rejects.
 * @param {string} object
 * @param {string} path such as `document.trigger`
 * @returns {string | undefined}
 */
export function member(object, path) {
  const [name, ...inner] = path.split(".");
  let depth = 0;
  let last = "";
  let key = "";
  let start = -1;
  for (const { 0: token, index } of object.matchAll(TOKEN)) {
    if (depth === 1 && start >= 0 && (token === "," || token === "}")) {
      const value = object.slice(start, index).trim();
      return inner.length > 0 ? member(value, inner.join(".")) : value;
    }
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    else if (depth === 1 && token === ":" && last.startsWith('"')) {
      key = JSON.parse(last);
      if (key === name) start = index + 1;
    }
    last = token;
  }
  return undefined;
}

/** @param {string} json the text of a value, or the text that it is */
const content = (json) => (json.startsWith('"') ? String(JSON.parse(json)) : json);

/**
 * The texts of an entry, each with where it is.
 * @param {Entry} entry
 * @returns {Iterable<[string, string]>}
 */
function* texts({ file, folder, each, as }) {
  if (folder !== undefined) {
    for (const name of readdirSync(new URL(folder, cases)).sort())
      yield [`${folder}/${name}`, read(`${folder}/${name}`)];
    return;
  }
  if (file === undefined) return;
  const text = read(file);
  if (each === undefined) yield [file, text];
  else if (each === "item")
    for (const [n, item] of JSON.parse(text).entries())
      yield [`${file}[${n}]`, JSON.stringify(item.scenario)];
  else {
    for (const [n, line] of lines(text).entries()) {
      const from = `${file}:${n + 1}`;
      if (each === "line") yield [from, line];
      else if (each === "column") {
        if (!line.startsWith("#")) yield [from, line.split("\t")[0] ?? ""];
      } else if (Array.isArray(each)) {
        const found = each.map((path) => member(line, path)).find((one) => one !== undefined);
        if (found !== undefined) yield [from, as === "value" ? found : content(found)];
      }
    }
  }
}

/** The names of all events, those of families with and without a value in the place of the placeholder. */
function names() {
  return eventTypes().flatMap(({ namePattern, variants = [] }) => [
    namePattern,
    ...variants.map(({ name }) => namePattern.replace(/\{.*\}/, name)),
  ]);
}

/** @type {{ [name: string]: () => string[] }} */
const LISTS = {
  codes: diagnosticCodes,
  events: names,
  schemas: () => ["events", "event", "automation", "trigger", "deployment-triggers", "scenario"],
  "names of schemas": () => [
    "xent",
    "trigers",
    "triger",
    "automatoin",
    "acme.order",
    "prefect.task-runs.Running",
    "prefct.worker.started",
    "prefect.nonsense",
    "prefect.flow-run.state",
    "",
  ],
};

/**
 * What `tests/native/generate_recorded.rs` builds.
 * @param {Entry} entry
 * @returns {Iterable<Call>}
 */
function* builds({ call, file = "" }) {
  for (const [n, line] of lines(read(file)).entries()) {
    const { event, input, options } = JSON.parse(line);
    const from = `${file}:${n + 1}`;
    const value = JSON.parse(input);
    if ((call === "buildRun") !== (event === null || event === undefined)) continue;
    if (call === "buildRun") yield { call, from, arguments: [value], options };
    else if (call === "buildEvent") yield { call, from, arguments: [event, value], options };
    else yield { call, from, arguments: [event, [value, {}, value]], options };
  }
}

/** @returns {Iterable<Call>} */
export function* calls() {
  for (const entry of ENTRIES) {
    const { call, around = "…", as, events, of, options } = entry;
    const more = options && { options };
    if (entry.each === "built") yield* builds(entry);
    else if (of !== undefined)
      for (const name of LISTS[of]?.() ?? []) yield { call, from: of, arguments: [name] };
    else if (entry.file === undefined && entry.folder === undefined)
      yield { call, from: "the list", arguments: [], ...more };
    else {
      const others = events === undefined ? [] : [read(events)];
      for (const [from, text] of texts(entry)) {
        const whole = around.replace("…", () => text);
        yield {
          call,
          from,
          arguments: [as === "value" ? JSON.parse(whole) : whole, ...others],
          ...more,
        };
      }
    }
  }
}
