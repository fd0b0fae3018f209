// Every option of every function, with a value of each wrong kind: the message names the option and says in our words what it
// must be. The options are those of the declarations.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as live from "../../pkg/entries/live.node.js";
import * as all from "../../pkg/node.js";

/** @param {string} file */
const read = (file) => readFileSync(new URL(`../../pkg/${file}`, import.meta.url), "utf8");
const TYPES = read("types.d.ts");
const SOURCES = [TYPES, read("index.d.ts"), read("entries/live.d.ts")];

/** Options that are functions or live objects, and the modules of `init`: JSON has none of them. */
const NO_DATA = new Set(["InitOptions", "LiveInitOptions", "ReadOptions", "onProgress"]);

/**
 * The options of a type: each with the kinds of its values.
 * @param {string} type
 * @param {string[]} [texts]
 * @returns {Map<string, Set<string>>}
 */
function optionsOf(type, texts = SOURCES) {
  /** @type {Map<string, Set<string>>} */
  const options = new Map();
  for (const text of texts) {
    const alias = text.match(new RegExp(`^export type ${type} = Partial<core\\.(\\w+)>;`, "m"));
    if (alias?.[1]) return optionsOf(alias[1], [TYPES]);
    const found = text.match(
      new RegExp(`^export interface ${type}\\b([^{]*)\\{\n([\\s\\S]*?)^\\}`, "m"),
    );
    if (!found) continue;
    for (const [base] of (found[1] ?? "").matchAll(/\b(core\.)?\w+(Options|Settings|Config)\b/g)) {
      const from = { "core.ValidateOptions": [TYPES], ConnectionOptions: [TYPES] }[base] ?? texts;
      const name = base === "ConnectionOptions" ? "ConnectOptions" : base.replace("core.", "");
      for (const [option, kinds] of optionsOf(name, from)) options.set(option, kinds);
    }
    for (const [, option = "", value = ""] of (found[2] ?? "").matchAll(
      /^ {2}(\w+)\??: ([\s\S]*?);$/gm,
    ))
      options.set(option, kindsOf(value));
  }
  return options;
}

