// The editors propose keys and values by the JSON Schema of what their text is recognised as, in YAML and in JSON.

import assert from "node:assert/strict";
import { test } from "node:test";

import { thePage } from "./helpers/page.js";

const open = thePage();

const TRIGGER = "name: n\ntrigger:\n  type: event\n  posture: Reactive\n";

const SIMULATE = ".document .cm-content";
const VALIDATE = ".editor-place .cm-content";

/**
 * The proposals after a text, in an editor.
 * @param {import("playwright-core").Page} page
 * @param {string} text
 * @param {string} typed
 * @param {string} [editor]
 */
async function proposed(page, text, typed, editor = SIMULATE) {
  const content = page.locator(editor);
  await content.focus();
  await page.keyboard.press("ControlOrMeta+A");
  // Like pasted text: the editor does not indent or close anything.
  await page.keyboard.insertText(text);
  await page.keyboard.type(typed);
  const options = page.locator(".cm-tooltip-autocomplete li");
  await options.first().waitFor();
  return await options.locator(".cm-completionLabel").allInnerTexts();
}

test("keys, events, labels, roles, actions and states are proposed in YAML", async () => {
  const { page, failures } = await open("#simulate");
  for (const [text, typed, wanted, unwanted] of [
    [`${TRIGGER}  `, "fo", "for_each", "actions"],
    [`${TRIGGER}  expect:\n    - `, "Fail", "prefect.flow-run.Failed", "flow"],
    [`${TRIGGER}  expect: [`, "Fail", "prefect.flow-run.Failed", "flow"],
    [`${TRIGGER}  match:\n    `, "state", "prefect.state-type", "prefect.resource.role"],
    [`${TRIGGER}  match_related:\n    prefect.resource.role: `, "deploy", "deployment", "flow-run"],
    [`${TRIGGER}actions:\n  - type: `, "run", "run-deployment", "event"],
    [`${TRIGGER}actions:\n  - type: change-flow-run-state\n    `, "m", "message", "body"],
    [
      `${TRIGGER}actions:\n  - type: change-flow-run-state\n    state: `,
      "CR",
      "CRASHED",
      "Crashed",
    ],
  ]) {
    const found = await proposed(page, String(text), String(typed));
    assert.ok(found.includes(String(wanted)), `${text}${typed}: ${found.slice(0, 20)}`);
    assert.ok(!found.includes(String(unwanted)), `${text}${typed}: ${found.slice(0, 20)}`);
  }
  // It is written as YAML.
  await proposed(page, `${TRIGGER}  `, "for_e");
  await page.waitForTimeout(100);
  await page.keyboard.press("Enter");
  await page.locator(".document .cm-line", { hasText: /^ {2}for_each: $/ }).waitFor();
  assert.deepEqual(failures, []);
});

test("keys and events are proposed in JSON", async () => {
  const { page, failures } = await open("#simulate");
  const start = '{"name": "n", "trigger": {"type": "event", ';
  assert.ok((await proposed(page, start, '"fo')).includes("for_each"));
  const events = await proposed(page, `${start}"expect": [`, '"Fail');
  assert.ok(events.includes("prefect.flow-run.Failed"), String(events));
  assert.deepEqual(failures, []);
});

test("the automation in a scenario, and the scenario, are proposed", async () => {
  const { page, failures } = await open("#simulate");
  const scenario = "automation:\n  trigger:\n    type: event\n";
  const events = await proposed(page, `${scenario}    expect:\n      - `, "Fail");
  assert.ok(events.includes("prefect.flow-run.Failed"), String(events));
  const actions = await proposed(page, `${scenario}  actions:\n    - type: `, "run");
  assert.ok(actions.includes("run-deployment"), String(actions));
  const keys = await proposed(
    page,
    "automation: crash-zombie-flows\nruns:\n  - name: a\n    ",
    "d",
  );
  assert.ok(keys.includes("dies") && keys.includes("deployment"), String(keys));
  assert.deepEqual(failures, []);
});

/** Of each recognised form: a text, what is typed after it, what is proposed, and what is not. */
const FORMS = [
  ["an event", '{"event": ', '"flow-run.Cr', "prefect.flow-run.Crashed", "crash-zombie-flows"],
  [
    "a prefect.yaml",
    "name: p\ndeployments:\n  - name: d\n    triggers:\n      - expect: [a.b]\n        ",
    "sch",
    "schedule_after",
    "actions",
  ],
  ["an event again", '{"event": ', '"flow-run.Cr', "prefect.flow-run.Crashed", "schedule_after"],
  ["an automation", `${TRIGGER}actions:\n  - type: `, "run", "run-deployment", "event"],
  ["an automation in JSON", '{"trigger": {"expect": [', '"Fail', "prefect.flow-run.Failed", "flow"],
  ["a list of automations", `- ${TRIGGER.replaceAll("\n", "\n  ")}`, "act", "actions", "for_each"],
  ["a trigger", "posture: Reactive\nexpect: [a.b]\n", "thr", "threshold", "trigger"],
  ["a deployment's trigger", "expect: [a.b]\nschedule_after: 60\n", "par", "parameters", "trigger"],
  [
    "triggers of a deployment",
    "triggers:\n  - expect: [a.b]\n    ",
    "sch",
    "schedule_after",
    "tags",
  ],
  ["a scenario", "automation: crash-zombie-flows\n", "serv", "server_version", "trigger"],
  [
    "an automation in a scenario",
    '{"runs": [], "automation": {"trigger": {"type": "event", ',
    '"fo',
    "for_each",
    "runs",
  ],
];

test("in Validate, each recognised form is completed by its schema, whatever was there before", async () => {
  const { page, failures } = await open("#validate");
  await page.locator(VALIDATE).waitFor();
  for (const [what, text = "", typed = "", wanted = "", unwanted] of FORMS) {
    const found = await proposed(page, text, typed, VALIDATE);
    assert.ok(found.includes(wanted), `${what}: ${found.slice(0, 20)}`);
    assert.ok(!found.includes(String(unwanted)), `${what}: ${found.slice(0, 20)}`);
  }
  // Again an event, and a text that is not recognised yet.
  const [, text = "", typed = "", wanted = ""] = FORMS[0] ?? [];
  assert.ok((await proposed(page, text, typed, VALIDATE)).includes(wanted));
  assert.ok((await proposed(page, "{", '"occ', VALIDATE)).includes("occurred"));
  assert.deepEqual(failures, []);
});

test("an error in the syntax does not change what is proposed", async () => {
  const { page, failures } = await open("#validate");
  const editor = page.locator(VALIDATE);
  await editor.waitFor();
  const text = '{"name": "n", "trigger": {"type": "event", "posture": "Reactive"}}';
  assert.ok((await proposed(page, text.slice(0, -2), ', "fo', VALIDATE)).includes("for_each"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
  await page.getByRole("button", { name: "Open it in Simulate" }).waitFor();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.insertText("\n\n");
  await page.keyboard.press("ArrowUp");
  // The rest cannot be read while this key is written.
  await page.keyboard.type('"des');
  const options = page.locator(".cm-tooltip-autocomplete li");
  await options.filter({ hasText: "description" }).waitFor();
  assert.deepEqual(failures, []);
});
