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
