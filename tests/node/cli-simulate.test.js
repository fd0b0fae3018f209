// `simulate --compare` with captured events: both versions of the server, and which file is wrong.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { compareReplays } from "../../pkg/api/simulate.js";
import { simulate } from "../../pkg/node.js";
import { run } from "./helpers/run.js";

const cwd = mkdtempSync(join(tmpdir(), "prefect-events-"));
after(() => rmSync(cwd, { recursive: true }));

const AUTOMATION = JSON.stringify({
  trigger: {
    posture: "Proactive",
    after: ["prefect.flow-run.heartbeat"],
    expect: ["prefect.flow-run.*"],
    for_each: ["prefect.resource.id"],
    within: 90,
  },
});

// The last state overtakes the only heartbeat: 3.9 holds it back, 3.8 forgets it.
const { events = [] } = simulate(
  {
    automation: "crash-zombie-flows",
    start: "2026-03-01T12:00:00Z",
    heartbeat: { frequency: 30, first: 0.5, delay: 0.7 },
    runs: [{ ends: "0.9s" }],
  },
  { events: true },
);
const EVENTS = events.map((event) => `${JSON.stringify(event)}\n`).join("");

writeFileSync(join(cwd, "automation.json"), AUTOMATION);
writeFileSync(join(cwd, "events.ndjson"), EVENTS);
writeFileSync(join(cwd, "wrong.ndjson"), '{"id": 5}\n');

/** @param {string} played @param {...string} more */
const compare = (played, ...more) =>
  run(["simulate", "--compare", "--automation", "automation.json", "--events", played, ...more], {
    cwd,
  });

test("captured events are played on both versions", async () => {
  const { status, stdout } = await compare("events.ndjson");
  assert.equal(status, 0);
  assert.match(stdout, /^2026-03-01T12:01:3\S+ {2}prefect\.flow-run\.\S+$/m);
  assert.match(
    stdout,
    /^ {6}3\.8 fires at 12:01:3\S+, 3\.9 does not: none of the expected events arrived /m,
  );
  assert.match(
    stdout,
    /^3\.8 fires once only if nothing came after the last event, 3\.9 never fires: 1 difference\n$/m,
  );
});

test("--format json is the package's comparison", async () => {
  const { stdout } = await compare(
    "events.ndjson",
    "--format",
    "json",
    "--start",
    "2026-03-01T12:00:00Z",
  );
  const start = "2026-03-01T12:00:00Z";
  assert.deepEqual(JSON.parse(stdout), compareReplays(AUTOMATION, EVENTS, { start }));
});

test("the wrong file is named", async () => {
  const { status, stdout } = await compare("wrong.ndjson");
  assert.equal(status, 2);
  assert.match(stdout, /--> wrong\.ndjson:1:1/);
});

test("a version and a comparison of both are misuse", async () => {
  const { status, stderr } = await compare("events.ndjson", "--server-version", "3.8");
  assert.equal(status, 2);
  assert.equal(stderr, "prefect-events: --compare simulates 3.8 and 3.9: omit --server-version\n");
});

test("options that do not go together are named", async () => {
  for (const [args, message] of /** @type {[string[], string][]} */ ([
    [["--events", "e"], "--events needs --automation <FILE>: the automation to play them to"],
    [["--automation", "a"], "--automation needs --events <FILE>: the events to play to it"],
    [["--tick", "5"], "give the file of a scenario, or --automation <FILE> and --events <FILE>"],
    [
      ["s.yaml", "--events", "e"],
      "s.yaml is a scenario, which contains its automation and its events: omit it, or the options that need --events",
    ],
    [["s.yaml", "--compare", "--run", "a"], "--compare compares all runs: omit --run"],
  ])) {
    const { status, stdout, stderr } = await run(["simulate", ...args]);
    assert.deepEqual([status, stdout, stderr], [2, "", `prefect-events: ${message}\n`]);
  }
  const { status, stderr } = await run(["simulate"]);
  assert.equal(status, 2);
  assert.match(stderr, /^Usage: /);
});
