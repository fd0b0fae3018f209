// The view Build: an event from a form, a run, and their use in other views.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toCurl, toPython, validate } from "prefect-events";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();

/** @param {Page} page */
const verdict = (page) => page.locator(".verdict");
/** @param {Page} page */
const event = async (page) => JSON.parse(await page.getByRole("tabpanel").innerText());
/** @param {Page} page */
const combobox = (page) => page.getByRole("combobox", { name: "Event", exact: true });
/** @param {Page} page @param {string} key */
const field = (page, key) => page.locator(`#field-${key.replaceAll(".", "-")}`);

/** @param {Page} page @param {string} name */
async function choose(page, name) {
  await combobox(page).fill(name);
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    (name) => document.querySelector("#view")?.textContent?.includes(`"event": "${name}"`),
    name,
  );
}

/** @param {Page} page @param {string} title */
const unfold = (page, title) =>
  page
    .locator("summary")
    .filter({ has: page.getByText(title, { exact: true }) })
    .click();

/** The initial state of a view. @param {Page} page @param {string} view */
const begun = (page, view) =>
  page.locator(view).evaluate((view) => /** @type {any} */ (view).initial);

test("it begins with a valid event, which follows the input and keeps its ids", async () => {
  const { page, failures } = await open("#build");
  await verdict(page).getByText("✓ Valid.").waitFor();
  const before = await event(page);
  assert.equal(before.event, "prefect.flow-run.Completed");
  assert.equal(validate(before).diagnostics.length, 0);

  await page.getByRole("textbox", { name: "flow_run.name" }).fill("silver-fox");
  await page.getByText('"silver-fox"').first().waitFor();
  const after = await event(page);
  assert.equal(after.resource["prefect.resource.name"], "silver-fox");
  assert.equal(after.id, before.id);
  assert.deepEqual(
    await page.locator("#view mark").allInnerTexts(),
    ['    "prefect.resource.name": "silver-fox",'],
    "the change stands out",
  );
  assert.equal(after.resource["prefect.resource.id"], before.resource["prefect.resource.id"]);

  await page.getByRole("button", { name: "New ids and time" }).click();
  await page.waitForFunction(
    (id) => !document.querySelector("#view")?.textContent?.includes(id),
    before.id,
  );
  assert.equal((await event(page)).resource["prefect.resource.name"], "silver-fox");

  await page.getByRole("button", { name: "New flow_run.id" }).click();
  const id = await field(page, "flow_run.id").inputValue();
  assert.match(id, /^[0-9a-f-]{36}$/);
  await page.getByText(`"prefect.flow-run.${id}"`).first().waitFor();
  assert.deepEqual(failures, []);
});

test("the event can be chosen by keyboard alone", async () => {
  const { page } = await open("#build");
  await verdict(page).getByText("Valid").waitFor();
  const box = combobox(page);
  await box.focus();
  assert.equal(await box.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowDown");
  assert.equal(await box.getAttribute("aria-expanded"), "true");
  // It opens at the selected event.
  const active = () =>
    box.evaluate(
      (box) => document.getElementById(box.getAttribute("aria-activedescendant") ?? "")?.innerText,
    );
  assert.match((await active()) ?? "", /^prefect\.flow-run\.Completed/);
  assert.ok((await page.getByRole("option").count()) > 140);
  assert.equal(
    await page.locator("#event-names").getByRole("option", { selected: true }).count(),
    1,
  );
  await page.keyboard.press("Escape");
  assert.equal(await box.inputValue(), "prefect.flow-run.Completed");

  await page.keyboard.type("worker flow-run");
  await page.getByRole("group", { name: "Worker runner events" }).waitFor();
  assert.deepEqual(await page.getByRole("option").locator("code").allInnerTexts(), [
    "prefect.worker.submitted-flow-run",
    "prefect.worker.executed-flow-run",
  ]);
  await page.keyboard.press("ArrowDown");
  assert.match((await active()) ?? "", /executed/);
  await page.keyboard.press("ArrowDown");
  assert.match((await active()) ?? "", /submitted/, "it goes round");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "infrastructure.identifier" }).waitFor();
  assert.equal(await box.inputValue(), "prefect.worker.executed-flow-run");
  await verdict(page).getByText("✓ Valid.").waitFor();

  await page.keyboard.type("nothing like this");
  await page.getByText("No event matches.").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "prefect.worker.executed-flow-run");
});

