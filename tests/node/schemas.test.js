// The option `schemas` and the command line's `--schemas`: custom JSON Schemas.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { validate, validateStream } from "../../pkg/node.js";
import { run } from "./helpers/run.js";

/** @param {unknown} total */
const order = (total) => ({
  occurred: "2026-03-31T18:30:00Z",
  event: "acme.order.created",
  resource: { "prefect.resource.id": "acme.order.42" },
  payload: { total },
  id: "01a1ffe4-419a-726f-8626-5e21f619db83",
});
const schema = { properties: { payload: { properties: { total: { type: "number" } } } } };
const schemas = { "acme.order.*": schema };

test("a text, bytes and an object are checked", () => {
  const text = JSON.stringify(order("99.5"));
  for (const input of [text, new TextEncoder().encode(text), order("99.5")]) {
    const { errors, diagnostics } = validate(input, { schemas });
    assert.equal(errors, 1);
    const [found] = diagnostics;
    assert.equal(found?.code, "schema-violation");
    assert.equal(found?.message, "`/payload/total` must be a number, not `99.5`");
    assert.equal(found?.path, "/payload/total");
    const range = found?.range;
    assert.equal(range !== undefined, input !== Object(input) || input instanceof Uint8Array);
    if (range) assert.equal(text.slice(range.start.offset, range.end.offset), '"99.5"');
  }
  assert.deepEqual(validate(order(99.5), { schemas }).diagnostics, []);
  assert.deepEqual(validate(order("99.5")).diagnostics, []);
});

test("all other findings are the same as without schemas", () => {
  const text = '{"event": "prefect.task-run.Runing", "resource": {}}\n{"event": 5}\n';
  assert.deepEqual(validate(text, { schemas }), validate(text));
});

test("a stream is checked", async () => {
  const line = `${JSON.stringify(order("x"))}\n`;
  const found = [];
  for await (const report of validateStream(new Blob([line, line]).stream(), { schemas }))
    found.push(
      ...report.diagnostics.map(({ code, index, range }) => [code, index, range?.start.line]),
    );
  assert.deepEqual(
    found.filter(([code]) => code === "schema-violation"),
    [
      ["schema-violation", 0, 1],
      ["schema-violation", 1, 2],
    ],
  );
});

test("an invalid schema throws a TypeError with its location", () => {
  /** @param {any} bad */
  const message = (bad) => {
    try {
      validate("{}", { schemas: bad });
    } catch (error) {
      assert.ok(error instanceof TypeError);
      return error.message;
    }
    return "";
  };
  assert.match(
    message({ a: { minimum: "1" } }),
    /^prefect-events: invalid schema `a`: .*\(at `#\/minimum`\)$/,
  );
  assert.match(
    message({ a: { $ref: "https://acme.example/b" } }),
    /\(nothing is fetched\) \(at `#\/\$ref`\)$/,
  );
  assert.match(message([]), /^prefect-events: the option `schemas` must be an object/);
  assert.equal(validate(order(1), { schemas }).errors, 0, "it goes on after a mistake");
});

test("--schemas reads the files of a folder", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "prefect-events-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const own = join(folder, "schemas");
  mkdirSync(own);
  const events = join(folder, "events.ndjson");
  writeFileSync(events, `${JSON.stringify(order("x"))}\n`);
  const total = { properties: { payload: { properties: { total: { $ref: "total.json" } } } } };
  writeFileSync(
    join(own, "order.json"),
    JSON.stringify({ "x-prefect-events": "acme.order.*", ...total }),
  );
  writeFileSync(join(own, "total.json"), '{\n  "type": "number"\n}');
  writeFileSync(join(own, "notes.txt"), "no schema");
  const validated = () => run(["validate", "--format", "json", "--schemas", own, events]);

  const { status, stdout } = await validated();
  assert.equal(status, 1);
  assert.match(stdout, /"schema-violation"/);
  assert.match(stdout, /#\/properties\/payload\/properties\/total\/\$ref\/type/);

  writeFileSync(join(own, "total.json"), '{\n  "type": "nmber"\n}');
  const bad = await validated();
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /total\.json:2:11: invalid schema: /);
  assert.equal(bad.stdout, "");

  writeFileSync(join(own, "total.json"), '{\n  "type" "number"\n}');
  const broken = await validated();
  assert.equal(broken.status, 2);
  assert.match(broken.stderr, /total\.json:2:10: a colon is missing here/);

  for (const [wrong, sentence] of [
    [join(folder, "none"), /does not exist/],
    [events, /is not a directory/],
    [folder, /contains no schema: no file ends in \.json/],
  ]) {
    const result = await run(["validate", "--schemas", /** @type {string} */ (wrong), events]);
    assert.equal(result.status, 2);
    assert.match(result.stderr, /** @type {RegExp} */ (sentence));
  }
});
