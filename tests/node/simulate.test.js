// Scenarios: the functions of the package, and the commands `simulate`, `test` and `advise`.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { compareAutomations, renderActions } from "../../pkg/entries/live.node.js";
import {
  compareReplays,
  compareVersions,
  exampleRuns,
  heartbeatAdvice,
  replay,
  simulate,
  testScenarios,
  validate,
} from "../../pkg/node.js";
import { REAL } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
/** @type {import("../../pkg/index.js").Scenario} */
const SCENARIO = {
  automation: "crash-zombie-flows",
  start: "2026-03-01T12:00:00Z",
  end: "30m",
  heartbeat: { frequency: 30 },
  runs: [
    { name: "healthy", ends: "10m" },
    { name: "zombie", starts: "5s", dies: "2m10s" },
  ],
  expect: [
    { run: "zombie", fires: 1, between: ["3m30s", "3m50s"] },
    { run: "healthy", never: true },
  ],
};
const AUTOMATION = {
  trigger: { posture: "Reactive", expect: ["prefect.flow-run.Crashed"] },
  actions: [],
};
/** @param {string} name @param {unknown} value */
const write = (name, value) =>
  writeFileSync(join(cwd, name), typeof value === "string" ? value : JSON.stringify(value));
write("right.json", SCENARIO);
write("wrong.json", { ...SCENARIO, expect: [{ run: "healthy", fires: 1 }] });
write("broken.json", { ...SCENARIO, tick_seconds: 0 });
write("automation.json", AUTOMATION);
writeFileSync(join(cwd, "events.ndjson"), REAL);

const ID = "01a1ffe4-419a-726f-8626-5e21f619db83";

test("simulate accepts text, bytes and objects", () => {
  const results = [SCENARIO, JSON.stringify(SCENARIO), Buffer.from(JSON.stringify(SCENARIO))].map(
    (scenario) => simulate(scenario),
  );
  for (const result of results) {
    assert.deepEqual(
      result.firings.map(({ at }) => at),
      ["2026-03-01T12:03:40.000000Z"],
    );
    assert.deepEqual(Object.keys(result), ["firings", "childFirings"]);
  }
});

test("`trace` returns the decisions, `events` the generated events, which are valid", () => {
  const { decisions = [], events = [] } = simulate(SCENARIO, { trace: true, events: true });
  assert.ok(decisions.some(({ kind }) => kind === "rearmed"));
  const report = validate(events);
  assert.deepEqual([report.count, report.errors, report.warnings], [events.length, 0, 0]);
  assert.ok(events.length > 20);
});

test("wrong scenarios are reported, with their location in a text", () => {
  const [error] = simulate('{"automation": 5}').errors ?? [];
  assert.deepEqual([error?.code, error?.range?.start.column], ["scenario-wrong-value", 16]);
  assert.equal(simulate({ ...SCENARIO, end: "-1m" }).errors?.[0]?.range, undefined);
  assert.equal(simulate("{").errors?.[0]?.code, "syntax-truncated");
});

test("misuse throws", () => {
  // @ts-expect-error: no scenario
  assert.throws(() => simulate(5), TypeError);
  assert.throws(
    // @ts-expect-error: no such option
    () => simulate(SCENARIO, { tracing: true }),
    /unknown option `tracing`: the options are `trace`, /,
  );
  // @ts-expect-error: `within` is missing
  assert.throws(() => heartbeatAdvice({ frequency: 30 }), /`within` is missing/);
});

test("testScenarios accepts one scenario or several", () => {
  assert.equal(testScenarios(SCENARIO).passed, true);
  const report = testScenarios({ scenarios: [SCENARIO, { ...SCENARIO, expect: [{ fires: 2 }] }] });
  assert.deepEqual([report.passed, report.expectations, report.failures], [false, 3, 1]);
  assert.equal(
    report.scenarios[1]?.expectations[0]?.message,
    "expected: the automation fires 2 times; actual: it fired once, at 3m40s",
  );
});

const YAML = `automation: crash-zombie-flows
start: 2026-03-01T12:00:00Z
end: 30m
heartbeat: {frequency: 30}
runs:
  - {name: zombie, starts: 5s, dies: 2m10s} # silently
expect:
  - {run: zombie, fires: 2, between: [3m30s, 3m50s]}
`;

