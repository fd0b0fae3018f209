// The automation's editor proposes keys and values by the JSON Schema of automations, in YAML and in JSON.

import assert from "node:assert/strict";
import { test } from "node:test";

import { thePage } from "./helpers/page.js";

const open = thePage();

const TRIGGER = "name: n\ntrigger:\n  type: event\n  posture: Reactive\n";

/**
 * The proposals after a text, in the automation's editor.
 * @param {import("playwright-core").Page} page
 * @param {string} text
 * @param {string} typed
 */
async function proposed(page, text, typed) {
  const content = page.locator(".document .cm-content");
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
