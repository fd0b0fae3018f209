// Every example of the catalogue has the type of its event.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

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