test("YAML is read, with positions", () => {
  assert.deepEqual(
    simulate(YAML).firings.map(({ at }) => at),
    ["2026-03-01T12:03:40.000000Z"],
  );
  const [error] = simulate(YAML.replace("2m10s", "soon")).errors ?? [];
  assert.deepEqual(
    [error?.code, error?.path, error?.range?.start.line],
    ["scenario-wrong-value", "/runs/0/dies", 6],
  );
  assert.equal(simulate(YAML.replace("  -", "\t-")).errors?.[0]?.code, "syntax-yaml");
  assert.equal(simulate(`${YAML}end: 20m\n`).warnings?.[0]?.code, "duplicate-key");
});

test("an expectation that is not met explains the decisions before it", () => {
  const [expectation] = testScenarios(YAML).scenarios[0]?.expectations ?? [];
  assert.deepEqual(expectation?.between, {
    from: "2026-03-01T12:03:30.000000Z",
    to: "2026-03-01T12:03:50.000000Z",
  });
  assert.equal(expectation?.decisions?.at(-1)?.kind, "fired");
});

test("a label can be named __proto__", () => {
  const automation = "trigger: {posture: Reactive, expect: [acme.order], for_each: [__proto__]}";
  const resource = { "prefect.resource.id": "acme.order.1", ["__proto__"]: "a" };
  const event = { occurred: "2026-03-01T12:00:00Z", event: "acme.order", resource, id: ID };
  const { firings, decisions } = replay(automation, JSON.stringify(event), { trace: true });
  for (const labels of [firings[0]?.labels, decisions?.at(-1)?.key])
    assert.deepEqual(Object.entries(labels ?? {}), [["__proto__", "a"]]);
});

test("replay accepts two texts", () => {
  const automation = "trigger: {posture: Reactive, expect: [prefect.flow-run.Crashed]}";
  const { firings } = replay(automation, REAL, { serverVersion: "3.8", trace: true });
  assert.ok(firings.length > 0);
  assert.deepEqual(
    firings,
    replay(Buffer.from(automation), REAL.toString(), { serverVersion: "3.9" }).firings,
  );
  const wrong = replay(automation.replace("Reactive", "reactive"), REAL);
  assert.deepEqual([wrong.foundIn, wrong.errors?.[0]?.range?.start.column], ["automation", 10]);
  assert.equal(replay(automation, "{}").foundIn, "events");
  assert.throws(() => replay(automation, REAL, { tickSeconds: -1 }), /`tickSeconds` must be/);
  assert.throws(
    // @ts-expect-error: no such option
    () => replay(automation, REAL, { runs: [] }),
    /unknown option `runs`: the options are `trace`, /,
  );
  // @ts-expect-error: no text
  assert.throws(() => replay({}, REAL), TypeError);
});

/** A run that ends before its heartbeat arrives. */
const OVERTAKEN = {
  ...SCENARIO,
  heartbeat: { frequency: 30, first: 0.5, delay: 0.7 },
  runs: [{ name: "short", ends: "0.9s" }],
  expect: [],
};

test("the finding on a text does not depend on the other texts", () => {
  const automation = JSON.stringify({
    name: "x",
    trigger: { type: "event", posture: "Reactive", expect: ["acme.a"], threshold: 1, within: 0 },
    actions: [{ type: "do-nothing" }],
  });
  const event = (/** @type {string} */ label) =>
    `{"id":"01a21ac2-272c-7a09-bb2f-97e380153a88","occurred":"2026-03-01T12:00:00Z","event":"acme.a","resource":{"prefect.resource.id":"x","n":"${label}"}}`;
  // What a lone surrogate would be in UTF-8, which has none.
  const bytes = Buffer.from(event("???"));
  bytes.set([0xed, 0xa0, 0x80], bytes.indexOf("???"));
  const lone = event("\ud800");
  for (const call of [replay, compareReplays, renderActions]) {
    /** @param {(string | Buffer)[]} events */
    const first = (events) => {
      const { errors } =
        call === renderActions
          ? renderActions(automation, { events })
          : /** @type {typeof replay} */ (call)(automation, events);
      return errors?.[0]?.range;
    };
    assert.deepEqual(first([bytes, lone]), first([bytes]), call.name);
  }
  const [old, young] = [Buffer.from(automation.replace('"x"', '"???"')), `"\ud800`];
  old.set([0xed, 0xa0, 0x80], old.indexOf("???"));
  const found = (/** @type {string} */ other) => {
    const { errors, foundIn } = compareAutomations(old, other, event("a"));
    return [errors?.[0]?.range, foundIn];
  };
  assert.deepEqual(found(young), found(automation));
});

