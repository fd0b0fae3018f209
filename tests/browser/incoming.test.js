// Dropped and pasted inputs are recognised, and open in the right view, whichever view is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();

const AUTOMATION = `# Late runs.
name: Cancel late runs
trigger:
  posture: Reactive
  expect: [prefect.flow-run.Late]
actions: [{type: cancel-flow-run}]
`;
const TERRAFORM = JSON.stringify({
  format_version: "1.0",
  terraform_version: "1.9.0",
  values: {
    root_module: {
      resources: [
        {
          address: "prefect_automation.late",
          type: "prefect_automation",
          name: "late",
          values: {
            name: "From Terraform",
            trigger: {
              event: { posture: "Reactive", expect: ["a"], threshold: 1, within: 0 },
            },
            actions: [{ type: "do-nothing" }],
          },
        },
      ],
    },
  },
});
const SCENARIO = `automation: crash-zombie-flows
runs:
  - {name: lonely, starts: 0s, dies: 1m}
`;
/** @param {number} at */
const beat = (at) => ({
  id: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
  event: "prefect.flow-run.heartbeat",
  occurred: new Date(Date.UTC(2026, 2, 1, 12) + at * 1000).toISOString(),
  resource: {
    "prefect.resource.id": "prefect.flow-run.00000000-0000-4000-8000-000000000001",
    "prefect.resource.name": "captured",
  },
});
const EVENTS = [0, 30, 60].map((at) => `${JSON.stringify(beat(at))}\n`).join("");

/** @type {{ what: string, text: string, shows: string }[]} */
const PLAYED = [
  { what: "an automation", text: AUTOMATION, shows: "Cancel late runs" },
  {
    what: "a list of automations",
    text: `[${JSON.stringify({ name: "Listed", trigger: { posture: "Reactive", expect: ["a"] }, actions: [] })}]`,
    shows: "Listed",
  },
  {
    what: "a trigger",
    text: "posture: Reactive\nexpect: [acme.order.created]\n",
    shows: "acme.order.created",
  },
  {
    what: "a prefect.yaml",
    text: "name: a\ndeployments:\n  - name: b\n    triggers:\n      - expect: [prefect.flow-run.Failed]\n",
    shows: "deployments",
  },
  { what: "Terraform's JSON", text: TERRAFORM, shows: "From Terraform" },
  { what: "a scenario", text: SCENARIO, shows: "lonely" },
];

/** Pastes like a user who has not focused a field. @param {Page} page @param {string} text */
async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.keyboard.press("ControlOrMeta+v");
}

