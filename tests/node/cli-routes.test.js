// Routes of files, and commands do not change files that are for other commands.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { checkAutomation, validate } from "../../pkg/node.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
const write = (/** @type {string} */ name, /** @type {string} */ content) => {
  writeFileSync(join(cwd, name), content);
  return name;
};

const EXPORTED = JSON.stringify({
  name: "Cancel late runs",
  trigger: { type: "event", expect: ["prefect.flow-run.Late"] },
  actions: [{ type: "cancel-flow-run" }],
  id: "36f566ad-0868-4ea6-9a93-ed342844c69b",
  created: "2026-11-27T02:06:10.669464Z",
});
const DEPLOYMENT = `deployments:
  - name: nightly
    entrypoint: flows.py:nightly
    work_pool: {name: process}
`;
const PACKAGE = '{"name": "my-package", "version": "1.0.0", "type": "module", "data": {},}';

test("what the route rejects is an error", async () => {
  const file = write("exported.json", EXPORTED);
  const usual = await run(["check", file], { cwd });
  assert.equal(usual.status, 0);
  assert.match(usual.stdout, /^info\[rejected-by-the-api\]: .*`posture`.*`id` and `created`/);
  assert.match(usual.stdout, /\n1 automation in 1 file: 1 info\n$/);
  const api = await run(["check", "--route", "api", file], { cwd });
  assert.equal(api.status, 1);
  assert.match(api.stdout, /\n1 automation in 1 file: 3 errors/);
  const wrong = await run(["check", "--route", "ship", file], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /Allowed choices are api, cli, deploy, terraform/);
});

test("in JavaScript the route is an option", () => {
  assert.equal(checkAutomation(EXPORTED).valid, true);
  assert.equal(checkAutomation(EXPORTED, { route: "cli" }).valid, true);
  assert.equal(checkAutomation(EXPORTED, { route: "api" }).errors, 3);
  assert.equal(checkAutomation(EXPORTED, { profile: "server" }).errors, 3);
  assert.throws(() => checkAutomation("{}", /** @type {any} */ ({ route: "ship" })), TypeError);
});

test("a file without automations is never reported as valid", async () => {
  for (const [name, text, said] of /** @type {[string, string, RegExp][]} */ ([
    ["prefect.yaml", DEPLOYMENT, /^info\[nothing-to-check\]/],
    ["package.json", PACKAGE.replace(",}", "}"), /^error\[not-automations\]/],
    ["empty.json", "[]", /^info\[nothing-to-check\]/],
    [
      "main.tf",
      'resource "prefect_automation" "a" {\n}\n',
      /^error\[unreadable-form\].*\n.*\n.*\n.*\n.*\n.*terraform show -json/,
    ],
  ])) {
    const { stdout } = await run(["check", write(name, text)], { cwd });
    assert.match(stdout, said, name);
    assert.doesNotMatch(stdout, /no problems found/);
  }
});

test("`validate --fix` only changes events", async () => {
  for (const [name, text] of /** @type {[string, string][]} */ ([
    ["package.json", PACKAGE],
    ["automation.json", EXPORTED.replace('"type"', '"tpye"')],
    ["automations.ndjson", `${EXPORTED}\n${EXPORTED}\n`],
    ["prefect.yaml", `${DEPLOYMENT}    trigers: [{expect: [a.b]}]\n`],
    ["scenario.json", '{"automation": "crash-zombie-flows", "runs": [],}'],
  ])) {
    write(name, text);
    const { status, stdout } = await run(["validate", "--fix", name], { cwd });
    assert.equal(status, 1, name);
    assert.doesNotMatch(stdout, /fixed|fixable/, name);
    assert.equal(readFileSync(join(cwd, name), "utf8"), text);
  }
});

test("`check --fix` only changes automations", async () => {
  const event = '{"event": "a", "resource": {},}';
  for (const [name, text] of /** @type {[string, string][]} */ ([
    ["package.json", PACKAGE],
    ["event.json", event],
  ])) {
    write(name, text);
    const { status } = await run(["check", "--fix", name], { cwd });
    assert.equal(status, 1, name);
    assert.equal(readFileSync(join(cwd, name), "utf8"), text);
  }
});

test("each command refers to the right one for the file", async () => {
  const automation = await run(["validate", write("a.json", EXPORTED)], { cwd });
  assert.match(
    automation.stdout,
    /this is an automation, not an event[\s\S]*`prefect-events check`/,
  );
  const event = '{"event": "a", "resource": {"prefect.resource.id": "b"}}';
  const events = await run(["check", write("e.json", event)], { cwd });
  assert.match(
    events.stdout,
    /this is an event, not an automation[\s\S]*`prefect-events validate`/,
  );
});

test("a document that is not a scenario is named, with the commands for it", async () => {
  const event = '{"event": "a", "resource": {"prefect.resource.id": "b"}}';
  /** @type {[string, RegExp][]} */
  const cases = [
    [
      write("a.json", EXPORTED),
      /this is an automation, not a scenario[\s\S]*check it with `prefect-events check`/,
    ],
    [
      write("b.yaml", DEPLOYMENT),
      /this is a `prefect.yaml`, not a scenario[\s\S]*`prefect-events check`/,
    ],
    [
      write("e.json", event),
      /this is an event, not a scenario[\s\S]*check it with `prefect-events validate`/,
    ],
    [
      write("e2.json", `[${event},${event}]`),
      /this is a list of events, not a scenario[\s\S]*`prefect-events validate`/,
    ],
    [write("l.json", `[${EXPORTED},${EXPORTED}]`), /this is a list of automations, not a scenario/],
  ];
  for (const [file, expected] of cases) {
    for (const command of ["simulate", "test"]) {
      const { stdout, status } = await run([command, file], { cwd });
      assert.match(stdout, expected, `${command} ${file}`);
      assert.equal(stdout.match(/error\[/g)?.length, 1, stdout);
      assert.equal(status, 2);
    }
  }
  const { stdout } = await run(["simulate", "a.json"], { cwd });
  assert.match(stdout, /`prefect-events simulate --automation FILE --events EVENTS`/);
});

test("Terraform's configuration in JSON is named, with the command that prints its plan", async () => {
  const trigger = { event: { posture: "Reactive", expect: ["prefect.flow-run.Late"] } };
  const file = write(
    "main.tf.json",
    JSON.stringify({ resource: { prefect_automation: { late: { name: "late", trigger } } } }),
  );
  for (const args of [
    ["check", file],
    ["validate", file],
    ["test", file],
    ["simulate", "--automation", file, "--events", write("none.json", "[]")],
  ]) {
    const { stdout, status } = await run(args, { cwd });
    assert.match(
      stdout,
      /this is Terraform's configuration, (which is not supported|not an event)/,
    );
    assert.match(stdout, /terraform show -json plan > plan\.json/, stdout);
    assert.notEqual(status, 0);
  }
});

test("the output of `prefect event stream` is accepted", () => {
  const event =
    '{"occurred": "2026-11-27 02:06:07.663071+00:00", "event": "a.b", "resource": {"prefect.resource.id": "acme.c"}, "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}';
  const report = validate(`Subscribing to event stream...\n${event}\n`);
  assert.deepEqual([report.count, report.diagnostics], [1, []]);
});