test("exampleRuns finds a run on which an automation fires, and one on which it does not", () => {
  const automation =
    "trigger: {posture: Reactive, expect: [prefect.flow-run.Failed], threshold: 2, within: 60}";
  const { fires, doesNotFire, reason, errors } = exampleRuns(automation);
  assert.deepEqual([fires?.title, doesNotFire?.title], ["2 runs fail", "A run fails"]);
  assert.deepEqual([reason, errors], [undefined, undefined]);
  const files = { "./automation.yaml": automation };
  const played = [fires, doesNotFire].map((one) =>
    simulate(/** @type {any} */ (one?.scenario), { files, timeline: true }),
  );
  assert.deepEqual(
    played.map(({ firings }) => firings.length),
    [1, 0],
  );
  assert.deepEqual(played[0]?.timeline, fires?.timeline);
  assert.deepEqual(exampleRuns(Buffer.from(automation)), exampleRuns(automation));
  assert.throws(() => exampleRuns(/** @type {any} */ ({})), TypeError);
  assert.throws(() => exampleRuns("", /** @type {any} */ ({ automation: 1 })), TypeError);
});

test("compareVersions lists the differences", () => {
  const both = compareVersions(OVERTAKEN);
  const fires = both["3.8"].firings;
  assert.deepEqual([fires.length, both["3.9"].firings.length], [1, 0]);
  const [{ message, ...difference } = { message: "" }, ...more] = both.differences;
  assert.deepEqual([difference, more], [{ 3.8: fires[0], at: fires[0]?.at }, []]);
  assert.match(message, /^3\.8 fires at 12:01:35, 3\.9 does not: /);
  assert.deepEqual(compareVersions(SCENARIO).differences, []);
  assert.deepEqual(simulate(OVERTAKEN, { serverVersion: "3.8.8" }).firings, fires);
  assert.throws(
    () => simulate(OVERTAKEN, { serverVersion: "4" }),
    /must be "3.9", "3.8", "3.7" or "3.6", not `4`/,
  );
});

test("heartbeatAdvice", () => {
  const advice = heartbeatAdvice({ frequency: 30, within: 90, clientVersion: "3.1.0" });
  assert.deepEqual([advice.toleratedMisses, advice.client?.sendsHeartbeats], [1, "never"]);
});

