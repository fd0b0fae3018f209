// `backtest`: automations replayed over captured events, compared with what the server recorded.

import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import {
  backtest,
  compareAutomations,
  freezeFirings,
  whyRun,
} from "../../pkg/entries/live.node.js";
import { folder, run } from "./helpers/run.js";

const cases = new URL("../cases/live/", import.meta.url);
const recorded = (/** @type {string} */ name) => readFileSync(new URL(name, cases));
const LIVE = gunzipSync(recorded("captured.ndjson.gz"));
const names = readdirSync(new URL("automations/", cases)).sort();
const automations = names.map((name) => JSON.parse(String(recorded(`automations/${name}`))));
const edited = automations.find(({ name }) => name === "too short 30");
edited.trigger.within = 60;

const cwd = folder();
const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ text) =>
  writeFileSync(join(cwd, name), text);
write("live.ndjson", LIVE);
write("crash.json", recorded("automations/crash-zombie-flows.json"));
write("edited.json", JSON.stringify(edited));

/** @param {...string} args */
const tested = (...args) => run(["backtest", ...args], { cwd });

test("an automation that fired as on the server agrees", async () => {
  const { status, stdout, stderr } = await tested("crash.json", "--events", "live.ndjson");
  assert.equal(stderr, "");
  assert.match(stdout, /^Crash zombie flows {2}agrees$/m);
  assert.match(stdout, /^ {2}8 here and on the server$/m);
  assert.match(stdout, /^ {2}runs +2 finished, 6 silent \(here\)$/m);
  assert.match(stdout, /^ {4}expect\/after +108$/m);
  assert.match(stdout, /^ {4}server {2}[ ▁▂▃▄▅▆▇█]+$/m);
  assert.equal(status, 0);
});

test("an edited automation differs, in each format", async () => {
  const args = ["edited.json", "--events", "live.ndjson", "--format"];
  const pretty = await tested(...args, "pretty");
  assert.equal(pretty.status, 1);
  assert.match(pretty.stdout, /^ {2}`within` is 30 s on the server, 1 min here$/m);

  const json = await tested(...args, "json");
  assert.equal(json.status, 1);
  assert.deepEqual(
    JSON.parse(json.stdout),
    backtest(JSON.stringify(edited), LIVE),
    "the output is the result",
  );

  const { status, stdout } = await tested(...args, "junit");
  assert.equal(status, 1);
  assert.match(stdout, /^<testsuites name="prefect-events" tests="1" failures="1" errors="0">$/m);
  assert.match(stdout, /<testcase classname="edited.json" name="too short 30">/);
  assert.match(stdout, /<failure message="[^"]*" type="differs">only here: /);

  const github = await tested(...args, "github");
  assert.equal(github.status, 1);
  assert.match(github.stdout, /^::error file=edited\.json,title=backtest%3A too short 30::/);
});

test("automations can come from the events", async () => {
  const all = await tested("--all", "--events", "live.ndjson", "--format", "json");
  const result = JSON.parse(all.stdout);
  assert.equal(all.status, 0, all.stderr);
  const found = new Map(result.automations.map((/** @type {any} */ one) => [one.id, one]));
  for (const { id, name } of automations) assert.equal(found.get(id)?.name, name);
  const one = await tested("on crashed", "--events", "live.ndjson");
  assert.match(one.stdout, /^on crashed {2}agrees$/m);
  const unknown = await tested("on crush", "--events", "live.ndjson");
  assert.equal(unknown.status, 2);
  assert.equal(
    unknown.stderr,
    "prefect-events: on crush is neither a file nor an automation that the events describe\n",
  );
});

test("misuse and unreadable input have status 2", async () => {
  for (const args of [
    [],
    ["crash.json"],
    ["--all"],
    ["crash.json", "--all", "--events", "live.ndjson"],
  ])
    assert.equal((await tested(...args)).status, 2, args.join(" "));
  const missing = await tested("crash.json", "--events", "none.ndjson");
  assert.deepEqual([missing.status, missing.stdout], [2, ""]);
  assert.equal(missing.stderr, "prefect-events: none.ndjson does not exist\n");
  write("broken.ndjson", `${LIVE.toString().split("\n")[0]}\n{"id": 5}\n`);
  const broken = await tested("crash.json", "--events", "live.ndjson", "--events", "broken.ndjson");
  assert.equal(broken.status, 2);
  assert.match(broken.stdout, /^broken\.ndjson:2:1: error: .* \[scenario-event\]$/m);
  const named = await tested("crash.json", "--name", "other", "--events", "live.ndjson");
  assert.equal(named.status, 2);
  assert.match(named.stderr, /no automation is named `other`/);
});

test("a large file is read in parts, and an error has its line", async () => {
  const lines = LIVE.toString().trimEnd().split("\n");
  // Other events: more than is read at once.
  const other = JSON.stringify({
    id: "00000000-0000-4000-8000-000000000000",
    occurred: "2026-11-27T02:03:00Z",
    event: "acme.padding",
    resource: { "prefect.resource.id": "acme.padding", text: "x".repeat(1000) },
  });
  const padding = Array.from({ length: 12_000 }, (_, index) =>
    other.replace("000000000000", String(index).padStart(12, "0")),
  );
  write("large.ndjson", `${[...lines, ...padding].join("\n")}\n`);
  const { status, stdout } = await tested("crash.json", "--events", "large.ndjson");
  assert.match(stdout, /^13,303 events, /);
  assert.match(stdout, /^ {2}8 here and on the server$/m);
  assert.equal(status, 0);
  write("large.ndjson", `${[...lines, ...padding, '{"id": 5}'].join("\n")}\n`);
  const broken = await tested("crash.json", "--events", "large.ndjson");
  assert.match(broken.stdout, /^large\.ndjson:13304:1: error: /);
  assert.equal(broken.status, 2);
});