test("required fields come first, and missing ones are requested", async () => {
  const { page } = await open("#build");
  await choose(page, "prefect.worker.executed-flow-run");
  const required = page.getByRole("region", { name: "Required" });
  assert.deepEqual(await required.locator("label").allInnerTexts(), [
    "worker.type",
    "infrastructure.identifier",
    "infrastructure.status_code",
    "follows",
  ]);
  const type = required.getByRole("textbox", { name: "worker.type" });
  await type.fill("");
  await verdict(page).getByText("Cannot be built yet.").waitFor();
  assert.equal(await type.getAttribute("aria-invalid"), "true");
  await required.getByText("needs worker.type").waitFor();
  assert.ok(await page.getByRole("button", { name: "Open in Validate" }).isDisabled());
  assert.ok(await page.getByRole("button", { name: "Copy JSON" }).isDisabled());
  await page.getByText("The event below is the last valid version.").waitFor();
  await page.locator("#announcer").getByText("needs worker.type").waitFor({ state: "attached" });
  await assertAccessible(page, "with a mistake");
  await verdict(page).getByRole("link", { name: "Go to worker.type" }).click();
  await page.keyboard.type("process");
  await page.getByText('"process"').waitFor();
  await verdict(page).getByText("✓ Valid.").waitFor();
  assert.equal((await event(page)).resource["prefect.worker-type"], "process");

  await required.getByRole("textbox", { name: "infrastructure.status_code" }).fill("three");
  await required.getByText("infrastructure.status_code must be a whole number").waitFor();
});

test("the other fields are folded, one fold for each object", async () => {
  const { page } = await open("#build");
  await choose(page, "prefect.task-run.Running");
  assert.deepEqual(await page.locator("summary .title").allInnerTexts(), [
    "Task run",
    "State",
    "Flow run",
    "Flow",
    "Deployment",
    "Work queue",
    "Work pool",
    "Parent task run",
    "Previous",
    "The event itself",
  ]);
  await unfold(page, "Deployment");
  const name = page.getByRole("textbox", { name: "deployment.name" });
  assert.equal(await name.getAttribute("placeholder"), "omitted");
  await page.getByRole("button", { name: "New deployment.id" }).click();
  assert.equal(await name.getAttribute("placeholder"), "production", "it comes with the id");
  await page.locator("details", { has: name }).getByText("1 given").waitFor();
  assert.ok(
    (await event(page)).related.some(
      (/** @type {any} */ one) => one["prefect.resource.role"] === "deployment",
    ),
  );

  await name.fill("etl/production");
  await verdict(page).getByText("✓ Valid, with 1 info.").waitFor();
  await verdict(page).getByText("deployment").waitFor();
  await assertAccessible(page, "with a finding");

  await unfold(page, "Previous");
  await page.locator("details", { hasText: "Previous" }).getByRole("checkbox").check();
  await page.getByText('"initial_state": null').waitFor();
  await unfold(page, "The event itself");
  await field(page, "tags").fill("prod, nightly");
  await page.getByText('"prefect.tag.nightly"').waitFor();
  assert.ok(
    await page
      .locator("#view mark")
      .first()
      .evaluate((mark) => {
        const [own, view] = [mark, mark.closest("#view")].map((one) =>
          one?.getBoundingClientRect(),
        );
        return own && view && own.top >= view.top && own.bottom <= view.bottom;
      }),
    "the change is in sight",
  );
  await unfold(page, "State");
  assert.equal(await field(page, "state.name").count(), 0, "the event's name says it");
  await field(page, "state.type").selectOption("FAILED");
  await page.getByText('"to": "FAILED"').waitFor();
});

