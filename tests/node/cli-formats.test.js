// The forms of output as other programs see them; the core's own tests compare their texts (`src/render/findings/`).

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

import { explanations } from "../../pkg/wasm/explanations.js";
import { folder, run } from "./helpers/run.js";

const schemaFile = createRequire(import.meta.url).resolve(
  "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
);
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const conforms = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));

const cwd = folder();
const names = explanations()
  .filter(({ about, right }) => about === "events" && right.length < 100_000)
  .map(({ code, right }) => {
    // Something is wrong with each: the last character is missing.
    writeFileSync(join(cwd, `${code}.json`), right.slice(0, -1));
    return `${code}.json`;
  });

test("sarif: conforms to the published schema", async () => {
  for (const files of [names, ["missing.json"], [...names, "missing.json"]]) {
    const { stdout } = await run(["validate", "--format", "sarif", ...files], { cwd });
    const log = /** @type {any} */ (JSON.parse(stdout));
    assert.ok(conforms(log), ajv.errorsText(conforms.errors));
    if (!files.includes("missing.json")) assert.ok(log.runs[0].results.length >= names.length);
    log.runs[0].invocations[0].toolExecutionNotifications = "none";
    assert.ok(!conforms(log), "the schema rejects a wrong log");
  }
});

test("colours on a terminal only, and as the environment wants", async () => {
  const args = ["validate", String(names[0])];
  const [plain, forced, dumb, not] = await Promise.all([
    run(args, { cwd }),
    run(args, { cwd, env: { FORCE_COLOR: "1" } }),
    run(args, { cwd, env: { FORCE_COLOR: "0" } }),
    run(args, { cwd, env: { FORCE_COLOR: "1", NO_COLOR: "1" } }),
  ]);
  assert.match(forced.stdout, /^\u001b\[31m\u001b\[1merror\[/);
  for (const { stdout } of [plain, dumb, not]) assert.doesNotMatch(stdout, /\u001b/);
});
