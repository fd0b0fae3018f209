// `test --format github`: annotations of pull requests.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { testScenarios } from "../../pkg/node.js";
import { run } from "./helpers/run.js";

const cwd = mkdtempSync(join(tmpdir(), "prefect-events-"));
const SCENARIOS = `- scenario: "Crashed, or not: é"
  automation: crash-zombie-flows
  heartbeat: {frequency: 30}
  runs: [{name: zombie, dies: 2m}, {name: healthy, ends: 5m}]
  expect:
    - {run: zombie, fires: 1}
    - {run: zombie, never: true}
- automation: crash-zombie-flows
  heartbeat: {frequency: 30}
  runs: [{name: healthy, ends: 5m}]
  expect:
    - run: healthy
      fires: 2
- automation: crash-zombie-flows
  runs: [{name: a, state: Failde, ends: 1m}]
  expect: [{run: a, never: true}]
`;
writeFileSync(join(cwd, "scenarios.yaml"), SCENARIOS);
writeFileSync(join(cwd, "good.yaml"), SCENARIOS.split("    - {run: zombie, never")[0] ?? "");

const annotate = (/** @type {string[]} */ ...files) =>
  run(["test", "--format", "github", ...files], { cwd });

test("each expectation that is not met is an error at its line, and so is each mistake", async () => {
  const { status, stdout } = await annotate("scenarios.yaml", "good.yaml");
  const lines = stdout.trimEnd().split("\n");
  assert.equal(status, 2);
  assert.equal(lines.length, 3, stdout);
  assert.match(
    lines[0] ?? "",
    /^::error file=scenarios.yaml,line=7,col=7,endLine=7,endColumn=33,title=Crashed%2C or not%3A é::expected: run zombie never fires/,
  );
  assert.match(lines[1] ?? "", /^::error file=scenarios.yaml,line=12,col=7,.*title=scenario 2::/);
  assert.match(lines[2] ?? "", /^::error file=scenarios.yaml,line=15,.*Failde/);
});

test("nothing is printed if all expectations are met, and unreadable files are errors", async () => {
  const { status, stdout } = await annotate("good.yaml");
  assert.deepEqual([status, stdout], [0, ""]);
  const none = await annotate("none.yaml");
  assert.equal(none.status, 2);
  assert.match(none.stdout, /^::error file=none.yaml::none.yaml /);
});

test("only an expectation in a text that is not met has a place", () => {
  const { scenarios } = testScenarios(SCENARIOS);
  const ranges = scenarios.flatMap(({ expectations }) => expectations.map(({ range }) => range));
  assert.deepEqual(
    ranges.map((range) => range && SCENARIOS.slice(range.start.offset, range.end.offset).trim()),
    [undefined, "{run: zombie, never: true}", "run: healthy\n      fires: 2"],
  );
  const object = {
    automation: "crash-zombie-flows",
    runs: [{ name: "a", ends: "1m" }],
    expect: [{ run: "a", fires: 1 }],
  };
  const [tested] = testScenarios(object).scenarios;
  assert.deepEqual(
    tested?.expectations.map(({ passed, range }) => [passed, range]),
    [[false, undefined]],
  );
});
