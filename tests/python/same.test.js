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
    // Python's exceptions have no such prefix.
    return { error: /** @type {Error} */ (error).message.replace(/^prefect-events: /, "") };
  }
}

/**
 * A short form of a result, which the order of its keys does not change.
 * @param {object} result
 */
function digest(result) {
  const text = JSON.stringify(result, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  return createHash("sha1").update(text).digest("base64");
}

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
  for (const call of calls()) writeSync(file, `${JSON.stringify(call)}\n`);
  const python = spawn(PYTHON, [DRIVER, asked, answered], { stdio: "inherit" });
  const ended = once(python, "close");
  // Meanwhile. The results themselves take too much memory: that of a difference is made once more.
  const ours = Array.from(calls(), (call) => digest(answer(call)));
  assert.deepEqual(await ended, [0, null]);
  const theirs = createInterface({ input: createReadStream(answered) })[Symbol.asyncIterator]();
  /** @type {{ [call: string]: number }} */
  const counts = {};
  /** @type {{ call: import("./helpers/calls.js").Call, theirs: unknown }[]} */
  const different = [];
  let n = 0;
  for (const call of calls()) {
    const { value: line = "null" } = await theirs.next();
    const result = JSON.parse(line);
    counts[call.call] = (counts[call.call] ?? 0) + 1;
    if (digest(result) !== ours[n]) different.push({ call, theirs: result });
    n += 1;
  }
  t.diagnostic(`${n} calls: ${JSON.stringify(counts)}`);
  const [first] = different;
  if (!first) return;
  const { call, from, options = {} } = first.call;
  const which = `${different.length} of ${n} differ, the first is ${call} of ${from} ${JSON.stringify(options)}`;
  assert.deepEqual(first.theirs, answer(first.call), which);
  assert.fail(which);
});
