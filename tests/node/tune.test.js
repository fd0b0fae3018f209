// Windows over heartbeats: the functions of `prefect-events/live` and the command `advise`.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { observeHeartbeats, renderWindowCurve, windowCurve } from "../../pkg/entries/live.node.js";
import { REAL } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();

const FLEET = { frequency: "1m", within: 180, loss: "2%", runs: 500 };

test("the curve by formula", () => {
  const curve = windowCurve(FLEET);
  assert.equal(curve.best, 302);
  assert.equal(curve.assumptions.period, 60.015);
  const present = curve.windows.find(({ present }) => present);
  assert.equal(present?.within, 180);
  assert.equal(present?.meetsTarget, false);
  assert.equal(present?.falseAlarms.method, "formula");
  assert.equal(present?.falseAlarms.low, present?.falseAlarms.high);
  const rates = curve.windows.map(({ falseAlarms }) => falseAlarms.per1000RunHours);
  assert.deepEqual(
    rates,
    rates.toSorted((one, other) => other - one),
  );
});

test("the same seed gives the same simulation, another one another", () => {
  const options = { ...FLEET, jitter: 5, outage: "30s/day", runHours: 200_000 };
  const [one, again, other] = [0, 0, 1].map((seed) => windowCurve({ ...options, seed }));
  assert.deepEqual(one, again);
  assert.notDeepEqual(one?.windows, other?.windows);
  const simulated = one?.windows.find(({ present }) => present);
  assert.equal(simulated?.falseAlarms.method, "simulation");
  const { per1000RunHours, low, high } = simulated?.falseAlarms ?? { low: 0, high: 0 };
  assert.ok(low < Number(per1000RunHours) && Number(per1000RunHours) < high);
  // The formula for losses alone is near.
  assert.ok(low < 25 && high > 22, JSON.stringify(simulated));
});

test("options that make no sense are misuse", () => {
  for (const [options, message] of /** @type {[object, RegExp][]} */ ([
    [{ loss: 1.5 }, /the option `loss` must be a number from 0 to 1, .*, not `1.5`$/],
    [{ loss: "95%" }, /`loss` must be a number from 0 to 0.9/],
    [{ jitter: 200 }, /`jitter` must be not negative, and shorter/],
    [{ outage: "2d/day" }, /`outage` must be a span in a longer one/],
    [{ outage: "30s" }, /the option `outage` must be a span in a longer one, .*, not `30s`$/],
    [
      { target: "many" },
      /the option `target` must be a number of false alarms in a time, .*, not `many`$/,
    ],
    [{ within: 5 }, /`within` must be at least 10 seconds/],
    [{ windows: [] }, /`windows` must be a list of 1 to 100 windows/],
    [{ runs: null }, /the option `runs` must be a whole number from 0 to 4294967295, not null$/],
    [{ seed: 1.5 }, /`seed` must be a whole number, 0 or more, not `1.5`$/],
    [{ hours: null }, /the option `hours` must be a number, not null$/],
    [{ runHours: "9" }, /`runHours` must be a whole number from 0 to 4294967295, not "9"$/],
    [{ windows: 60 }, /the option `windows` must be a list, not `60`$/],
    [{ tick: Number.NaN }, /`tick` is NaN$/],
    [{ windwos: [60] }, /unknown option `windwos`: did you mean `windows`\?/],
  ]))
    assert.throws(() => windowCurve(options), { name: "TypeError", message });
});

test("the curve as text", () => {
  const text = renderWindowCurve(FLEET);
  assert.match(text, /^Heartbeats every 60.015 s: 2 % lost\n500 runs alive at any time/);
  assert.match(text, /\n▸ +180 s +1 +23\.5 /);
  assert.match(text, /\n✓ +302 s +4 /);
  assert.match(text, /\nExact, by formula\.\nwithin 302 s is the shortest of these windows/);
  assert.equal(JSON.parse(renderWindowCurve(FLEET, { format: "json" })).best, 302);
});

test("advise with assumptions", async () => {
  const args = ["advise", "--frequency", "1m", "--within", "3m", "--loss", "2%", "--runs", "500"];
  const { status, stdout } = await run(args, { cwd });
  assert.equal(status, 0);
  assert.equal(stdout, renderWindowCurve(FLEET));
  const json = await run([...args, "--format", "json"], { cwd });
  assert.deepEqual(JSON.parse(json.stdout), windowCurve(FLEET));
  const wrong = await run([...args, "--expect", "a"], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--loss cannot be combined with --expect/);
  const missing = await run(["advise", "--loss", "2%"], { cwd });
  assert.match(missing.stderr, /required option '--frequency <SPAN>' not specified/);
});

