// Every example of the catalogue has the type of its event.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { describe, eventTypes } from "../../pkg/node.js";
import { folder } from "./helpers/run.js";

test("every example has the type of its event", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const examples = eventTypes().flatMap(({ name_pattern, variants = [] }) => {
    const names = variants.map(({ name }) => name_pattern.replace(/\{.*\}/, name));
    return [name_pattern, ...names].map((name) => describe(name)?.example);
  });
  assert.ok(examples.length > 150, String(examples.length));
  const lines = examples.map((example) => `  ${JSON.stringify(example)},\n`);
  const cwd = folder();
  writeFileSync(
    join(cwd, "examples.ts"),
    `import type { PrefectEvent } from ${JSON.stringify(join(root, "pkg/events.js"))};\n\n` +
      `export const examples: PrefectEvent[] = [\n${lines.join("")}];\n`,
  );
  const flags = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "false",
    "--types",
    "",
    "--target",
    "ES2022",
  ];
  const modules = ["--module", "NodeNext", "--moduleResolution", "NodeNext", "--lib", "ES2022"];
  const tsc = join(root, "node_modules/.bin/tsc");
  const { status, stdout } = spawnSync(tsc, [...flags, ...modules, "examples.ts"], {
    cwd,
    encoding: "utf8",
  });
  assert.deepEqual([status, stdout], [0, ""]);
});
