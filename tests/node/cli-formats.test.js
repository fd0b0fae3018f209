// The forms of output as other programs see them; the core's own tests compare their texts (`src/render/findings/`).

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

import { applyFixes, buildRun, toCurl, toPython, validate } from "../../pkg/node.js";
import { explanations } from "../../pkg/wasm/explanations.js";
import { folder, run } from "./helpers/run.js";

const schemaFile = createRequire(import.meta.url).resolve(
  "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
);
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const schema = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));
const conforms = (/** @type {unknown} */ log) => schema(log) === true;

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
    assert.ok(conforms(log), ajv.errorsText(schema.errors));
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

test("--fix applies what `applyFixes` applies, round after round", async () => {
  let number = 0;
  for (const { about, code, right, wrong } of explanations()) {
    if (about !== "events" || right.length > 100_000) continue;
    let text = wrong.reduce(
      (so, { find, replace, times }) =>
        so.replace(find, () =>
          Array.from({ length: times }, (_, n) => replace.replaceAll("{n}", String(n + 1))).join(
            "",
          ),
        ),
      right,
    );
    if (text.length > 100_000 || !validate(text).diagnostics.some(({ fix }) => fix)) continue;
    const { stdout } = await run(["validate", "--fix", "-"], { cwd, input: text });
    for (let round = 0; round < 20; round++) text = applyFixes(text, validate(text).diagnostics);
    assert.equal(stdout, text, code);
    number += 1;
  }
  assert.ok(number >= 5, String(number));
});

test("`build --as` prints what `toCurl` and `toPython` return", async () => {
  const fixed = ["--seed", "7", "--now", "2026-03-31T18:30:00Z"];
  const events = buildRun({}, { seed: "7", now: "2026-03-31T18:30:00Z" });
  const [curl, python] = await Promise.all(
    ["curl", "python"].map((as) => run(["build", "--run", "--as", as, ...fixed], { cwd })),
  );
  assert.equal(curl?.stdout, `${toCurl(events)}\n`);
  assert.equal(python?.stdout, `${toPython(events)}\n`);
});
