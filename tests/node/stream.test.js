import assert from "node:assert/strict";
import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { validateModule } from "../../pkg/modules/validate.js";
import { isNdjson, validate, validateStream } from "../../pkg/node.js";
import { EVENT, event, REAL } from "./helpers/events.js";
import { folder } from "./helpers/run.js";

/** @typedef {import("../../pkg/index.js").ValidationReport} Report */

/**
 * @param {any} source
 * @param {any} [options]
 */
async function all(source, options) {
  const reports = [];
  for await (const report of validateStream(source, options)) reports.push(report);
  return reports;
}

/** @param {Iterable<string | Uint8Array>} pieces */
async function* source(pieces) {
  yield* pieces;
}

/**
 * The reports of a stream as one, in the order of the text.
 * @param {Report[]} reports
 */
function joined(reports) {
  const sum = (/** @type {"count" | "errors" | "warnings" | "infos"} */ key) =>
    reports.reduce((total, report) => total + report[key], 0);
  const diagnostics = reports.flatMap((report) => report.diagnostics);
  diagnostics.sort(
    (one, other) => Number(one.range?.start.offset) - Number(other.range?.start.offset),
  );
  return {
    valid: reports.every(({ valid }) => valid),
    count: sum("count"),
    errors: sum("errors"),
    warnings: sum("warnings"),
    infos: sum("infos"),
    diagnostics,
  };
}

// Three chunks and more.
const LONG = Buffer.concat([REAL, Buffer.from('{"event":1}\nnonsense\n'), REAL, Buffer.from("{}")]);

test("a stream has the same findings and positions as the whole text", async () => {
  const options = { maxDiagnostics: 1_000_000 };
  const whole = validate(LONG, options);
  const reports = await all(source([LONG]), options);
  assert.ok(reports.length >= 3);
  assert.deepEqual(joined(reports), joined([whole]));
});

test("how the source is split into pieces does not matter", async () => {
  const expected = await all(source([LONG]));
  for (const size of [999, 65_536, 5_000_000]) {
    const pieces = [];
    for (let at = 0; at < LONG.length; at += size) pieces.push(LONG.subarray(at, at + size));
    assert.deepEqual(joined(await all(source(pieces))), joined(expected));
  }
});

test("a file's stream, a web stream and a generator of strings", async () => {
  const file = join(folder(), "events.ndjson");
  writeFileSync(file, LONG);
  const expected = joined(await all(source([LONG])));
  assert.deepEqual(joined(await all(createReadStream(file))), expected);
  assert.deepEqual(joined(await all(createReadStream(file, "utf8"))), expected);
  assert.deepEqual(joined(await all(new Blob([LONG]).stream())), expected);
});

test("an empty source gets one report", async () => {
  const reports = await all(source([]));
  assert.equal(reports.length, 1);
  assert.equal(reports[0]?.count, 0);
});

test("the last line is checked without a line break too", async () => {
  const [report] = await all(source([JSON.stringify(EVENT)]));
  assert.equal(report?.count, 1);
});

test("errors of the source and misuse reject", async () => {
  const failing = (async function* () {
    yield "{}\n";
    throw new Error("disk on fire");
  })();
  await assert.rejects(all(failing), { message: "disk on fire" });
  await assert.rejects(all(source(["{}"]), { profil: "server" }), { name: "TypeError" });
  await assert.rejects(all("{}"), { name: "TypeError", message: /needs an async iterable/ });
});

test("stopping early frees the stream, and ends the source", async () => {
  let ended = false;
  const endless = async function* () {
    try {
      for (let count = 0; ; count++)
        yield `${JSON.stringify(event({ payload: { count } }))}\n`.repeat(1000);
    } finally {
      ended = true;
    }
  };
  for await (const report of validateStream(endless())) {
    assert.ok(report.count > 0);
    break;
  }
  assert.ok(ended);
});

test("streams that end, fail or are abandoned release their memory", async () => {
  const use = async () => {
    await all(source([LONG]));
    await assert.rejects(
      all(
        (async function* () {
          yield LONG;
          throw new Error("failed");
        })(),
      ),
    );
    for await (const _ of validateStream(source([LONG]))) break;
  };
  for (let count = 0; count < 2; count++) await use();
  const before = validateModule.memory();
  for (let count = 0; count < 6; count++) await use();
  assert.equal(validateModule.memory(), before);
});

test("memory does not grow with the length of the stream", async () => {
  const text = `${JSON.stringify(EVENT)}\n`.repeat(5000);
  const long = async function* () {
    for (let count = 0; count < 100; count++) yield text;
  };
  await all(source([text]));
  let events = 0;
  let early = 0;
  for await (const report of validateStream(long(), { maxDiagnostics: 0 })) {
    events += report.count;
    if (events > 250_000 && early === 0) early = validateModule.memory();
  }
  assert.equal(events, 500_000);
  assert.equal(validateModule.memory(), early);
});

test("NDJSON is distinguished from one document by its first bytes", () => {
  const told = (/** @type {string} */ head) => isNdjson(new TextEncoder().encode(head));
  const line = JSON.stringify(EVENT);
  assert.equal(told(`${line}\n${line}`), true);
  assert.equal(told(JSON.stringify(EVENT, null, 2)), false);
  assert.equal(told(line.slice(0, 20)), undefined);
  assert.throws(() => isNdjson(/** @type {any} */ (line)), { name: "TypeError" });
});