test("a custom state needs its type, and the field stays in its place", async () => {
  const { page } = await open("#build");
  await combobox(page).fill("prefect.flow-run.SuccessfullyProcessed");
  await page.keyboard.press("Enter");
  await verdict(page).getByText("Cannot be built yet.").waitFor();
  assert.equal(await page.locator("#view pre").count(), 0, "nothing of another event");
  const type = page.getByRole("region", { name: "Required" }).getByLabel("state.type");
  await type.selectOption("COMPLETED");
  await verdict(page).getByText("✓ Valid").waitFor();
  assert.ok(await type.isVisible());
  const { payload } = await event(page);
  assert.equal(payload.validated_state.name, "SuccessfullyProcessed");
  // A name in Prefect's namespace that does not exist.
  await combobox(page).fill("prefect.flow-runs.Completed");
  await page.keyboard.press("Enter");
  await verdict(page).getByText("did you mean").waitFor();
});

test("a custom event has the given values", async () => {
  const { page } = await open("#build");
  await choose(page, "acme.order.placed");
  const resource = page.getByRole("textbox", { name: "resource" });
  await resource.fill('{"prefect.resource.id": "acme.order.7"');
  await verdict(page).getByText("resource must be an object of labels").waitFor();
  await resource.fill('{"prefect.resource.id": "acme.order.7"}');
  await field(page, "payload").fill('{"total": 12.50}');
  await page.getByText('"total"').first().waitFor();
  await verdict(page).getByText("✓ Valid.").waitFor();
  assert.equal(await field(page, "payload").inputValue(), '{"total": 12.50}', "as it was typed");
  const { resource: labels, payload } = await event(page);
  assert.deepEqual([labels, payload], [{ "prefect.resource.id": "acme.order.7" }, { total: 12.5 }]);
});