/** @param {string} type @returns {Set<string>} */
function kindsOf(type) {
  if (type.startsWith("{")) return new Set(["object"]);
  const kinds = new Set();
  for (const part of type.replace(/\(([^()]*)\)\[\]/g, "list").split(" | ")) {
    const alias = TYPES.match(new RegExp(`^export type ${part} = ([\\s\\S]*?);$`, "m"));
    // Points in time are also read as seconds since 1970, as in events.
    if (part === "Timestamp") kinds.add("text").add("number");
    else if (alias?.[1]) for (const kind of kindsOf(alias[1])) kinds.add(kind);
    else if (part === "number" || part === "boolean") kinds.add(part);
    else if (part === "list" || part.startsWith("Array<") || part.endsWith("[]")) kinds.add("list");
    else if (/^(\{|Partial<Record<)/.test(part)) kinds.add("object");
    else if (part === "Uint8Array" || part === "ArrayBuffer") continue;
    else if (part === "string" || /^["(]/.test(part)) kinds.add("text");
    else assert.fail(`no kind is known of the type ${part}`);
  }
  return kinds;
}

/** The option of the type that a function does not have. @type {Map<string, string>} */
const OMITTED = new Map();

/** The functions and methods with options, as `name.parameter`, and the type of their options. */
function parameters() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const text of SOURCES)
    for (const [, name = "", list = ""] of text.matchAll(
      /^(?:export function | {2})(\w+)(?:<[^>]*>)?\(([\s\S]*?)\)(?:: |;)/gm,
    ))
      for (const [, parameter, type = "", without] of list.matchAll(
        /(\w+)\??: (?:Omit<)?(\w+(?:Options|Config|Filter|Arguments))\b(?:, "(\w+)">)?/g,
      )) {
        if (without) OMITTED.set(`${name}.${parameter}`, without);
        if (type === "BuildArguments") found.set(`${name}.options`, "BuildOptions");
        else if (!NO_DATA.has(type)) found.set(`${name}.${parameter}`, type);
      }
  return found;
}

const EVENT = JSON.stringify({
  id: "00000000-0000-4000-8000-000000000001",
  occurred: "2026-03-01T12:00:00Z",
  event: "prefect.flow-run.Completed",
  resource: { "prefect.resource.id": "prefect.flow-run.00000000-0000-4000-8000-000000000002" },
});
const AUTOMATION = JSON.stringify({
  name: "a",
  trigger: { type: "event", posture: "Reactive", expect: ["x"], threshold: 1, within: 0 },
  actions: [{ type: "do-nothing" }],
});
const SCENARIO = `{"automation": ${AUTOMATION}, "events": []}`;
const NAME = "prefect.flow-run.Completed";

/** A server that is never asked: reading ends before the first request. */
const server = () => live.connect({ url: "http://127.0.0.1:9/api" });
const ended = { signal: AbortSignal.abort(new Error("ended")) };
/** @param {AsyncGenerator<unknown>} generator */
const first = (generator) => generator.next();

/** @type {{ [parameter: string]: (options: any) => unknown }} */
const CALLS = {
  "validate.options": (options) => all.validate(EVENT, options),
  "validateStream.options": (options) => first(all.validateStream(lines(), options)),
  "checkAutomation.options": (options) => all.checkAutomation(AUTOMATION, options),
  "simulate.options": (options) => all.simulate(SCENARIO, options),
  "replay.options": (options) => all.replay(AUTOMATION, EVENT, options),
  "exampleRuns.options": (options) => all.exampleRuns(AUTOMATION, options),
  "compareVersions.options": (options) => all.compareVersions(SCENARIO, options),
  "compareReplays.options": (options) => all.compareReplays(AUTOMATION, EVENT, options),
  "testScenarios.options": (options) => all.testScenarios(SCENARIO, options),
  "heartbeatAdvice.input": (options) =>
    all.heartbeatAdvice({ frequency: 180, within: 600, ...options }),
  "buildEvent.options": (options) => all.buildEvent(NAME, {}, options),
  "buildEventLines.options": (options) => all.buildEventLines(NAME, [{}], options),
  "buildRun.options": (options) => all.buildRun({}, options),
  "backtest.options": (options) => live.backtest(AUTOMATION, EVENT, options),
  "compareAutomations.options": (options) =>
    live.compareAutomations(AUTOMATION, AUTOMATION, EVENT, options),
  "whyRun.options": (options) =>
    live.whyRun(EVENT, "00000000-0000-4000-8000-000000000002", AUTOMATION, options),
  "freezeFirings.options": (options) => live.freezeFirings(SCENARIO, options),
  "connect.options": (options) => live.connect({ url: "http://127.0.0.1:9/api", ...options }),
  "events.filter": (filter) => first(server().events(filter, ended)),
  "eventBatches.filter": (filter) => first(server().eventBatches(filter, ended)),
  "stream.filter": (filter) => first(server().stream(filter, ended)),
  "streamBatches.filter": (filter) => first(server().streamBatches(filter, ended)),
  "windowCurve.options": (options) => live.windowCurve(options),
  "renderWindowCurve.options": (options) => live.renderWindowCurve(options),
  "renderWindowCurve.how": (how) => live.renderWindowCurve({}, how),
  "observeHeartbeats.options": (options) => live.observeHeartbeats(EVENT, options),
  "renderHeartbeats.options": (options) => live.renderHeartbeats(EVENT, options),
  "renderHeartbeats.how": (how) => live.renderHeartbeats(EVENT, {}, how),
  "renderActions.options": (options) =>
    "files" in options || "automationIndex" in options
      ? live.renderActions(SCENARIO, options)
      : live.renderActions(AUTOMATION, { events: EVENT, ...options }),
};

async function* lines() {
  yield `${EVENT}\n`;
}

/** @type {[kind: string, value: unknown][]} */
const VALUES = [
  ["null", null],
  ["boolean", true],
  ["number", 7],
  ["number", -1],
  ["number", 1.5],
  ["text", "no value of any option"],
  ["list", []],
  ["list", [null]],
  ["list", [1, {}]],
  ["object", {}],
  ["object", { a: 1 }],
];

/** The words of Rust and its libraries. */
const FOREIGN =
  /\b(sequence|map|[ui](8|16|32|64|size)|f64|bool|string or map|unit|struct|tuple|enum|variant|newtype|JsValue|Error)\b|invalid (type|value|length)|\bexpected\b/;

/** @param {string} parameter @param {object} options */
async function messageOf(parameter, options) {
  try {
    await CALLS[parameter]?.(options);
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
  return undefined;
}

test("the calls are those of the declarations", () => {
  const declared = [...parameters().keys()];
  assert.deepEqual(Object.keys(CALLS).toSorted(), declared.toSorted());
});

for (const [parameter, type] of parameters())
  test(`wrong options are explained in our words: ${parameter}`, async () => {
    const options = optionsOf(type);
    assert.ok(options.size > 0, type);
    for (const [option, kinds] of options) {
      if (NO_DATA.has(option)) continue;
      if (option === OMITTED.get(parameter)) {
        assert.match(String(await messageOf(parameter, { [option]: "3.9" })), /has no option `/);
        continue;
      }
      let rejected = 0;
      for (const [kind, value] of VALUES) {
        const what = `${parameter}: ${option}: ${JSON.stringify(value)}`;
        try {
          await CALLS[parameter]?.({ [option]: value });
          // Options that are absent by default can be null.
          assert.ok(kind === "null" || kinds.has(kind), `${what} is accepted`);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          const { name, message } = /** @type {Error} */ (error);
          // Reading was ended; it is another function's option.
          if (message === "ended") continue;
          rejected += 1;
          const found = `${what}: ${message}`;
          assert.equal(name, "TypeError", found);
          assert.doesNotMatch(message.replaceAll(/`[^`]*`/g, ""), FOREIGN, found);
          // A value of the right kind can be wrong for another reason, such as the name of no automation.
          if (kinds.has(kind)) continue;
          // Null can count as absent.
          if (kind === "null" && message === (await messageOf(parameter, { [option]: undefined })))
            continue;
          assert.ok(message.includes(`\`${option}\``), found);
          assert.match(message, /must be .+, not /, found);
        }
      }
      assert.ok(rejected > 0, `${parameter}: every value of ${option} is accepted`);
    }
  });
