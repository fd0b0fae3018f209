// The view Simulate: what the actions of a chosen firing do.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

const open = thePage();

const AUTOMATION = `name: failures
trigger:
  type: event
  posture: Reactive
  expect: [prefect.flow-run.Failed]
  match: {prefect.resource.id: "prefect.flow-run.*"}
  for_each: [prefect.resource.id]
  threshold: 1
  within: 0
actions:
  - type: send-notification
    block_document_id: 01a1ffe4-419a-726f-8626-5e21f619db83
    subject: "{{ flow_run.name }} failed"
    body: "Day {{ flow_run.parameters.day }} of {{ flow_rum.name }}: {{ event.resource.id }}"
`;
const SCENARIO = `scenario: a run fails
automation:
${AUTOMATION.replace(/^(?=.)/gm, "  ")}start: 2026-03-01T12:00:00Z
end: 10m
runs:
  - {name: brave-otter, ends: 2m, state: Failed}
`;

/** @param {import("playwright-core").Page} page */
const panel = (page) => page.getByRole("region", { name: "What the actions do" });

/** @param {import("playwright-core").Page} page */
async function choose(page) {
  const editor = page.locator("view-simulate .cm-content");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(SCENARIO);
  // Until then, the decisions are those of the text before.
  await page.locator("simulate-decisions li", { hasText: "brave-otter" }).first().waitFor();
  await page.locator("simulate-decisions .kind.fired").first().click();
  await panel(page).waitFor();
}

test("a notification is rendered, with what is undefined and what only the server knows", async () => {
  const { page, failures } = await open("#simulate");
  await choose(page);
  const shown = panel(page);
  await shown.getByText("brave-otter failed", { exact: true }).waitFor();
  await shown.getByText("flow_rum.name").first().waitFor();
  await shown.getByText("renders to nothing").first().waitFor();
  await shown.getByText("only the server knows it").first().waitFor();
  await shown.getByRole("textbox").fill('{"flow_run": {"parameters": {"day": 3}}}');
  await shown.getByRole("textbox").blur();
  await shown.getByText("Day 3 of").waitFor();
  await shown.getByRole("textbox").fill("{");
  await shown.getByRole("textbox").blur();
  await shown.getByRole("alert").filter({ hasText: "These objects are not JSON" }).waitFor();
  assert.deepEqual(failures, []);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"]))
  test(`axe finds nothing wrong, ${colorScheme}`, async () => {
    const { page } = await open("#simulate", {
      colorScheme,
      viewport: { width: 390, height: 900 },
    });
    await choose(page);
    await panel(page).getByText("brave-otter failed", { exact: true }).waitFor();
    await assertAccessible(page, "simulate-actions");
  });