test("the event is copied as JSON, curl and Python", async () => {
  const { page } = await open("#build");
  await verdict(page).getByText("Valid").waitFor();
  const built = await event(page);
  const copied = async () => {
    await page.getByRole("button", { name: /^Copy (JSON|curl|Python)/ }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied(), JSON.stringify(built, null, 2));
  await page.getByRole("tab", { name: "JSON" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tabpanel", { name: "curl" }).waitFor();
  assert.equal(await copied(), toCurl([built]));
  await page.getByRole("tab", { name: "curl" }).focus();
  await page.keyboard.press("End");
  await page.getByRole("tabpanel", { name: "Python" }).waitFor();
  assert.equal(await copied(), toPython([built]));
});

test("the event opens in Validate and Simulate, and the way back works", async () => {
  const { page } = await open("#build");
  await page.getByRole("textbox", { name: "flow_run.name" }).fill("silver-fox");
  await page.getByText('"silver-fox"').first().waitFor();
  const built = await event(page);
  await page.getByRole("button", { name: "Open in Validate" }).click();
  await page.locator("view-validate").waitFor();
  assert.deepEqual(JSON.parse((await begun(page, "view-validate")).text), built);
  await page.goBack();
  await page.locator("#view").getByText('"silver-fox"').waitFor();
  assert.deepEqual(await event(page), built, "as it was");
  await page.getByRole("button", { name: "Play in Simulate" }).click();
  await page.locator("view-simulate").waitFor();
  assert.equal((await begun(page, "view-simulate")).events, `${JSON.stringify(built)}\n`);
});

test("a run is built from its description", async () => {
  const { page, failures } = await open("#build");
  await page.getByRole("button", { name: "A run" }).click();
  await verdict(page)
    .getByText(/✓ Valid\. \d+ events/)
    .waitFor();
  await page.getByRole("cell", { name: "prefect.flow-run.Completed" }).waitFor();
  await assertAccessible(page, "a run");

  await page.getByRole("button", { name: "Remove task 2" }).click();
  await page.getByRole("textbox", { name: "Last state of task 1" }).fill("Failed");
  await page.getByRole("cell", { name: "prefect.task-run.Failed" }).waitFor();
  await page.getByRole("button", { name: "Add a task" }).click();
  await page.getByRole("textbox", { name: "Task of task 2" }).fill("report");
  await page.getByRole("cell", { name: "report-0" }).first().waitFor();

  await unfold(page, "Heartbeat");
  await field(page, "heartbeat.frequency").fill("30");
  await page.waitForFunction(() => document.querySelectorAll("#view tbody tr").length > 20);
  await unfold(page, "State");
  await field(page, "state.name").fill("Processed");
  await verdict(page).getByText("state must be").waitFor();
  await field(page, "state.type").selectOption("COMPLETED");
  await page.getByRole("cell", { name: "prefect.flow-run.Processed" }).waitFor();
  await unfold(page, "Worker");
  await field(page, "worker.name").fill("My worker");
  await page.getByRole("cell", { name: "prefect.worker.executed-flow-run" }).waitFor();

  await field(page, "ends").fill("");
  await field(page, "dies").fill("4m");
  await page
    .getByRole("cell", { name: "prefect.flow-run.Processed" })
    .waitFor({ state: "detached" });
  await field(page, "dies").fill("soon");
  await verdict(page).getByText("dies must be a time").waitFor();
  await field(page, "dies").fill("4m");
  await verdict(page).getByText("Valid").waitFor();

  await page.getByRole("tab", { name: "NDJSON" }).click();
  const lines = (await page.getByRole("tabpanel").innerText()).trim().split("\n");
  assert.equal(validate(lines.join("\n")).errors, 0);
  await page.getByRole("button", { name: "Open in Validate" }).click();
  await page.locator("view-validate").waitFor();
  assert.equal((await begun(page, "view-validate")).text.trim(), lines.join("\n"));
  assert.deepEqual(failures, []);
});

test("the address contains the whole state", async () => {
  const { page, url } = await open("#build");
  await choose(page, "prefect.worker.executed-flow-run");
  await field(page, "worker.type").fill("docker");
  await page.getByText('"prefect.worker.docker').first().waitFor();
  await page.getByRole("tab", { name: "Python" }).click();
  await page.waitForURL(/#build\//);
  await page.waitForTimeout(600);
  const before = await page.getByRole("tabpanel").innerText();
  await page.reload();
  await page.getByText('"prefect.worker.docker').first().waitFor();
  assert.equal(await page.getByRole("tabpanel").innerText(), before);

  // An address that is hand-written or from another version is used as far as possible.
  for (const state of [
    null,
    7,
    [],
    { kind: 3, event: "", input: [], run: "x", seed: {}, now: "never", view: "pdf" },
    { event: "prefect.flow-run.Completed", input: { nonsense: 1, flow_run: null, flow: "7" } },
    { kind: "run", run: { tasks: "many", flow: { name: 7 } } },
  ]) {
    const hash = await page.evaluate(async (state) => {
      const stream = new Blob([JSON.stringify(state)])
        .stream()
        .pipeThrough(new CompressionStream("deflate-raw"));
      const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      return btoa(String.fromCharCode(...bytes))
        .replaceAll("+", "-")
        .replaceAll("/", "_");
    }, state);
    const other = await page.context().newPage();
    /** @type {string[]} */
    const failures = [];
    other.on("pageerror", (error) => failures.push(String(error)));
    await other.goto(`${url}#build/${hash}`);
    await other.locator(".verdict strong").waitFor();
    assert.equal(await other.getByRole("alert").count(), 0, JSON.stringify(state));
    assert.deepEqual(failures, []);
    await other.close();
  }
});

test("the Markdown contains what a report needs", async () => {
  const { page } = await open("#build");
  await verdict(page).getByText("Valid").waitFor();
  const built = await event(page);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(text.startsWith("### Event `prefect.flow-run.Completed`\n\nValid."), text);
  assert.ok(text.includes(JSON.stringify(built, null, 2)));
});

test("axe finds nothing wrong, and nothing is too wide", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page } = await open("#build", { colorScheme, viewport: { width: 360, height: 740 } });
    await verdict(page).getByText("Valid").waitFor();
    await assertAccessible(page, `${colorScheme}, an event`);
    await combobox(page).click();
    await assertAccessible(page, `${colorScheme}, the list`);
    await page.keyboard.press("Escape");
    await choose(page, "prefect.task-run.Completed");
    for (const title of ["Previous", "The event itself"]) await unfold(page, title);
    await assertAccessible(page, `${colorScheme}, unfolded`);
    await page.getByRole("tab", { name: "curl" }).click();
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "wider than the window",
    );
    await page.getByRole("button", { name: "A run" }).click();
    await page.getByRole("cell", { name: "prefect.flow-run.Completed" }).waitFor();
    await assertAccessible(page, `${colorScheme}, a run`);
    await page.getByRole("button", { name: "See the events" }).click();
    assert.ok(await page.getByRole("heading", { name: "The run’s events" }).isVisible());
  }
});