test("spans are accepted where seconds are", async () => {
  const [seconds, spans] = await Promise.all([
    run(["advise", "--frequency", "180", "--within", "540", "--tick", "5"], { cwd }),
    run(["advise", "--frequency", "3m", "--within", "9m", "--tick", "5s"], { cwd }),
  ]);
  assert.equal(spans.status, 0);
  assert.equal(spans.stdout, seconds.stdout);
  writeFileSync(
    join(cwd, "a.yaml"),
    "name: a\ntrigger: {posture: Proactive, within: 90}\nactions: []\n",
  );
  const check = (/** @type {string} */ span) =>
    run(["check", "--heartbeat-frequency", span, "a.yaml"], { cwd });
  assert.equal((await check("3m")).stdout, (await check("180")).stdout);
  assert.equal((await check("1.5s")).status, 2);
});

/** Heartbeats at these seconds, each with when it arrives. @param {string} run @param {[number, number][]} times */
function heartbeats(run, times, deployment = "d") {
  return times.map(([occurred, received]) => ({
    id: crypto.randomUUID(),
    event: "prefect.flow-run.heartbeat",
    occurred: new Date(occurred * 1000).toISOString(),
    received: new Date(received * 1000).toISOString(),
    resource: { "prefect.resource.id": `prefect.flow-run.${run}` },
    related: [
      {
        "prefect.resource.id": `prefect.deployment.${deployment}`,
        "prefect.resource.role": "deployment",
      },
      {
        "prefect.resource.id": "prefect.flow.f",
        "prefect.resource.role": "flow",
        "prefect.resource.name": "nightly",
      },
    ],
    payload: {},
  }));
}

const HOUR = Array.from({ length: 61 }, (_, minute) => minute * 60).filter(
  (second) => second !== 1200 && second !== 1260,
);

test("observed heartbeats", async () => {
  const late = HOUR.map((at) => /** @type {[number, number]} */ ([at, at + 0.5]));
  // Held back on the way, then at once.
  const burst = HOUR.map(
    (at) => /** @type {[number, number]} */ ([at, at >= 600 && at <= 720 ? 725 : at]),
  );
  const events = [...heartbeats("a", late), ...heartbeats("b", burst, "e")];
  const text = events.map((event) => JSON.stringify(event)).join("\n");
  const observed = await observeHeartbeats(text, { within: "3m" });
  assert.equal(observed.heartbeats, 2 * HOUR.length);
  const [one, other] = ["d", "e"].map((id) =>
    observed.deployments.find(({ deployment }) => deployment === `prefect.deployment.${id}`),
  );
  assert.equal(one?.flow, "nightly");
  assert.equal(one?.frequency, 60);
  assert.equal(one?.missed, 2);
  assert.equal(one?.gaps?.max, 180);
  assert.equal(one?.delays?.median, 0.5);
  // At 180 s the gap is exactly too long; its end arrives half a second later.
  assert.equal(one?.callsFor, 181);
  assert.equal(one?.windows.find(({ present }) => present)?.alarms, 1);
  assert.equal(other?.bursts, 1);
  assert.equal(other?.largestBurst, 3);
  // From 540 s to the heartbeat of 600 s, which was received at 725 s.
  assert.equal(other?.callsFor, 186);
  assert.equal(observed.callsFor, 186);
  // The same in parts, and as an array.
  const parts = (async function* () {
    for (let at = 0; at < text.length; at += 1000) yield text.slice(at, at + 1000);
  })();
  assert.deepEqual(await observeHeartbeats(parts, { within: 180 }), observed);
  assert.deepEqual(await observeHeartbeats(JSON.stringify(events), { within: 180 }), observed);
  await assert.rejects(observeHeartbeats(`${text}\n{"event"`), /line 119: this is not JSON/);
});

test("gaps in which the state of a run changes do not count", async () => {
  const beats = heartbeats("a", [
    [0, 0],
    [60, 60],
    [400, 400],
    [460, 460],
  ]);
  const state = { ...beats[1], id: crypto.randomUUID(), event: "prefect.flow-run.AwaitingRetry" };
  state.occurred = new Date(70_000).toISOString();
  const events = [beats[0], beats[1], state, beats[2], beats[3]];
  const { deployments } = await observeHeartbeats(JSON.stringify(events));
  assert.equal(deployments[0]?.interrupted, 1);
  assert.equal(deployments[0]?.gaps?.max, 60);
});

test("advise --events on events of a real server", async () => {
  writeFileSync(join(cwd, "real.ndjson"), REAL);
  const args = ["advise", "--events", "real.ndjson", "--within", "90"];
  const { status, stdout } = await run(args, { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /heartbeats of \d+ runs among [\d,]+ events/);
  const json = await run([...args, "--format", "json"], { cwd });
  assert.deepEqual(JSON.parse(json.stdout), await observeHeartbeats(REAL, { within: 90 }));
  const missing = await run(["advise", "--events", "none.ndjson"], { cwd });
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /none.ndjson does not exist/);
  const both = await run([...args, "--loss", "2%"], { cwd });
  assert.match(both.stderr, /--events cannot be combined with --loss/);
});
