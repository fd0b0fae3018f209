// `simulate` with captured events: what it says of them beyond the firings, and the files that it reads. `test` and
// `simulate` with scenarios that refer to the file of their automation.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { replay, scenarioFiles, simulate, testScenarios } from "../../pkg/node.js";
import { REAL } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cases = new URL("../cases/live/", import.meta.url);
const recorded = (/** @type {string} */ name) => readFileSync(new URL(name, cases));
const LIVE = gunzipSync(recorded("captured.ndjson.gz"));
const ZOMBIES = {
  name: "Crash zombie flows",
  trigger: {
    posture: "Proactive",
    after: ["prefect.flow-run.heartbeat"],
    expect: ["prefect.flow-run.*"],
    for_each: ["prefect.resource.id"],
    within: 90,
  },
  actions: [{ type: "change-flow-run-state", state: "CRASHED" }],
};

const cwd = folder();
const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ text) =>
  writeFileSync(join(cwd, name), text);
write("zombies.json", JSON.stringify(ZOMBIES));
write("real.ndjson", REAL);
write("live.ndjson", LIVE);
write("crash.json", recorded("automations/crash-zombie-flows.json"));
write("two.yaml", recorded("forms/b01.yaml"));
write("stream.txt", gunzipSync(recorded("forms/stream-stdout.txt.gz")));
mkdirSync(join(cwd, "tests"));

/** @param {...string} args */
const simulated = (...args) => run(["simulate", ...args], { cwd });

/** @param {string} stdout */
const lastLine = (stdout) => stdout.trimEnd().split("\n").at(-1);

test("firings that come only from absent leaders are reported, and can be left out", async () => {
  const played = ["--automation", "zombies.json", "--events", "real.ndjson"];
  const { status, stdout } = await simulated(...played);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^14 of 19 firings happen only because the server holds 15 events back .*\(--ignore-missing-leaders\)$/m,
  );
  assert.equal(stdout.match(/\. The event prefect\.flow-run\.Completed of /g)?.length, 14);
  assert.match(stdout, /^fired \S+ {2}gleaming-cat \(prefect\.flow-run\.\S+\)$/m);
  assert.equal(
    lastLine(stdout),
    "the automation fires 16 times; 3 times more only if nothing came after the last event",
  );
  const ignored = await simulated(...played, "--ignore-missing-leaders");
  assert.doesNotMatch(ignored.stdout, /Not silence|come only/);
  assert.equal(
    lastLine(ignored.stdout),
    "the automation fires 2 times; 3 times more only if nothing came after the last event",
  );
});

test("lanes with firings come first, and one run can be selected", async () => {
  const played = ["--automation", "zombies.json", "--events", "real.ndjson"];
  const { stdout } = await simulated(...played);
  const rows = stdout.split("\n").slice(1, 20);
  assert.ok(
    rows.every((row) => row.includes("✗")),
    rows.join("\n"),
  );
  const one = await simulated(...played, "--run", "gleaming-cat");
  assert.equal(one.stdout.match(/^fired /gm)?.length, 1);
  assert.match(one.stdout, /^gleaming-cat +hh +h +●h─+ ✗$/m);
  assert.doesNotMatch(one.stdout, /literate-teal/);
  const id = await simulated(...played, "--run", "01a1ffe3-2f0d-7d7c-99a1-026e882df6ae");
  assert.equal(id.stdout, one.stdout);
  const none = await simulated(...played, "--run", "nobody");
  assert.equal(none.status, 2);
  assert.match(none.stderr, /there is no run nobody: there are snobbish-labradoodle, /);
});

test("the firings that the server recorded and the effects of its actions are reported", async () => {
  const { stdout } = await simulated("--automation", "crash.json", "--events", "live.ndjson");
  assert.match(
    stdout,
    /^the replay starts at 2026-11-27T02:06:03\.810996Z: 47 earlier events are /m,
  );
  assert.match(
    stdout,
    /^the server recorded 8 firings of this automation: the replay has 8 of them \(at most [\d.]+ s apart\), and 0 that the server did not record$/m,
  );
  assert.match(
    stdout,
    /^these events include 5 events \(5 prefect\.flow-run\.Crashed\) that the automation's own actions caused, .*\(--without-actions\)$/m,
  );
  const without = await simulated(
    "--automation",
    "crash.json",
    "--events",
    "live.ndjson",
    "--without-actions",
  );
  assert.match(
    without.stdout,
    /^left out: 5 events \(5 prefect\.flow-run\.Crashed\) that the automation's own actions caused$/m,
  );
});