/** @param {Page} page @param {{ name: string, text: string }[]} files */
async function drop(page, files) {
  const data = await page.evaluateHandle((files) => {
    const data = new DataTransfer();
    for (const { name, text } of files) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.locator("footer").dispatchEvent("dragover", { dataTransfer: data });
  await page.locator("main.dropping").waitFor();
  await page.locator("footer").dispatchEvent("drop", { dataTransfer: data });
  assert.equal(await page.locator("main.dropping").count(), 0);
}

/** @param {Page} page @param {string} text */
const holds = (page, text) => page.locator(".cm-content", { hasText: text }).first().waitFor();

for (const { what, text, shows } of PLAYED)
  test(`${what} opens in Simulate, pasted or dropped`, async () => {
    for (const view of ["validate", "build", "simulate"]) {
      const { page, failures } = await open(`#${view}`);
      await paste(page, text);
      await page.locator("view-simulate").waitFor();
      await holds(page, shows);
      assert.equal(await page.getByText("cannot be played").count(), 0);
      assert.deepEqual(failures, [], view);
    }
    const { page, failures } = await open("#build");
    await drop(page, [{ name: "unnamed.txt", text }]);
    await page.locator("view-simulate").waitFor();
    await holds(page, shows);
    await page.waitForURL(/#simulate\/./);
    await page.goBack();
    await page.locator("view-build").waitFor();
    assert.deepEqual(failures, []);
  });

test("events open in Validate, or are played if Simulate is open", async () => {
  for (const view of ["validate", "build"]) {
    const { page } = await open(`#${view}`);
    await paste(page, EVENTS);
    await page.locator("#verdict", { hasText: "in 3 events" }).waitFor();
    await drop(page, [{ name: "one.json", text: JSON.stringify(beat(0)) }]);
    await page.locator("#verdict", { hasText: "in 1 event" }).waitFor();
  }
  const { page } = await open("#simulate");
  await paste(page, EVENTS);
  await page.getByRole("button", { name: "Back to the runs" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: "captured" }).first().waitFor();
  // Together with an automation, from any view.
  const other = await open("#validate");
  await drop(other.page, [
    { name: "events.ndjson", text: EVENTS },
    { name: "mine.yaml", text: AUTOMATION.replace("Late]", "heartbeat]") },
  ]);
  await other.page.getByRole("button", { name: "Back to the runs" }).waitFor();
  await other.page
    .getByRole("region", { name: "The outcome" })
    .filter({ hasText: "Fires 3 times" })
    .waitFor();
  // Validate opens one of several files of events.
  const third = await open("#validate");
  await drop(third.page, [
    { name: "a.ndjson", text: EVENTS },
    { name: "b.ndjson", text: EVENTS },
  ]);
  await third.page.getByText("Only a.ndjson is open").waitFor();
});

test("a scenario replaces captured events", async () => {
  const { page } = await open("#simulate");
  await paste(page, EVENTS);
  await page.getByRole("button", { name: "Back to the runs" }).waitFor();
  await paste(page, SCENARIO);
  await page.getByRole("heading", { name: "Scenario" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: "lonely" }).first().waitFor();
});

test("a document that must be converted first is reported, with instructions", async () => {
  const { page } = await open("#simulate");
  await paste(page, 'resource "prefect_automation" "late" {\n  name = "late"\n}\n');
  await page.locator("view-validate").waitFor();
  await page.getByText("terraform show -json").waitFor();
});

test("other text opens no view, and text pasted into a field stays in the field", async () => {
  const { page, failures } = await open("#build");
  await paste(page, "hello world");
  await page.getByText("This text is not recognised").waitFor();
  await assertAccessible(page, "with what is not recognised");
  const name = page.getByRole("combobox", { name: "Event", exact: true });
  await page.evaluate((text) => navigator.clipboard.writeText(text), AUTOMATION);
  await name.focus();
  await page.keyboard.press("ControlOrMeta+v");
  assert.match(await name.inputValue(), /Cancel late runs/);
  assert.equal(await page.locator("view-build").count(), 1);
  // Broken JSON opens with its mistake.
  await paste(page, '{"event": "prefect.flow-run.Running", "x": tru');
  await page.locator("#verdict", { hasText: "error" }).waitFor();
  // Screen readers' announcement of it may still be there.
  await page.locator("main > .notice").waitFor({ state: "detached" });
  // A focused radio button accepts no text.
  await page.getByText("Server only").click();
  await page.evaluate((text) => navigator.clipboard.writeText(text), EVENTS);
  await page.keyboard.press("ControlOrMeta+v");
  await page.locator("#verdict", { hasText: /3 events/ }).waitFor();
  assert.deepEqual(failures, []);
});

test("what is not recognised opens no view, and its notice goes away", async () => {
  const { page, failures } = await open("#build");
  const notice = page.locator("main > .notice");
  const build = page.locator("view-build");
  await build.waitFor();
  for (const text of ["hello world", '{"hello": tru', "[1, 2", '{"a": 1}']) {
    await paste(page, text);
    await notice.filter({ hasText: "This text is not recognised" }).waitFor();
    assert.equal(await build.count(), 1, text);
    // Entering something is going on.
    const name = page.getByRole("combobox", { name: "Event", exact: true });
    await name.fill("prefect.flow-run.Failed");
    await name.press("Enter");
    await name.fill("acme.paid");
    await name.press("Enter");
    await notice.waitFor({ state: "detached" });
  }
  await drop(page, [{ name: "notes.txt", text: "hello" }]);
  await notice.filter({ hasText: "notes.txt is not recognised" }).waitFor();
  assert.equal(await build.count(), 1);
  // Of several files, the others are open.
  await drop(page, [
    { name: "notes.txt", text: "hello" },
    { name: "one.json", text: JSON.stringify(beat(0)) },
  ]);
  await page.locator("#verdict", { hasText: "in 1 event" }).waitFor();
  await notice.filter({ hasText: "notes.txt is not recognised" }).waitFor();
  await paste(page, EVENTS);
  await page.locator("#verdict", { hasText: "in 3 events" }).waitFor();
  assert.equal(await notice.count(), 0);
  // Where events are checked anyway, the mistake is shown.
  await drop(page, [{ name: "broken.json", text: '{"hello": tru' }]);
  await page.locator("#verdict", { hasText: "error" }).waitFor();
  await holds(page, "hello");
  assert.equal(await notice.count(), 0);
  assert.deepEqual(failures, []);
});

test("a notice outlasts the loading of the view", async () => {
  const { page, failures } = await open("#build", {}, async (context) => {
    await context.route(/catalogue[^/]*\.js$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await route.continue();
    });
  });
  await paste(page, "hello world");
  const notice = page.locator("main > .notice", { hasText: "This text is not recognised" });
  await notice.waitFor();
  const valid = page.getByText("✓ Valid.");
  assert.equal(await valid.count(), 0);
  await valid.waitFor();
  assert.equal(await notice.count(), 1);
  assert.deepEqual(failures, []);
});

test("of inputs in quick succession, the last one stays", async () => {
  /** @param {Page} page @param {string[]} texts */
  const dropAll = (page, texts) =>
    page.evaluate((texts) => {
      for (const text of texts) {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], "dropped"));
        const options = { dataTransfer, bubbles: true, cancelable: true };
        document.querySelector("footer")?.dispatchEvent(new DragEvent("drop", options));
      }
    }, texts);
  // Its recognition lasts longer than that of the others.
  const many = Array.from({ length: 2000 }, (_, at) => `${JSON.stringify(beat(at))}\n`).join("");
  const { page, failures } = await open("#build");
  await dropAll(page, [many, EVENTS]);
  // The view's own example has one event.
  await page.locator("#verdict", { hasText: "in 3 events" }).waitFor();
  await page.waitForTimeout(500);
  assert.match((await page.locator("#verdict").textContent()) ?? "", /in 3 events/);
  await dropAll(page, [many, AUTOMATION, SCENARIO, AUTOMATION]);
  await page.locator("view-simulate").waitFor();
  await holds(page, "Cancel late runs");
  await page.waitForTimeout(500);
  await holds(page, "Cancel late runs");
  await dropAll(page, [AUTOMATION, EVENTS]);
  await page.getByRole("button", { name: "Back to the runs" }).waitFor();
  await holds(page, "Cancel late runs");
  assert.deepEqual(failures, []);
});
