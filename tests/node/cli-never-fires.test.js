// `simulate` and `test` report why an automation never fires, and what firings depend on.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { run } from "./helpers/run.js";

const cwd = mkdtempSync(join(tmpdir(), "prefect-events-"));
after(() => rmSync(cwd, { recursive: true }));

/** @param {string} name @param {string} text */
const write = (name, text) => writeFileSync(join(cwd, name), text);

const EVENT = {
  id: "00000000-0000-4000-8000-000000000001",
  occurred: "2026-03-01T12:00:10Z",
  event: "prefect.flow-run.Failed",
  resource: { "prefect.resource.id": "prefect.flow-run.1" },
  related: [
    {
      "prefect.resource.id": "prefect.flow.1",
      "prefect.resource.role": "flow",
      "prefect.resource.name": "nightly",
    },
  ],
};
const NIGHTLI = {
  automation: {
    trigger: {
      posture: "Reactive",
      expect: ["prefect.flow-run.*"],
      match: { "prefect.resource.id": "prefect.flow-run.*" },
      match_related: { "prefect.resource.role": "flow", "prefect.resource.name": "nightli" },
    },
  },
  start: "2026-03-01T12:00:00Z",
  end: "5m",
  events: [EVENT],
};
const BECAUSE =
  "1 event matches `expect` and `match`; none has `prefect.resource.name: nightli` in the role `flow`; seen: `nightly`";

test("if it never fires, the reason and a table of clauses are printed", async () => {
  write("never.json", JSON.stringify(NIGHTLI));
  const { status, stdout } = await run(["simulate", "never.json"], { cwd });
  assert.equal(status, 0);
  assert.equal(
    stdout,
    [
      `the automation never fires: ${BECAUSE}`,
      "",
      "  clause         events that passed",
      "  expect/after   1",
      "  match          1",
      "  match_related  0  required: prefect.resource.name: nightli in the role flow; nearest: nightly",
      "  windows        0",
      "",
    ].join("\n"),
  );
});

test("a failed expectation explains why nothing fired", async () => {
  write("test.json", JSON.stringify({ ...NIGHTLI, expect: [{ fires: 1 }] }));
  const { status, stdout } = await run(["test", "test.json"], { cwd });
  assert.equal(status, 1);
  assert.ok(
    stdout.includes(`expected: the automation fires once; actual: it never fired: ${BECAUSE}`),
    stdout,
  );
});

test("each trigger of a composite has its table", async () => {
  const { trigger } = NIGHTLI.automation;
  const triggers = [{ posture: "Reactive", expect: ["prefect.flow-run.*"] }, trigger];
  const automation = { trigger: { type: "compound", require: "all", within: 60, triggers } };
  write("compound.json", JSON.stringify({ ...NIGHTLI, automation }));
  const { stdout } = await run(["simulate", "compound.json"], { cwd });
  assert.match(
    stdout,
    /^the automation never fires: 1 of 2 triggers fired; 2 are required; `\$\.1` never fired: 1 event/m,
  );
  assert.match(stdout, /^ {2}\$\.0 {2}fired 1 time$/m);
  assert.match(stdout, /^ {2}\$\.1$/m);
});

test("firings of the server's loop have their earliest and latest time, and windows of days have dates", async () => {
  const trigger = {
    posture: "Proactive",
    after: ["prefect.flow-run.Failed"],
    expect: ["prefect.flow-run.Running"],
    for_each: ["prefect.resource.id"],
    within: 86_400,
  };
  write("days.json", JSON.stringify({ ...NIGHTLI, automation: { trigger }, end: "2d" }));
  const { stdout } = await run(["simulate", "days.json"], { cwd });
  assert.match(stdout, /^ +2026-03-01 12:00:10 +2026-03-02 12:00:10$/m);
  assert.match(
    stdout,
    /none of the expected events arrived \(1 needed\) from 2026-03-01 12:00:10 to 2026-03-02 12:00:10/,
  );
  assert.match(stdout, /^a real server fires up to 5 s after the end of a window$/m);
});

test("firings that depend on the order of simultaneous events say so", async () => {
  const id = "00000000-0000-4000-8000-000000000002";
  const events = [EVENT, { ...EVENT, id, event: "prefect.flow-run.Running" }];
  const trigger = {
    posture: "Reactive",
    after: ["prefect.flow-run.Failed"],
    expect: ["prefect.flow-run.Running"],
    within: 60,
  };
  write("chance.json", JSON.stringify({ ...NIGHTLI, automation: { trigger }, events }));
  const { stdout } = await run(["simulate", "chance.json"], { cwd });
  assert.match(
    stdout,
    /^2 events arrive at the same instant .* In the opposite order, 1 firing would not happen$/m,
  );
});

test("unknown server versions are rejected with a list of the known ones", async () => {
  const wrong = await run(["simulate", "never.json", "--server-version", "3.5"], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /must be "3\.9", "3\.8", "3\.7" or "3\.6", not `3\.5`/);
  const right = await run(["simulate", "never.json", "--server-version", "3.6.22"], { cwd });
  assert.equal(right.status, 0);
});
