// The page's form of a whole run says what `buildRun` does: its keys, defaults and final types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { buildRun, describeEvent, replay } from "../../pkg/node.js";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../../www/src/views/build/run.ts", import.meta.url))],
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
const script = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
const { runInputs, TASK } = await import(`data:text/javascript;base64,${script}`);

/** @type {import("../../pkg/index.js").InputKey[]} */
const inputs = runInputs(describeEvent("prefect.flow-run.{state}"));
const HOW = { seed: "1", now: "2026-03-01T12:00:00Z" };
const built = (/** @type {object} */ spec) => buildRun(/** @type {any} */ (spec), HOW);

/**
 * A run with values by their keys, such as `retry.at`.
 * @param {[key: string, value: unknown][]} values
 */
function specOf(values) {
  /** @type {{ [key: string]: any }} */
  const spec = {};
  for (const [key, value] of values) {
    const [group = "", name] = key.split(".");
    if (name === undefined) spec[group] = value;
    else spec[group] = { ...spec[group], [name]: value };
  }
  return spec;
}

/** What a value needs beside it. @type {{ [key: string]: [string, unknown][] }} */
const BESIDE = {
  "infrastructure.identifier": [["worker.name", "w"]],
  "infrastructure.status_code": [["worker.name", "w"]],
  "runner.name": [["cancelled", "3m"]],
  "state.type": [["state.name", "Own"]],
  "state.name": [],
};

/** The other values of its group that have an example. @param {string} key */
function besideOf(key) {
  const [group] = key.split(".");
  const others = inputs.filter(
    (one) => one.key !== key && one.key.startsWith(`${group}.`) && one.example !== undefined,
  );
  const beside = BESIDE[key] ?? others.map(({ key, example }) => [key, example]);
  // Long enough for heartbeats and breaks.
  return /** @type {[string, unknown][]} */ (
    key === "ends" ? beside : [["ends", "20m"], ...beside]
  );
}

/** @param {import("../../pkg/index.js").InputKey} input */
function given({ type, example, otherwise = "", values }) {
  if (type === "number") return Number(otherwise);
  if (type === "integer") return 1;
  if (type === "list of texts") return ["a"];
  if (type === "uuid") return "00000000-0000-4000-8000-000000000001";
  return example ?? values?.[0] ?? (/^[\w-]+$/.test(otherwise) ? otherwise : "1m");
}

test("each key of the form is one of `buildRun`", () => {
  assert.ok(inputs.length > 20);
  for (const input of inputs) {
    const { key } = input;
    const value = key === "starts" ? "5s" : given(input);
    assert.ok(built(specOf([...besideOf(key), [key, value]])).length > 2, key);
  }
  assert.throws(() => built({ "flow.names": "x" }), TypeError);
});

/** Defaults in words. */
const WORDS = ["now", "generated"];

test("the defaults of the form are those of `buildRun`", () => {
  const named = inputs.filter(
    ({ otherwise = "" }) => /^[\w-]+$/.test(otherwise) && !WORDS.includes(otherwise),
  );
  assert.deepEqual(
    named.map(({ key }) => key),
    [
      "state.name",
      "heartbeat.frequency",
      "retry.for",
      "pause.for",
      "suspend.for",
      "flow.name",
      "work_pool.type",
      "worker.type",
    ],
  );
  for (const { key, type, otherwise } of named) {
    const beside = besideOf(key);
    const value = type === "number" ? Number(otherwise) : otherwise;
    const spec = specOf([...beside, [key, value]]);
    // The name alone, as the form gives it.
    if (key === "state.name") spec.state = value;
    assert.deepEqual(built(spec), built(specOf(beside)), key);
    const another = specOf([...beside, [key, other(value)]]);
    if (key === "state.name") another.state = other(value);
    assert.notDeepEqual(built(another), built(spec), key);
  }
});

/** Another value. @param {unknown} value */
function other(value) {
  if (typeof value === "number") return value + 1;
  if (value === "Completed") return "Failed";
  return /^\d+s$/.test(String(value)) ? "11s" : "other";
}

test("the placeholders of tasks are the defaults of `buildRun`", () => {
  const [name, ...rest] = TASK;
  const task = { [name.key]: name.placeholder };
  const without = built({ tasks: [task] });
  for (const { key, placeholder } of rest) {
    const value = key === "retries" ? Number(placeholder) : placeholder;
    assert.deepEqual(built({ tasks: [{ ...task, [key]: value }] }), without, key);
  }
});

test("the types of last states are those in which a run ends", () => {
  const { variants = [] } = describeEvent("prefect.flow-run.{state}") ?? {};
  const types = [...new Set(variants.flatMap(({ type }) => type ?? []))];
  assert.ok(types.length > 6);
  const trigger =
    "{posture: Reactive, expect: [prefect.flow-run.*], for_each: [prefect.resource.id], threshold: 100, within: 600}";
  const final = types.filter((type) => {
    const events = built({ state: { name: "Own", type } }).map((event) => JSON.stringify(event));
    const { timeline } = replay(`trigger: ${trigger}`, events.join("\n"), { timeline: true });
    return timeline?.lanes.find(({ run }) => run)?.ending === "finished";
  });
  const offered = inputs.find(({ key }) => key === "state.type")?.values;
  assert.deepEqual([...(offered ?? [])].sort(), final.sort());
});
