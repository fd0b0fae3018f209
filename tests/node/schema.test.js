import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { describeEvent, eventTypes, jsonSchema, validate } from "../../pkg/node.js";
import { allEvents } from "../../pkg/wasm/schemas.js";
import { ajv } from "./helpers/ajv.js";
import { run } from "./helpers/run.js";

const folder = new URL("../../pkg/schemas/", import.meta.url);
const file = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
/** Those of events. */
const files = readdirSync(folder).filter((name) => /^(event|prefect)/.test(name));
const nameOf = (/** @type {string} */ pattern) => pattern.replaceAll(/[{}]/g, "");

test("there is a file for each family, for any event and for all", () => {
  const names = [...eventTypes().map(({ namePattern }) => nameOf(namePattern)), "event", "events"];
  assert.deepEqual(files.sort(), names.map((name) => `${name}.json`).sort());
  assert.equal(new Set(names).size, names.length);
});

test("jsonSchema(name) returns the same schema as the file", () => {
  assert.deepEqual(jsonSchema(), file("events"));
  for (const { namePattern } of eventTypes())
    assert.deepEqual(jsonSchema(namePattern), file(nameOf(namePattern)), namePattern);
  assert.deepEqual(jsonSchema("prefect.task-run.Running"), file("prefect.task-run.state"));
  assert.deepEqual(
    jsonSchema("prefect-cloud.webhook.rotated"),
    file("prefect-cloud.resource-type.action"),
  );
});

test("the schema of any event is named `event`", () => {
  assert.deepEqual(jsonSchema("event"), file("event"));
  assert.deepEqual(jsonSchema("events"), file("events"));
});

test("an unknown name throws", () => {
  assert.throws(() => jsonSchema("prefect.task-runs.Running"), {
    name: "TypeError",
    message:
      "unknown schema or event: prefect.task-runs.Running; did you mean `prefect.task-run.Running`?",
  });
  assert.throws(
    () => jsonSchema("prefct.worker.started"),
    /did you mean `prefect\.worker\.started`/,
  );
  for (const name of ["prefect.nonsense", ""])
    assert.throws(() => jsonSchema(name), { message: `unknown schema or event: ${name}` });
  assert.throws(() => jsonSchema("acme.order.created"), {
    message: "unknown schema or event: acme.order.created; the schema of any event is `event`",
  });
  assert.throws(() => jsonSchema(/** @type {any} */ (1)), {
    name: "TypeError",
    message: /as a string$/,
  });
});

test("every schema is valid, compiles in strict mode without a warning, and accepts its example", () => {
  for (const name of files) {
    const schema = file(name.replace(/\.json$/, ""));
    const { compiler, warnings } = ajv();
    assert.ok(compiler.validateSchema(schema), `${name}: ${compiler.errorsText()}`);
    const check = compiler.compile(schema);
    for (const example of schema.examples ?? [])
      assert.ok(check(example), `${name}: ${compiler.errorsText(check.errors)}`);
    assert.deepEqual(warnings, [], name);
  }
});

test("one validator can hold all schemas", () => {
  const { compiler, warnings } = ajv();
  const all = files.map((name) => file(name.replace(/\.json$/, "")));
  compiler.addSchema(all);
  for (const { $id } of all) assert.ok(compiler.getSchema($id));
  assert.deepEqual(warnings, []);
});

test("every definition is used, and none is missing", () => {
  for (const name of ["events", "event", "prefect.task-run.state"]) {
    const text = JSON.stringify(file(name));
    const used = new Set(
      Array.from(text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g), ([, part]) => part),
    );
    const parts = new Set(Object.keys(file(name).$defs));
    if (name === "events") assert.deepEqual(used, parts);
    for (const part of used) assert.ok(parts.has(String(part)), `${name}: ${part}`);
  }
});

test("each call returns a new object", () => {
  const one = /** @type {any} */ (jsonSchema());
  one.$defs = {};
  assert.ok(Object.keys(allEvents().$defs).length > 82);
});

/** The documents that `tests/native/schema.rs` tried, with their verdicts. */
const target =
  process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
const cases = join(target, "schema-cases.ndjson.gz");
const untried = !existsSync(cases) && "first `cargo test` must write the cases";

test("Ajv and the Rust crate jsonschema reach the same verdicts", { skip: untried }, (t) => {
  const { compiler, warnings } = ajv();
  compiler.opts.allErrors = false;
  compiler.addSchema(files.map((name) => file(name.replace(/\.json$/, ""))));
  const base = file("event").$id.replace(/[^:]*$/, "");
  let tried = 0;
  const wrong = [];
  for (const line of gunzipSync(readFileSync(cases)).toString().split("\n")) {
    if (line === "") continue;
    const { case: name, schema, valid, event } = JSON.parse(line);
    tried += 1;
    const check = compiler.getSchema(base + schema);
    assert.ok(check);
    if (check(event) !== valid)
      wrong.push([name, schema, valid, compiler.errorsText(check.errors)]);
  }
  assert.deepEqual(wrong.slice(0, 20), []);
  assert.deepEqual(warnings, []);
  assert.ok(tried > 40_000, String(tried));
  t.diagnostic(`${tried} verdicts`);
});

test("a mistake is reported at its location, and for the intended event", () => {
  const { compiler } = ajv();
  const check = compiler.compile(jsonSchema());
  const event = /** @type {any} */ (describeEvent("prefect.worker.executed-flow-run")?.example);
  delete event.resource["prefect.worker-type"];
  event.related[2]["prefect.infrastructure.status-code"] = "none";
  assert.equal(check(event), false);
  assert.deepEqual(
    check.errors
      ?.filter(({ keyword }) => keyword !== "if")
      .map(({ instancePath, message }) => [instancePath, message]),
    [
      ["/resource", "must have required property 'prefect.worker-type'"],
      ["/related/2/prefect.infrastructure.status-code", 'must match pattern "^-?[0-9]+$"'],
    ],
  );
  assert.equal(validate(event).errors, 2);
});

test("the command `schema` prints a schema", async () => {
  for (const names of [[], ["prefect.task-run.Running"], ["event"]]) {
    const { status, stdout, stderr } = await run(["schema", ...names]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(JSON.parse(stdout), jsonSchema(...names));
  }
  const { status, stdout, stderr } = await run(["schema", "prefect.worker.start"]);
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^prefect-events: .*did you mean `prefect\.worker\.started`\?\n$/);
});
