// All recorded cases through Python give what they give through Node.js.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import * as pe from "../../pkg/node.js";
import { folder } from "../node/helpers/run.js";
import { calls, member } from "./helpers/calls.js";
import { PYTHON } from "./helpers/python.js";

const DRIVER = fileURLToPath(new URL("driver.py", import.meta.url));

/** @param {import("./helpers/calls.js").Call} call */
function answer({ call, arguments: given, options }) {
  const all = options === undefined ? given : [...given, options];
  try {
    return { result: /** @type {any} */ (pe)[call](...all) };
  } catch (error) {
    return { error: /** @type {Error} */ (error).message };
  }
}

/** @param {object} result */
const hash = (result) => createHash("sha1").update(JSON.stringify(result)).digest("base64");

test("a member of a row is read as it is written", () => {
  const row = '{"a": "b: {", "c": {"d": [1e400, {"a": 2}], "e": "}\\""}, "d": 1.0}';
  assert.equal(member(row, "c"), '{"d": [1e400, {"a": 2}], "e": "}\\""}');
  assert.equal(member(row, "c.d"), '[1e400, {"a": 2}]');
  assert.equal(member(row, "d"), "1.0");
  assert.equal(member(row, "e"), undefined);
});

test("every recorded case through Python is what it is through Node.js", async (t) => {
  const place = folder();
  const [asked, answered] = [join(place, "calls.ndjson"), join(place, "results.ndjson")];
  const file = openSync(asked, "w");
  let count = 0;
  for (const call of calls()) {
    writeSync(file, `${JSON.stringify(call)}\n`);
    count += 1;
  }
  const python = spawn(PYTHON, [DRIVER, asked, answered], { stdio: "inherit" });
  const ended = once(python, "close");
  /** @type {{ [call: string]: number }} */
  const counts = {};
  const ours = [];
  // Meanwhile; only texts of differences are needed again.
  for (const call of calls()) {
    ours.push(hash(answer(call)));
    counts[call.call] = (counts[call.call] ?? 0) + 1;
  }
  assert.deepEqual(await ended, [0, null]);
  const theirs = createInterface({ input: createReadStream(answered) })[Symbol.asyncIterator]();
  /** @type {string[]} */
  const different = [];
  let n = 0;
  for (const call of calls()) {
    const { value: line = "null" } = await theirs.next();
    const answered = JSON.parse(line);
    if (hash(answered) !== ours[n]) {
      if (different.length === 0) assert.deepEqual(answered, answer(call), `${call.call} ${call.from}`);
      different.push(`${call.call} ${call.from}`);
    }
    n += 1;
  }
  assert.deepEqual(different, []);
  t.diagnostic(`${count} calls: ${JSON.stringify(counts)}`);
});