test("simulate FILE", async () => {
  const { status, stdout } = await run(["simulate", "right.json"], { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /^zombie +●.*✗$/m);
  assert.match(stdout, /the automation fires once\n$/);
  const json = await run(["simulate", "--format", "json", "right.json"], { cwd });
  assert.equal(JSON.parse(json.stdout).firings.length, 1);
  const broken = await run(["simulate", "broken.json"], { cwd });
  assert.deepEqual([broken.status, /must be more than 0/.test(broken.stdout)], [2, true]);
  const missing = await run(["simulate", "missing.json"], { cwd });
  assert.deepEqual(
    [missing.status, missing.stderr],
    [2, "prefect-events: missing.json does not exist\n"],
  );
  assert.equal((await run(["simulate", "--events", "events.ndjson"], { cwd })).status, 2);
});

test("simulate --automation FILE --events FILE", async () => {
  const args = ["simulate", "--automation", "automation.json", "--events", "events.ndjson"];
  const { status, stdout } = await run([...args, "--trace", "--format", "json"], { cwd });
  assert.equal(status, 0);
  const crashed = REAL.toString().match(/"event": ?"prefect\.flow-run\.Crashed"/g) ?? [];
  const { firings } = JSON.parse(stdout);
  assert.ok(firings.length > 0 && firings.length <= crashed.length);
});

test("simulate reports which file is wrong, and where", async () => {
  write("automation.yaml", "trigger:\n  posture: reactive\n");
  write("wrong.ndjson", '{"id": 5}\n');
  const args = (/** @type {string} */ automation, /** @type {string} */ events) => [
    "simulate",
    "--automation",
    automation,
    "--events",
    events,
  ];
  const one = await run(args("automation.yaml", "events.ndjson"), { cwd });
  assert.deepEqual([one.status, /--> automation\.yaml:2:3/.test(one.stdout)], [2, true]);
  const other = await run(args("automation.json", "wrong.ndjson"), { cwd });
  assert.deepEqual([other.status, /--> wrong\.ndjson:1:1/.test(other.stdout)], [2, true]);
  const options = ["--server-version", "3.8", "--tick", "0", "--end", "1d"];
  const third = await run([...args("automation.json", "events.ndjson"), ...options], { cwd });
  assert.deepEqual(
    [third.status, third.stderr],
    [2, "prefect-events: `tickSeconds` must be more than 0 seconds, not `0s`\n"],
  );
});

test("simulate --compare FILE", async () => {
  write("overtaken.json", OVERTAKEN);
  const { status, stdout } = await run(["simulate", "--compare", "overtaken.json"], { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /^2026-03-01T12:01:3\S+ {2}prefect\.flow-run\.\S+$/m);
  assert.match(
    stdout,
    /^ {6}3\.8 fires at 12:01:3\S+, 3\.9 does not: none of the expected events arrived /m,
  );
  assert.match(stdout, /^3\.8 fires once, 3\.9 never fires: 1 difference$/m);
  const json = await run(["simulate", "--compare", "--format", "json", "right.json"], { cwd });
  assert.deepEqual(JSON.parse(json.stdout).differences, []);
});

test("rows of one lane are labelled with the paths of their triggers", async () => {
  const trigger = (/** @type {string} */ name) => ({
    type: "event",
    posture: "Reactive",
    expect: [name],
    threshold: 1,
    within: 60,
  });
  const automation = {
    name: "both",
    trigger: {
      type: "compound",
      require: "all",
      within: 60,
      triggers: [trigger("acme.a"), trigger("acme.b")],
    },
    actions: [{ type: "do-nothing" }],
  };
  const events = ["acme.a", "acme.b"].map((event, index) => ({
    id: `6f0c1f8e-2f0a-4d6b-9d0e-0a4d4be2b9a${index}`,
    event,
    occurred: `2026-03-01T12:00:0${index + 1}Z`,
    resource: { "prefect.resource.id": "acme.1" },
  }));
  const start = "2026-03-01T12:00:00Z";
  write("both.json", JSON.stringify({ automation, start, end: "1m", events }));
  const { stdout } = await run(["simulate", "both.json"], { cwd });
  for (const path of ["\\$\\.0", "\\$\\.1", "\\$"])
    assert.match(stdout, new RegExp(`^The automation ${path} +.*✗`, "m"));
});

test("a failed expectation is drawn beside the timeline", async () => {
  write("wrong.yaml", YAML);
  const pretty = await run(["test", "wrong.yaml"], { cwd });
  assert.equal(pretty.status, 1);
  assert.match(pretty.stdout, /^ +zombie +●.*✗/m);
  assert.match(pretty.stdout, /^ +expected +\[─*\]$/m);
  const junit = await run(["test", "--format", "junit", "wrong.yaml"], { cwd });
  assert.match(
    junit.stdout,
    /<failure message="expected: run zombie fires 2 times[^>]*>.*✗.*expected +\[/,
  );
});

test("test FILE…", async () => {
  const statuses = await Promise.all(
    ["right.json", "wrong.json", "broken.json", "missing.json"].map(
      async (file) => (await run(["test", file], { cwd })).status,
    ),
  );
  assert.deepEqual(statuses, [0, 1, 2, 2]);
  const { stdout } = await run(["test", "right.json", "wrong.json"], { cwd });
  assert.match(stdout, /expected: run healthy fires once; actual: it never fired/);
  assert.match(stdout, /2 expectations met, 1 not met\n$/);
  const junit = await run(["test", "--format", "junit", "right.json", "wrong.json"], { cwd });
  assert.match(
    junit.stdout,
    /<testsuites name="prefect-events" tests="3" failures="1" errors="0">/,
  );
  const json = await run(["test", "--format", "json", "right.json"], { cwd });
  assert.equal(JSON.parse(json.stdout).passed, true);
});

test("advise", async () => {
  const { status, stdout } = await run(["advise", "--frequency", "180", "--within", "540"], {
    cwd,
  });
  assert.equal(status, 0);
  assert.match(stdout, /^a window of 540 s tolerates 1 missed heartbeat, with/);
  const args = ["advise", "--frequency", "30", "--within", "20", "--format", "json"];
  assert.equal(JSON.parse((await run(args, { cwd })).stdout).healthyRunsFire, true);
  assert.equal((await run(["advise", "--frequency", "x", "--within", "5"], { cwd })).status, 2);
});
