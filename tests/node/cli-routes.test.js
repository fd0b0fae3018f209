// Which way a file travels, and that no command changes a file that it is not for.

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

test("an error is what the route refuses", async () => {
  const file = write("exported.json", EXPORTED);
  const usual = await run(["check", file], { cwd });
  assert.equal(usual.status, 0);
  assert.match(usual.stdout, /^info\[refused-by-the-api\]: .*`posture`.*`id` and `created`/);
  assert.match(usual.stdout, /\n1 automation in 1 file: 1 info\n$/);
  const api = await run(["check", "--route", "api", file], { cwd });
  assert.equal(api.status, 1);
  assert.match(api.stdout, /\n1 automation in 1 file: 3 errors/);
  const wrong = await run(["check", "--route", "ship", file], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /Allowed choices are api, cli, deploy, terraform/);
});

test("in JavaScript it is an option", () => {
  assert.equal(checkAutomation(EXPORTED).valid, true);
  assert.equal(checkAutomation(EXPORTED, { route: "cli" }).valid, true);
  assert.equal(checkAutomation(EXPORTED, { route: "api" }).errors, 3);
  assert.equal(checkAutomation(EXPORTED, { profile: "server" }).errors, 3);
  assert.throws(() => checkAutomation("{}", /** @type {any} */ ({ route: "ship" })), TypeError);
});

test("a file without automations is never nothing wrong", async () => {
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
    assert.doesNotMatch(stdout, /nothing wrong/);
  }
});

test("`validate --fix` changes nothing but events", async () => {
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

test("`check --fix` changes nothing but automations", async () => {
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

test("the commands name each other", async () => {
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

test("the output of `prefect event stream` is read as it is", () => {
  const event =
    '{"occurred": "2026-11-27 02:06:07.663071+00:00", "event": "a.b", "resource": {"prefect.resource.id": "acme.c"}, "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}';
  const report = validate(`Subscribing to event stream...\n${event}\n`);
  assert.deepEqual([report.count, report.diagnostics], [1, []]);
});
