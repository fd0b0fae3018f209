import assert from "node:assert/strict";
import { test } from "node:test";

import { diagnosticCodes } from "../../pkg/api/explain.js";
import {
  checkAutomation,
  describeEvent,
  eventTypes,
  explain,
  testScenarios,
  validate,
} from "../../pkg/node.js";
import { run } from "./helpers/run.js";

const absent = (/** @type {unknown} */ value) => value === undefined || value === null;

/**
 * Only bytes can be ill-formed, so the example shows such a byte as U+FFFD.
 * @param {string} code
 * @param {string} text
 */
function inputOf(code, text) {
  if (code !== "syntax-utf8" || !text.includes("\ufffd")) return text;
  const [before = "", after = ""] = text.split("\ufffd");
  return Buffer.concat([Buffer.from(before), Buffer.from([0xe9]), Buffer.from(after)]);
}

/**
 * The findings on an example, from the function for its kind.
 * @param {string | Uint8Array} input
 * @param {"events" | "automations" | "scenarios"} about
 * @param {import("../../pkg/index.js").CheckOptions} [options]
 */
function findings(input, about, options) {
  if (about === "events") return validate(input, options).diagnostics;
  if (about === "automations") return checkAutomation(input, options).diagnostics;
  const { errors = [], warnings = [], scenarios } = testScenarios(input);
  return [...errors, ...warnings, ...scenarios.flatMap((scenario) => scenario.errors ?? [])];
}

test("every code is explained, with a wrong and a right example", () => {
  assert.ok(diagnosticCodes().length > 30);
  for (const code of diagnosticCodes()) {
    const meaning = explain(code);
    assert.ok(meaning, code);
    assert.equal(meaning.code, code);
    assert.ok(!Object.values(meaning).some(absent), code);
    for (const words of [meaning.title, meaning.text, meaning.right]) assert.ok(words, code);
    const { about, wrong, right, wrongOptions, options } = meaning;
    const found = (/** @type {string} */ text, /** @type {typeof options} */ how) =>
      findings(inputOf(code, text), about, how).map((one) => one.code);
    const inRight = found(right, options);
    assert.deepEqual(new Set(found(wrong, wrongOptions)), new Set([code, ...inRight]), code);
    assert.ok(!inRight.includes(code), code);
  }
});

test("every event is described, with an example without errors", () => {
  const types = eventTypes();
  assert.ok(types.length >= 82);
  for (const type of types) {
    const list = [type, ...type.labels, ...type.related, ...type.payload, ...(type.variants ?? [])];
    for (const value of list.flatMap(Object.values)) assert.ok(!absent(value), type.namePattern);
    assert.ok(type.title && type.resourceId, type.namePattern);
    assert.equal(validate(type.example).errors, 0, type.namePattern);
    assert.deepEqual(describeEvent(type.namePattern), type);
  }
});

test("an event is found by its name and by its pattern", () => {
  assert.equal(describeEvent("prefect.task-run.Running")?.namePattern, "prefect.task-run.{state}");
  assert.equal(
    describeEvent("prefect.flow-run.heartbeat")?.namePattern,
    "prefect.flow-run.heartbeat",
  );
  assert.equal(describeEvent("prefect.nonsense"), undefined);
  assert.equal(explain("no-such-code"), undefined);
});

test("the example has the requested name", () => {
  for (const name of [
    "prefect.task-run.Running",
    "prefect.task-run.Scheduled",
    'prefect.flow-run.Done: "{state}" for $& 1.2',
    "prefect.block.my-webhook.loaded",
    "prefect-cloud.webhook.rotated",
  ]) {
    const example = /** @type {{ event: string } | undefined} */ (describeEvent(name)?.example);
    assert.equal(example?.event, name);
    assert.ok(!validate(example).diagnostics.some(({ severity }) => severity !== "info"), name);
  }
});

test("each call returns a new object", () => {
  for (const call of [() => eventTypes()[0], () => describeEvent("prefect.task-run.Running")]) {
    const one = call();
    assert.ok(one);
    one.labels.length = 0;
    assert.ok(call()?.labels.length);
  }
});

test("misuse throws", () => {
  for (const call of [explain, describeEvent]) {
    assert.throws(() => call(/** @type {any} */ (undefined)), {
      name: "TypeError",
      message: /as a string$/,
    });
  }
});

test("explain a diagnostic", async () => {
  const meaning = explain("missing-label");
  const { status, stdout, stderr } = await run(["explain", "missing-label"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.ok(stdout.startsWith(`error[missing-label]: ${meaning?.title}\n\n`));
  assert.match(stdout, /\n\nWrong:\n {4}.*[\s\S]*\n\nRight:\n {4}/);
  const json = await run(["explain", "--format", "json", "missing-label"]);
  assert.deepEqual(JSON.parse(json.stdout), meaning);
});

test("explain an event", async () => {
  const { status, stdout } = await run(["explain", "prefect.worker.executed-flow-run"]);
  assert.equal(status, 0);
  const type = describeEvent("prefect.worker.executed-flow-run");
  assert.ok(type);
  const parts = [
    type.title,
    type.resourceId,
    type.docs,
    type.follows,
    ...type.labels.map(({ name }) => name),
  ];
  for (const part of [...parts, ...type.related.map(({ role }) => `Related resource "${role}"`)]) {
    assert.ok(part && stdout.includes(part), part);
  }
  assert.match(stdout, /\n\nExample:\n {2}\{\n/);
  const json = await run(["explain", "--format", "json", "prefect.worker.executed-flow-run"]);
  assert.deepEqual(JSON.parse(json.stdout), type);
});

test("explain proposes the nearest names", async () => {
  for (const [wrong, right] of [
    ["mising-label", "missing-label"],
    ["prefect.task-runs.Running", "prefect.task-run.Running"],
    ["worker.started", "prefect.worker.started?"],
    ["Flow-run.crashed", "prefect.flow-run.Crashed?"],
    ["prefect.worker.execute-flow-run", "prefect.worker.executed-flow-run"],
  ]) {
    const { status, stdout, stderr } = await run(["explain", String(wrong)]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.ok(
      stderr.startsWith(
        `prefect-events: unknown diagnostic code or event: ${wrong}; did you mean ${right}`,
      ),
      stderr,
    );
  }
  const { status, stderr } = await run(["explain", "xyz"]);
  assert.deepEqual(
    [status, stderr],
    [2, "prefect-events: unknown diagnostic code or event: xyz\n"],
  );
});
