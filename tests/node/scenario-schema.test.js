// The JSON Schema of scenarios accepts what the core accepts, and rejects what it rejects.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { jsonSchema, simulate } from "../../pkg/node.js";
import { ajv } from "./helpers/ajv.js";

const schema = createRequire(import.meta.url)("../../pkg/schemas/scenario.json");
const { compiler, warnings } = ajv();
const matches = compiler.compile(schema);

const RIGHT = {
  automation: "crash-zombie-flows",
  start: "2026-03-01T12:00:00Z",
  end: "30m",
  heartbeat: { frequency: 30 },
  runs: [{ name: "zombie", dies: "2m" }],
};
const EVENT = {
  id: "0195519d-3a00-7c4e-8d5a-3a2b1c0d9e8f",
  occurred: "2026-03-01T12:00:00Z",
  event: "acme.order.placed",
  resource: { "prefect.resource.id": "acme.order.42" },
};
/** @param {object} run */
const run = (run) => ({ ...RIGHT, runs: [run] });
/** @param {object} expectation */
const expect = (expectation) => ({ ...RIGHT, expect: [expectation] });

/** @type {[boolean, unknown][]} */
const DOCUMENTS = [
  [true, RIGHT],
  [true, { ...RIGHT, automation: "unresponsive-run-detection" }],
  [true, { ...RIGHT, automation: { trigger: { type: "sequence", triggers: [{}] } } }],
  [true, { automation: { trigger: { posture: "Reactive" } } }],
  [true, { ...RIGHT, more: "of a recorder" }],
  [true, { ...RIGHT, start: 1772366400 }],
  [true, { ...RIGHT, heartbeat: null, runs: [], events: [EVENT] }],
  [true, { ...RIGHT, server_version: 3.8, delivery: "direct", tick_seconds: "2.5s" }],
  [true, { ...RIGHT, server_version: "3.7" }],
  [true, { ...RIGHT, server_version: 3.6 }],
  [true, { ...RIGHT, server_version: "3.9.1", tick_offset_seconds: "1m 5s", end: "PT30M" }],
  [true, run({ starts: -5, ends: "1h30m", state: "TimedOut", heartbeat_after_end: "200ms" })],
  [true, run({ ends: "5m", state: { type: "COMPLETED" }, tags: ["a"], count: 2, every: "1s" })],
  [
    true,
    run({
      retry: { at: "1m", for: "30s" },
      pause: [
        { at: "3m", for: 30 },
        { at: "5m", until: "6m" },
      ],
    }),
  ],
  [true, run({ first_heartbeat: "never", misses: [3, 4], heartbeat: { loss: 1 } })],
  [true, expect({ run: "zombie", fires: 1, between: ["3m30s", "2026-03-01T13:00:00Z"] })],
  [true, expect({ label: { a: "b" }, event: "x", never: true, fires: 0, description: "" })],
  [false, 5],
  [false, {}],
  [false, { runs: [] }],
  [false, { ...RIGHT, automation: "crash-zombies" }],
  [false, { ...RIGHT, automation: {} }],
  [false, { ...RIGHT, scenario: 5 }],
  [false, { ...RIGHT, start: "3m" }],
  [false, { ...RIGHT, end: "soon" }],
  [false, { ...RIGHT, end: "5" }],
  [false, { ...RIGHT, tick_seconds: 0 }],
  [false, { ...RIGHT, tick_offset_seconds: "-1s" }],
  [false, { ...RIGHT, delivery: "later" }],
  [false, { ...RIGHT, server_version: "3.5" }],
  [false, { ...RIGHT, server_version: "3.10" }],
  [false, { ...RIGHT, server_version: 3 }],
  [false, { ...RIGHT, heartbeat: 30 }],
  [false, { ...RIGHT, heartbeat: { frequency: 0 } }],
  [false, { ...RIGHT, heartbeat: { every: 30 } }],
  [false, { ...RIGHT, heartbeat: { loss: 1.5 } }],
  [false, { ...RIGHT, heartbeat: { seed: "x" } }],
  [false, { ...RIGHT, runs: {} }],
  [false, { ...RIGHT, events: [{ ...EVENT, resource: { "prefect.resource.id": 42 } }] }],
  [false, { ...RIGHT, events: [{ ...EVENT, id: undefined }] }],
  [false, run({ dead: "2m" })],
  [false, run({ state: "Failed" })],
  [false, run({ state: "Done", ends: "1m" })],
  [false, run({ state: { name: "Done" }, ends: "1m" })],
  [false, run({ misses: [0] })],
  [false, run({ count: 0 })],
  [false, run({ name: "" })],
  [false, run({ retry: {} })],
  [false, run({ retry: { at: "1m", for: 0 } })],
  [false, run({ tags: "a" })],
  [false, expect({ fires: -1 })],
  [false, expect({ fires: 1.5 })],
  [false, expect({ never: false })],
  [false, expect({ never: true, fires: 1 })],
  [false, expect({ between: ["1m"] })],
  [false, expect({ label: { a: 1 } })],
  [false, expect({ when: "1m" })],
];

test("the file is what jsonSchema returns, and Ajv accepts it in strict mode", () => {
  assert.deepEqual(jsonSchema("scenario"), schema);
  assert.deepEqual(warnings, []);
});

test("the schema and the core agree", () => {
  for (const [right, document] of DOCUMENTS) {
    const shown = JSON.stringify(document);
    const played = simulate(/** @type {any} */ (typeof document === "object" ? document : shown));
    assert.equal(
      played.errors === undefined,
      right,
      `the core: ${shown} ${played.errors?.[0]?.message}`,
    );
    assert.equal(matches(document), right, `the schema: ${shown} ${matches.errors?.[0]?.message}`);
  }
});

test("lists of scenarios match", () => {
  assert.ok(matches([RIGHT, RIGHT]));
  assert.ok(matches({ scenarios: [RIGHT] }));
  assert.ok(!matches([RIGHT, {}]));
});

test("recorded scenarios and those of the documentation match", () => {
  const read = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url));
  let count = 0;
  for (const version of ["3.9", "3.8"]) {
    const text = gunzipSync(read(`tests/cases/scenarios-${version}.ndjson.gz`)).toString();
    for (const line of text.trimEnd().split("\n")) {
      const recorded = JSON.parse(line);
      assert.ok(matches(recorded), `${recorded.scenario}: ${JSON.stringify(matches.errors?.[0])}`);
      count += 1;
    }
  }
  assert.ok(count > 1700);
  for (const { scenario } of JSON.parse(read("tests/cases/timelines.json").toString()))
    assert.ok(matches(scenario));
  const shown = /^```json zombies.json\n(.*?)^```$/ms.exec(read("docs/javascript.md").toString());
  assert.ok(matches(JSON.parse(shown?.[1] ?? "")));
});

test("everything in the schema is explained", () => {
  const { $defs } = schema;
  for (const [name, part] of Object.entries($defs)) {
    const { title, description, properties, anyOf } = /** @type {any} */ (part);
    assert.ok(title || description || anyOf, name);
    if (name === "scenario" || name === "expectation" || name === "run")
      for (const [key, property] of Object.entries(properties)) {
        const { title: own, description: told, $ref, type } = /** @type {any} */ (property);
        assert.ok(own || told || $ref || type, `${name}.${key}`);
      }
  }
});