test("several files of events are one history", async () => {
  const lines = LIVE.toString().trimEnd().split("\n");
  write("late.json", `{"events": [${lines.slice(700).reverse().join(",")}]}`);
  write("early.json", `{"events": [${lines.slice(0, 710).reverse().join(",")}]}`);
  const format = ["--format", "json", "--automation", "crash.json"];
  const whole = await simulated(...format, "--events", "live.ndjson");
  const files = await simulated(...format, "--events", "late.json", "--events", "early.json");
  assert.equal(files.stdout, whole.stdout);
  assert.deepEqual(
    replay(JSON.stringify(ZOMBIES), [
      readFileSync(join(cwd, "late.json")),
      readFileSync(join(cwd, "early.json"), "utf8"),
    ]),
    replay(JSON.stringify(ZOMBIES), LIVE),
  );
  write("wrong.ndjson", '{"id": 5}\n');
  const wrong = await simulated(
    ...["--automation", "crash.json", "--events", "live.ndjson", "--events", "wrong.ndjson"],
  );
  assert.equal(wrong.status, 2);
  assert.match(wrong.stdout, /--> wrong\.ndjson:1:1/);
});

test("the redirected output of `prefect event stream` is read", async () => {
  const { status, stdout } = await simulated(
    "--automation",
    "crash.json",
    "--events",
    "stream.txt",
  );
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^the automation (never )?fires/m);
});

test("all automations of a file are played, or the one with a name", async () => {
  const played = ["--automation", "two.yaml", "--events", "live.ndjson"];
  const { stdout } = await simulated(...played);
  assert.match(stdout, /^yaml zombies\n/);
  assert.match(stdout, /\n\nyaml stuck pending\n/);
  assert.equal(stdout.match(/^the automation fires /gm)?.length, 2);
  const one = await simulated(...played, "--name", "yaml stuck pending");
  assert.equal(one.stdout, stdout.slice(stdout.indexOf("yaml stuck pending\n")));
  const none = await simulated(...played, "--name", "yaml");
  assert.equal(none.status, 2);
  assert.match(
    none.stderr,
    /no automation is named `yaml`: there are `yaml zombies`, `yaml stuck /,
  );
});

test("a scenario can refer to the file of its automation", async () => {
  const scenario = (/** @type {string} */ path) => `automation: ${path}
start: 2026-03-01T12:00:00Z
heartbeat: {frequency: 30}
runs: [{name: zombie, dies: 2m}]
expect: [{run: zombie, fires: 1}]
`;
  write("tests/zombies.yaml", scenario("../zombies.json"));
  write("tests/lost.yaml", scenario("./lost.json"));
  write("tests/two.yaml", scenario("../two.yaml"));
  const played = await simulated("tests/zombies.yaml");
  assert.equal(lastLine(played.stdout), "the automation fires once");
  const tested = await run(["test", "tests/zombies.yaml"], { cwd });
  assert.deepEqual([tested.status, lastLine(tested.stdout)], [0, "1 expectation met"]);

  const lost = await simulated("tests/lost.yaml");
  assert.equal(lost.status, 2);
  assert.match(lost.stderr, /tests\/lost\.yaml refers to \.\/lost\.json, which does not exist/);
  const untested = await run(["test", "tests/lost.yaml"], { cwd });
  assert.equal(untested.status, 2);
  assert.match(untested.stderr, /tests\/lost\.yaml refers to \.\/lost\.json, which does not exist/);
  const two = await simulated("tests/two.yaml");
  assert.equal(two.status, 2);
  assert.match(two.stdout, /a scenario plays one automation, and this file has 2: `yaml zombies`/);

  const text = scenario("./a.json");
  assert.deepEqual(scenarioFiles(text), ["./a.json"]);
  assert.deepEqual(scenarioFiles({ automation: "crash-zombie-flows" }), []);
  const files = { "./a.json": JSON.stringify(ZOMBIES) };
  assert.equal(simulate(text, { files }).firings.length, 1);
  assert.equal(testScenarios(text, { files }).passed, true);
  assert.equal(testScenarios(text).scenarios[0]?.errors?.[0]?.code, "scenario-file");
  const broken = simulate(text, { files: { "./a.json": "trigger: {within: -1}" } });
  assert.match(String(broken.errors?.[0]?.message), /^the automation in `\.\/a\.json` cannot be /);
});

test("a finished run is not called dead if the trigger does not watch for dead runs", () => {
  const scenario = {
    automation: { trigger: { posture: "Reactive", expect: ["prefect.flow-run.Failed"] } },
    heartbeat: { frequency: 30 },
    runs: [{ name: "idle", dies: "2m" }],
  };
  const lanes = simulate(scenario, { timeline: true }).timeline?.lanes;
  assert.equal(lanes?.find(({ name }) => name === "idle")?.undetected, undefined);
  const watched = { ...scenario, automation: "crash-zombie-flows", heartbeat: null };
  const missed = simulate(watched, { timeline: true }).timeline?.lanes;
  assert.equal(missed?.find(({ name }) => name === "idle")?.undetected, true);
});