const RUN = "timeout-1";

test("why explains a run, with and without a file of automations", async () => {
  const why = (/** @type {string[]} */ ...args) =>
    run(["why", "--events", "live.ndjson", ...args], { cwd });
  const own = await why("--run", RUN);
  assert.equal(own.status, 0, own.stderr);
  assert.match(own.stdout, /^timeout-1 \(prefect\.flow-run\.3e5443d0-\S+\) {2}TimedOut$/m);
  assert.match(own.stdout, /^ {2}`Crash zombie flows` fired at 02:13:09 although the run had /m);
  const json = await why("--run", RUN, "--automation", "crash.json", "--format", "json");
  assert.deepEqual(
    JSON.parse(json.stdout),
    whyRun(LIVE, RUN, recorded("automations/crash-zombie-flows.json")),
  );
  const unknown = await why("--run", "nobody");
  assert.deepEqual([unknown.status, unknown.stdout], [2, ""]);
  assert.equal(
    unknown.stderr,
    "prefect-events: no run in these events has the name or id `nobody`\n",
  );
  assert.equal((await run(["why"], { cwd })).status, 2);
  const broken = await run(["why", "--run", RUN, "--events", "broken.ndjson"], { cwd });
  assert.equal(broken.status, 2);
  assert.match(broken.stderr, /the events cannot be read: /);
});

test("diff compares two versions, as a table", async () => {
  const old = automations.find(({ name }) => name === "Crash zombie flows");
  const longer = JSON.stringify({ ...old, trigger: { ...old.trigger, within: 150 } });
  write("longer.json", longer);
  const diff = (/** @type {string[]} */ ...args) =>
    run(["diff", "crash.json", "longer.json", "--events", "live.ndjson", ...args], { cwd });
  const pretty = await diff();
  assert.equal(pretty.status, 0, pretty.stderr);
  assert.match(pretty.stdout, / fires 1 min later$/m);
  const markdown = await diff("--format", "markdown", "--exit-code");
  assert.equal(markdown.status, 1);
  assert.match(
    markdown.stdout,
    /^\*\*Crash zombie flows\*\*: .*\.\n\n\| Run \| State \| Old \| New \|/,
  );
  const json = await diff("--format", "json");
  assert.deepEqual(JSON.parse(json.stdout), compareAutomations(JSON.stringify(old), longer, LIVE));
  const same = await run(
    ["diff", "crash.json", "crash.json", "--events", "live.ndjson", "--exit-code"],
    { cwd },
  );
  assert.equal(same.status, 0);
  write("none.json", "{}");
  const broken = await run(["diff", "crash.json", "none.json", "--events", "live.ndjson"], { cwd });
  assert.equal(broken.status, 2);
  assert.match(broken.stdout, /^none\.json:1:1: error: /);
});

test("test --update freezes firings, and test fails on a change", async () => {
  const scenario = (/** @type {number} */ within) => `# Zombies.
automation:
  trigger: # as deployed
    posture: Proactive
    after: [prefect.flow-run.heartbeat]
    expect: [prefect.flow-run.*]
    for_each: [prefect.resource.id]
    within: ${within}
heartbeat: { frequency: 30 }
runs: [{ name: zombie, dies: 2m }, { name: healthy, ends: 10m }] # two
`;
  write("golden.yaml", scenario(90));
  const updated = await run(["test", "--update", "golden.yaml"], { cwd });
  assert.equal(updated.stdout, "ok golden.yaml: scenario 1\n3 expectations met\n");
  const frozen = readFileSync(join(cwd, "golden.yaml"), "utf8");
  assert.equal(frozen, freezeFirings(scenario(90)));
  assert.ok(frozen.startsWith(scenario(90).trimEnd()), frozen);
  assert.equal((await run(["test", "golden.yaml"], { cwd })).status, 0);
  write("golden.yaml", frozen.replace("within: 90", "within: 20"));
  const changed = await run(["test", "golden.yaml"], { cwd });
  assert.equal(changed.status, 1);
  assert.match(changed.stdout, /expected: run healthy never fires; actual: it fired \d+ times/);
  assert.equal((await run(["test", "--update", "golden.yaml"], { cwd })).status, 0);
  assert.equal((await run(["test", "golden.yaml"], { cwd })).status, 0);
  const bad = await run(["test", "--update", "-"], { cwd, input: scenario(90) });
  assert.equal(bad.status, 2);
  write("read-only.yaml", scenario(90));
  chmodSync(join(cwd, "read-only.yaml"), 0o444);
  const { stderr } = await run(["test", "--update", "read-only.yaml"], { cwd });
  assert.match(stderr, /^prefect-events: read-only\.yaml is read-only: not updated$/m);
  write("bad.yaml", "automation: nothing\n");
  assert.equal((await run(["test", "--update", "bad.yaml"], { cwd })).status, 2);
  assert.equal(readFileSync(join(cwd, "bad.yaml"), "utf8"), "automation: nothing\n");
});
