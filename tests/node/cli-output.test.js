// If standard output cannot be written: one message, and exit status 2.
// What `archive` and `watch` print: `python/tests/test_output.py`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { buildRun } from "../../pkg/node.js";
import { wrongCase } from "./helpers/events.js";
import { folder, PROGRAM, programWith } from "./helpers/run.js";

const cwd = folder();
const FORMATS = ["pretty", "json", "github", "sarif", "junit"];

writeFileSync(join(cwd, "one.json"), wrongCase());
writeFileSync(join(cwd, "many.ndjson"), "nonsense\n".repeat(5000));
writeFileSync(join(cwd, "automation.yaml"), "name: x\n");
const SCENARIO = `automation:
  name: Late
  trigger: {type: event, posture: Reactive, expect: [acme.late], threshold: 1}
  actions: [{type: do-nothing}]
start: "2026-03-01T12:00:00Z"
events:
  - {id: 6f0c1f8e-2f0a-4d6b-9d0e-0a4d4be2b9a1, event: acme.late, occurred: "2026-03-01T12:00:05Z", resource: {prefect.resource.id: acme.1}}
expect:
  - {fires: 2}
`;
writeFileSync(join(cwd, "scenario.yaml"), SCENARIO);
const RULE = {
  name: "Late",
  trigger: { type: "event", posture: "Reactive", expect: ["prefect.flow-run.*"], threshold: 1 },
  actions: [{ type: "do-nothing" }],
};
writeFileSync(join(cwd, "rule.json"), JSON.stringify(RULE));
const history = buildRun(
  { flow_run: "calm-otter", ends: "5m", heartbeat: { frequency: 30 } },
  { seed: 1, now: "2026-03-01T12:00:00Z" },
);
writeFileSync(
  join(cwd, "run.ndjson"),
  history.map((event) => `${JSON.stringify(event)}\n`).join(""),
);

/** Every command, in every format. */
const COMMANDS = [
  ["--help"],
  ["--version"],
  ...["validate", "archive", "watch"].map((command) => [command, "--help"]),
  ...FORMATS.flatMap((format) => [
    ["validate", "--format", format, "one.json"],
    ["validate", "--format", format, "--max-diagnostics", "100000", "many.ndjson"],
    ["check", "--format", format, "automation.yaml"],
  ]),
  ["validate", "--fix", "-"],
  ...["pretty", "json"].flatMap((format) => [
    ["explain", "--format", format, "missing-label"],
    ["simulate", "--format", format, "scenario.yaml"],
    ["simulate", "--format", format, "--compare", "scenario.yaml"],
    ["advise", "--format", format, "--frequency", "30", "--within", "90"],
    ["advise", "--format", format, "--events", "run.ndjson"],
    ["simulate", "--format", format, "--actions", "scenario.yaml"],
    ["backtest", "--format", format, "--events", "run.ndjson", "rule.json"],
    ["diff", "--format", format, "--events", "run.ndjson", "rule.json", "rule.json"],
    [
      "why",
      "--format",
      format,
      "--events",
      "run.ndjson",
      "--run",
      "calm",
      "--automation",
      "rule.json",
    ],
  ]),
  ...["pretty", "json", "github", "junit"].map((format) => [
    "test",
    "--format",
    format,
    "scenario.yaml",
  ]),
  ...["json", "curl", "python"].map((as) => [
    "build",
    "acme.x",
    "--as",
    as,
    "--set",
    "resource.prefect.resource.id=a",
  ]),
  ["schema"],
];

/**
 * @param {string[]} args
 * @param {number | "pipe"} stdout a file, or a pipe that nobody reads
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function runInto(args, stdout) {
  return new Promise((resolve, reject) => {
    const child = spawn(...programWith(args), {
      cwd,
      stdio: ["pipe", stdout, "pipe"],
    });
    child.stdout?.destroy();
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (piece) => {
      stderr += piece;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stderr }));
    child.stdin?.on("error", () => {});
    child.stdin?.end(wrongCase());
  });
}

for (const args of COMMANDS) {
  test(`${args.join(" ")}: a full disk`, { skip: !existsSync("/dev/full") }, async () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = await runInto(args, full);
    closeSync(full);
    assert.deepEqual(
      [status, stderr],
      [2, "prefect-events: standard output cannot be written: no space left on the device\n"],
    );
  });

  test(`${args.join(" ")}: a closed pipe`, async () => {
    const { status, stderr } = await runInto(args, "pipe");
    assert.deepEqual(
      [status, stderr],
      [2, "prefect-events: standard output cannot be written: the pipe was closed\n"],
    );
  });
}

test("a pipe that closes in the middle of a large output", async () => {
  const args = ["validate", "--max-diagnostics", "100000", "many.ndjson"];
  const child = spawn(...programWith(args), { cwd });
  let stderr = "";
  child.stderr.on("data", (piece) => {
    stderr += piece;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.deepEqual(
    [status, stderr],
    [2, "prefect-events: standard output cannot be written: the pipe was closed\n"],
  );
});

test("a file with space for only the beginning of a single write", {
  skip: process.platform === "win32",
}, async () => {
  for (const format of FORMATS) {
    const args = `validate --format ${format} --max-diagnostics 100000 many.ndjson`;
    const script = `ulimit -f 64; ${PROGRAM.map((part) => `"${part}"`).join(" ")} ${args} > part`;
    const child = spawn("sh", ["-c", script], { cwd });
    let stderr = "";
    child.stderr.on("data", (piece) => {
      stderr += piece;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    assert.ok(statSync(join(cwd, "part")).size > 0);
    assert.deepEqual(
      [status, stderr],
      [2, "prefect-events: standard output cannot be written: the file would be too large\n"],
      format,
    );
  }
});
