// What the actions of each firing do: `renderActions` and `simulate --actions`.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { renderActions } from "../../pkg/entries/live.node.js";
import { folder, run } from "./helpers/run.js";

const cases = new URL("../cases/live/", import.meta.url);
const LIVE = gunzipSync(readFileSync(new URL("captured.ndjson.gz", cases)));
const ID = "11111111-1111-4111-8111-111111111111";
const AUTOMATION = {
  name: "On crashed",
  trigger: { posture: "Reactive", expect: ["prefect.flow-run.Crashed"] },
  actions: [
    {
      type: "send-notification",
      block_document_id: ID,
      subject: "{{ flow_run.name }} of {{ flow.name }}",
      body: "{{ flow_run.state.message }} {{ flow_run.parameters }}",
    },
  ],
};

test("captured events: each firing has its rendered actions", () => {
  const { firings } = renderActions(JSON.stringify(AUTOMATION), { events: LIVE });
  assert.equal(firings.length, 8);
  const [action] = firings[0]?.actions ?? [];
  assert.equal(action?.texts?.[0]?.text, "crash-start of crasher");
  assert.match(action?.texts?.[1]?.text ?? "", /^Process exited .* ‹flow_run\.parameters›$/);
  const unknown = action?.uses?.filter(({ source }) => source === "unknown");
  assert.deepEqual(unknown, [{ name: "flow_run.parameters", source: "unknown" }]);
});

test("what only the server knows can be given, and `most` limits the firings", () => {
  const given = { flow_run: { parameters: { b: 1, a: [true] } }, flow: null };
  const result = renderActions(JSON.stringify(AUTOMATION), { events: LIVE, given, most: 1 });
  assert.equal(result.firings.length, 1);
  assert.equal(result.more, 7);
  const texts = result.firings[0]?.actions[0]?.texts;
  assert.equal(texts?.[0]?.text, "crash-start of ");
  assert.match(texts?.[1]?.text ?? "", /\{'b': 1, 'a': \[True\]\}$/);
});

test("a scenario: the generated events have the names", () => {
  const automation = {
    ...AUTOMATION,
    trigger: { ...AUTOMATION.trigger, expect: ["prefect.flow-run.Failed"] },
  };
  const scenario = {
    automation,
    start: "2026-03-01T12:00:00Z",
    runs: [{ name: "nightly", ends: "2m", state: "Failed" }],
  };
  const { firings } = renderActions(scenario);
  assert.match(firings[0]?.actions[0]?.texts?.[0]?.text ?? "", /^nightly of /);
});

test("misuse and unreadable input", () => {
  assert.throws(() => renderActions("{}", /** @type {any} */ ({ given: [] })), TypeError);
  assert.throws(() => renderActions("{}", /** @type {any} */ ({ unknown: 1 })), TypeError);
  for (const wrong of [null, [], new Map(), () => 1, 5, new Date(), new Uint8Array([1])])
    assert.throws(() => renderActions("{}", /** @type {any} */ (wrong)), TypeError);
  const { errors, firings } = renderActions("nothing: 1", undefined);
  assert.equal(firings.length, 0);
  assert.ok(errors && errors.length > 0);
});

test("simulate --actions prints them below each firing, and --format json lists them", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "automation.json"), JSON.stringify(AUTOMATION));
  writeFileSync(join(cwd, "live.ndjson"), LIVE);
  const played = [
    "simulate",
    "--automation",
    "automation.json",
    "--events",
    "live.ndjson",
    "--actions",
  ];
  const { status, stdout } = await run(played, { cwd });
  assert.equal(status, 0);
  assert.equal(stdout.match(/^ {6}send-notification: sends a notification$/gm)?.length, 8);
  assert.match(stdout, /^ {8}subject {2}crash-start of crasher$/m);
  const json = await run([...played, "--format", "json"], { cwd });
  const { actions, firings } = JSON.parse(json.stdout);
  assert.deepEqual(
    actions.map((/** @type {any} */ one) => one.firing.at),
    firings.map((/** @type {any} */ one) => one.at),
  );
  const misused = await run(["simulate", "--given", "x.json", "scenario.yaml"], { cwd });
  assert.equal(misused.status, 2);
});
