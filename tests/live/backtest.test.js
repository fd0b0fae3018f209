// `backtest`, `why` and `diff` on a server whose automation marked a dead run.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { connect } from "../../pkg/entries/live.node.js";
import { folder } from "../node/helpers/run.js";
import { run, session } from "./helpers/session.js";

const { url, automation, runs } = session();
const settings = { PREFECT_API_URL: url };

test("the replay fires where the server fired, by name, by file and for all automations", async () => {
  const cwd = folder();
  const exported = await connect({ url }).automation(automation.id);
  writeFileSync(join(cwd, "automation.json"), JSON.stringify(exported));
  for (const which of [[automation.name], ["automation.json"], ["--all"]]) {
    const { status, stdout, stderr } = await run(
      ["backtest", ...which, "--since", "1h", "--format", "json"],
      settings,
      cwd,
    );
    assert.equal(status, 0, `${stderr}${stdout}`);
    const { automations } = JSON.parse(stdout);
    const [found] = automations.filter(
      (/** @type {{ name: string }} */ { name }) => name === automation.name,
    );
    assert.deepEqual([found.both, found.onlyHere, found.onlyRecorded], [1, [], []], stdout);
  }
  const { stdout } = await run(["backtest", automation.name, "--since", "1h"], settings);
  assert.match(stdout, /fired +1 here, 1 on the server/);
});

test("the cause of a run that was marked Crashed", async () => {
  for (const name of [runs.doomed.name, runs.doomed.id]) {
    const { status, stdout, stderr } = await run(["why", "--run", name, "--since", "1h"], settings);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(automation.name), stdout);
    assert.match(stdout, /heartbeat/);
  }
  const healthy = await run(["why", "--run", runs.steady.name, "--since", "1h"], settings);
  assert.equal(healthy.status, 0, healthy.stderr);
  assert.doesNotMatch(healthy.stdout, /marked/);
});

test("a longer window would not have fired yet", async () => {
  const cwd = folder();
  const exported = /** @type {any} */ (await connect({ url }).automation(automation.id));
  writeFileSync(join(cwd, "old.json"), JSON.stringify(exported));
  exported.trigger.within = 7200;
  writeFileSync(join(cwd, "new.json"), JSON.stringify(exported));
  const { status, stdout, stderr } = await run(
    ["diff", "old.json", "new.json", "--since", "1h", "--format", "markdown", "--exit-code"],
    settings,
    cwd,
  );
  assert.equal(status, 1, stderr);
  assert.match(stdout, /^\|/m);
  assert.ok(stdout.includes(runs.doomed.name) || stdout.includes(runs.doomed.id), stdout);
});
