// Every example of the catalogue has the type of its event, and every input the type of its event's inputs.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import { describeEvent, eventTypes } from "../../pkg/node.js";
import { folder } from "./helpers/run.js";
import { tsc } from "./helpers/tsc.js";

test("every example has the type of its event", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const examples = eventTypes().flatMap(({ namePattern, variants = [] }) => {
    const names = variants.map(({ name }) => namePattern.replace(/\{.*\}/, name));
    return [namePattern, ...names].map((name) => describeEvent(name)?.example);
  });
  assert.ok(examples.length > 150, String(examples.length));
  const lines = examples.map((example) => `  ${JSON.stringify(example)},\n`);
  const cwd = folder();
  writeFileSync(
    join(cwd, "examples.ts"),
    `import type { PrefectEvent } from ${JSON.stringify(join(root, "pkg/events.js"))};\n\n` +
      `export const examples: PrefectEvent[] = [\n${lines.join("")}];\n`,
  );
  assert.equal(tsc(cwd, "examples.ts"), "");
});

/** Mutations that the builder accepts, although they are unusual: a boolean as a string, an object as a tag. */
const ODD = 4;

test("every valid input of an event compiles", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const rows = gunzipSync(readFileSync(join(root, "tests/cases/generated.ndjson.gz")))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ event, built }) => event && built);
  assert.ok(rows.length > 100, String(rows.length));
  const calls = rows.map(({ event, input }) => `buildEvent(${JSON.stringify(event)}, ${input});\n`);
  const cwd = folder();
  writeFileSync(
    join(cwd, "inputs.ts"),
    `import { buildEvent } from ${JSON.stringify(join(root, "pkg/index.js"))};\n\n${calls.join("")}`,
  );
  const errors = tsc(cwd, "inputs.ts")
    .split("\n")
    .filter((line) => line.includes("error TS"));
  assert.equal(errors.length, ODD, errors.join("\n"));
});
