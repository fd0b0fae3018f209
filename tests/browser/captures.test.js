// Files that users have, in the view Simulate: every form of automation, and captures of a real server.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, gunzipSync } from "node:zlib";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();
const live = new URL("../cases/live/", import.meta.url);
/** @param {string} name */
const read = (name) => readFileSync(new URL(name, live), "utf8");
const CAPTURE = gunzipSync(readFileSync(new URL("captured.ndjson.gz", live)));

/** @param {object} state */
const address = (state) =>
  `#simulate/${deflateRawSync(JSON.stringify(state)).toString("base64url")}`;
/** @param {Page} page */
const outcome = (page) => page.getByRole("region", { name: "The outcome" });
/** @param {Page} page */
const about = (page) => page.getByRole("region", { name: "About these events" });
/** @param {Page} page */
const lanes = (page) =>
  page.getByRole("list", { name: "Runs and their outcomes" }).getByRole("listitem");
/** @param {import("playwright-core").Locator} where @param {string | RegExp} text */
const says = (where, text) => where.filter({ hasText: text }).first().waitFor();

/** @param {Page} page @param {{ name: string, text: string | Buffer }[]} files */
async function drop(page, files) {
  const given = files.map(({ name, text }) => ({ name, text: text.toString() }));
  const transfer = await page.evaluateHandle((files) => {
    const data = new DataTransfer();
    for (const { name, text } of files) data.items.add(new File([text], name));
    return data;
  }, given);
  await page.locator("body").dispatchEvent("drop", { dataTransfer: transfer });
}

const START = Date.UTC(2026, 2, 1, 12);
/** @param {number} run @param {number} at seconds @param {object} [more] */
const event = (run, at, name = "heartbeat", more = {}) => ({
  id: `00000000-0000-4000-8000-${run}${name.charCodeAt(0) % 10}${String(at).padStart(9, "0")}`,
  event: `prefect.flow-run.${name}`,
  occurred: new Date(START + at * 1000).toISOString(),
  resource: {
    "prefect.resource.id": `prefect.flow-run.00000000-0000-4000-8000-0000000000${run}`,
    "prefect.resource.name": `run-${run}`,
  },
  ...more,
});
/** @param {object[]} events */
const lines = (events) => events.map((one) => JSON.stringify(one)).join("\n");
/** @param {number} run @param {number[]} times */
const beats = (run, times) => times.map((at) => event(run, at));

const FAILED = `name: On failures
trigger:
  posture: Reactive
  expect: [prefect.flow-run.Failed]
  match: {prefect.resource.id: prefect.flow-run.*}
  for_each: [prefect.resource.id]
actions: [{type: do-nothing}]
`;

test("an event that is nested too deeply is named, and the others are played", async () => {
  const { page, failures } = await open(address({ automation: FAILED }));
  await says(outcome(page), /[Ff]ires/);
  const events = [10, 11, 12].map((run) => event(run, run, "Failed"));
  const deep = `${"[".repeat(1000)}${"]".repeat(1000)}`;
  const text = lines(events).split("\n");
  text[1] = JSON.stringify({ ...events[1], payload: "DEEP" }).replace('"DEEP"', `{"a": ${deep}}`);
  await drop(page, [{ name: "deep.ndjson", text: text.join("\n") }]);
  await says(about(page), /1 event cannot be read, and is not played:/);
  await says(about(page), /line 2: .*900/);
  assert.equal(await lanes(page).count(), 2);
  assert.deepEqual(failures, []);
});

for (const name of readdirSync(new URL("forms/", live)).filter((one) => /\.(json|yaml)$/.test(one)))
  test(`exports of Prefect are played unchanged: ${name}`, async () => {
    const { page, failures } = await open(address({ automation: read(`forms/${name}`) }));
    await says(outcome(page), /[Ff]ires/);
    assert.equal(await page.getByText("The automation has a mistake.").count(), 0);
    assert.equal(await page.getByText("Not played.").count(), 0);
    await drop(page, [{ name: "capture.ndjson", text: CAPTURE }]);
    await page.getByRole("button", { name: "Back to the runs" }).waitFor();
    // The timeline shows the capture, not the previous runs.
    await page.waitForFunction((before) => {
      const view = /** @type {any} */ (document.querySelector("view-simulate"));
      return view.good === view.played && view.good.scene.start !== before;
    }, START);
    await says(outcome(page), /[Ff]ires/);
    assert.equal(await page.locator(".verdict li").count(), 0);
    assert.deepEqual(failures, []);
  });

test("for the console's output for people, a message names the command to run instead", async () => {
  const { page } = await open(address({ automation: read("forms/inspect.pretty") }));
  await page.getByText("The automation has a mistake.").waitFor();
  await says(page.locator(".verdict li"), /prefect automation inspect/);
});

test("one of several automations is selected by name, and the address keeps it", async () => {
  const { page } = await open(address({ automation: read("forms/b01.yaml") }));
  const choice = page.getByLabel("Play", { exact: true });
  await choice.waitFor();
  assert.deepEqual(await choice.locator("option").allInnerTexts(), [
    "yaml zombies",
    "yaml stuck pending",
  ]);
  await says(outcome(page), "Fires on 3 of 4 runs");
  const slider = page.getByRole("slider", { name: "Window (within)" });
  assert.equal(await slider.inputValue(), "45");
  await choice.selectOption("yaml stuck pending");
  await says(outcome(page), /Never fires/);
  await page.waitForURL(/#simulate\/./);
  await page.waitForTimeout(500);
  await page.reload();
  await says(outcome(page), /Never fires/);
  assert.equal(await choice.inputValue(), "1");
  await assertAccessible(page, "several automations");
});

test("if nothing fires, the reason and the clauses that events passed are shown", async () => {
  const never = FAILED.replace("prefect.flow-run.Failed", "prefect.flow-run.Completd");
  const { page, failures } = await open(address({ automation: never }));
  await says(outcome(page), /Never fires on these 4 runs\./);
  await says(outcome(page), /Completd/);
  const table = outcome(page).getByRole("table");
  await says(table.getByRole("row"), /the name of the event\s+0\s+prefect\.flow-run\.Completd/);
  await says(page.getByRole("region", { name: "Decisions" }), /^[\s\S]*Nothing was decided: /);
  await assertAccessible(page, "why nothing fires");
  await page.setViewportSize({ width: 390, height: 900 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the table scrolls by itself, and the page is ${wide} px wide`);
  await assertAccessible(page, "why nothing fires, on a phone");
  // Events that count but are not enough: the table is closed.
  const three = FAILED.replace("prefect.flow-run.Failed", "prefect.flow-run.Completed").replace(
    "  for_each",
    "  threshold: 50\n  within: 60\n  for_each",
  );
  const other = await open(address({ automation: three }));
  await says(outcome(other.page), /Never fires/);
  const summary = outcome(other.page).getByText("How many events passed each clause");
  await summary.waitFor();
  assert.equal(await outcome(other.page).getByRole("table").isVisible(), false);
  await summary.click();
  await says(outcome(other.page), /the most events in one: 1 of 50/);
  assert.deepEqual([...failures, ...other.failures], []);
});

test("a Reactive automation does not call idle runs dead", async () => {
  const { page } = await open(address({ automation: FAILED }));
  await says(outcome(page), "Never fires");
  const texts = (await lanes(page).allInnerTexts()).join(" ");
  assert.match(texts, /zombie\s+died · not fired/);
  assert.doesNotMatch(texts, /not detected|window still open/);
  assert.equal(await outcome(page).getByText("dead").count(), 0);
  const completed = FAILED.replace("Failed]", "Completed]");
  const other = await open(address({ automation: completed }));
  await says(outcome(other.page), /Fires on \d of 4 runs\./);
  assert.doesNotMatch(
    (await lanes(other.page).allInnerTexts()).join(" "),
    /was alive|was dead|had finished/,
  );
});

test("firings that depend on silence after the last event are marked", async () => {
  const { page } = await open("#simulate");
  await drop(page, [{ name: "events.ndjson", text: lines(beats(10, [0, 30, 60])) }]);
  await says(
    outcome(page),
    /Never fires on this run up to the last event\.\s+Once more if nothing/,
  );
  await says(lanes(page), /fires 12:02:30 if nothing comes/);
  await says(page.getByRole("list", { name: "Signs" }), "only if nothing comes");
  // Drawn hollow: the middle of the sign has the colour of the panel.
  const filled = await page.locator("simulate-timeline").evaluate(async (element) => {
    const timeline = /** @type {any} */ (element);
    await new Promise((done) => setTimeout(done, 300));
    const [fired] = timeline.scene.lanes[0].fired;
    const canvas = timeline.querySelector("canvas");
    const ratio = canvas.width / canvas.clientWidth;
    const x = timeline.x(fired.at) * ratio;
    const y = (timeline.lane.track - 10) * ratio;
    const [red, green, blue, alpha] = canvas.getContext("2d").getImageData(x + 3, y, 1, 1).data;
    return { red, green, blue, alpha, silent: fired.ifSilent };
  });
  assert.equal(filled.silent, true);
  assert.ok(filled.red - filled.blue < 40, JSON.stringify(filled));
});

test("firings that come only from absent leaders are marked, and one press removes them", async () => {
  const follows = "00000000-0000-4000-8000-ffffffffffff";
  const events = lines([
    ...beats(10, [0, 30, 60]),
    event(10, 62, "Completed", { follows }),
    ...beats(20, [70, 100, 130, 160, 190, 220, 250, 280]),
  ]);
  const { page, failures } = await open("#simulate");
  await drop(page, [{ name: "events.ndjson", text: events }]);
  await says(outcome(page), /Fires on 1 of 2 runs/);
  await says(outcome(page), /Completed/);
  await says(
    about(page),
    "1 of 2 firings happens only because the server holds 1 event back for 15 minutes: ",
  );
  await assertAccessible(page, "absent leaders");
  await about(page).getByRole("button", { name: "Play without this wait" }).click();
  await says(outcome(page), /Never fires/);
  await says(about(page), "Events do not wait for a followed event");
  await page.waitForURL(/#simulate\/./);
  await about(page).getByRole("button", { name: "Let them wait, as the server does" }).click();
  await says(outcome(page), /Fires on 1 of 2 runs/);
  assert.deepEqual(failures, []);
});

test("a live capture: what the server recorded, and what its actions changed", async () => {
  const { page, failures } = await open(
    address({ automation: read("automations/crash-zombie-flows.json") }),
  );
  await says(outcome(page), /[Ff]ires/);
  await drop(page, [{ name: "capture.ndjson", text: CAPTURE }]);
  await says(about(page), /The replay starts at/);
  await says(
    about(page),
    /The server recorded 8 firings of this automation:\s+the replay has all of them/,
  );
  await says(about(page), /These events include what the automation’s own actions caused/);
  await assertAccessible(page, "a live capture");
  await about(page).getByRole("button", { name: "Play without them" }).click();
  await says(about(page), "are left out");
  await about(page).getByRole("button", { name: "Play all captured events" }).click();
  await says(about(page), /These events include what the automation’s own actions caused/);
  assert.deepEqual(failures, []);
});

test("in a long list, lanes with firings come first, and can be shown alone", async () => {
  const { page } = await open(address({ preset: "zombie-30", copies: 6 }));
  await says(outcome(page), "Fires on 12 of 24 runs");
  const texts = await lanes(page).allInnerTexts();
  const fired = texts.map((one) => /\sfired \d/.test(one));
  assert.deepEqual(
    fired,
    fired.toSorted((one, other) => Number(other) - Number(one)),
  );
  const filter = page.getByLabel("Only fired (12 of 24)");
  await filter.check();
  await lanes(page).nth(12).waitFor({ state: "detached" });
  assert.equal(await lanes(page).count(), 12);
  // Timeline and decisions show the same runs.
  await page.getByRole("application", { name: /^Timeline of 12/ }).focus();
  await page.keyboard.press("End");
  const name = await lanes(page).first().locator(".run").innerText();
  await says(page.locator("simulate-timeline .tip"), name);
  await assertAccessible(page, "only fired");
  await filter.uncheck();
  await lanes(page).nth(23).waitFor();
  // Also for a few lanes.
  await page.getByRole("spinbutton", { name: "Copies of each run", exact: true }).fill("1");
  await page.keyboard.press("Tab");
  await says(outcome(page), "2 of 4 runs");
  assert.match((await lanes(page).allInnerTexts()).join(" "), /^hiccup.*zombie.*healthy/s);
  // The link keeps the filter.
  await page.getByLabel("Only fired (2 of 4)").check();
  await lanes(page).nth(2).waitFor({ state: "detached" });
  await page.waitForURL(/#simulate\/./);
  await page.waitForTimeout(400);
  await page.reload();
  await says(outcome(page), "2 of 4 runs");
  assert.equal(await page.getByLabel("Only fired (2 of 4)").isChecked(), true);
  assert.equal(await lanes(page).count(), 2);
});

test("a scale of a day or longer shows dates", async () => {
  const { page } = await open("#simulate");
  const times = page.locator("simulate-timeline .times span");
  await times.first().waitFor();
  assert.ok(!(await times.allInnerTexts()).some((one) => /Mar/.test(one)));
  const events = [...beats(10, [0, 30]), ...beats(20, [100_000, 100_030]), ...beats(30, [200_000])];
  await drop(page, [{ name: "events.ndjson", text: lines(events) }]);
  await says(outcome(page), "Fires");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("simulate-timeline .times span")].some((one) =>
      /^3 Mar$/.test(one.textContent ?? ""),
    ),
  );
  await says(lanes(page), /fired 1 Mar 12:0/);
  await says(page.getByRole("region", { name: "Decisions" }), /2 Mar 15:4/);
});

test("files that are dropped together form one history, and an automation replaces the automation", async () => {
  const all = [...beats(10, [0, 30, 60, 90, 120]), ...beats(20, [10, 40, 70, 100])];
  const { page, failures } = await open("#simulate");
  await says(outcome(page), "Fires on 2");
  await drop(page, [
    { name: "second.ndjson", text: lines(all.slice(3)) },
    { name: "zombies.yaml", text: read("forms/b02.yaml") },
    { name: "first.json", text: JSON.stringify({ events: all.slice(0, 3) }) },
  ]);
  await page.locator(".cm-content", { hasText: "yaml cancelled" }).waitFor();
  await says(outcome(page), /Never fires/);
  await page.getByRole("combobox", { name: "Automation" }).selectOption("zombie-30");
  await drop(page, [
    { name: "second.ndjson", text: lines(all.slice(3)) },
    { name: "first.json", text: JSON.stringify({ events: all.slice(0, 3) }) },
  ]);
  await says(outcome(page), /on these 2 runs up to the last event/);
  await drop(page, [{ name: "all.ndjson", text: lines(all.slice(3)) }]);
  await says(outcome(page), /on these 2 runs up to the last event/);
  assert.deepEqual(failures, []);
});

test("the gaps between captured heartbeats are drawn beneath the curve", async () => {
  const { page, failures } = await open("#simulate");
  await drop(page, [{ name: "events.ndjson", text: lines(beats(10, [0, 30, 60, 90, 210, 240])) }]);
  await page.getByRole("button", { name: "False alarms and delay of each window" }).click();
  const tuning = page.getByRole("region", { name: "False alarms and delay" });
  await says(tuning, /6 captured heartbeats of .*: 1 gap of 90 s or longer/);
  assert.ok((await tuning.locator("simulate-gaps rect.gap").count()) > 1);
  assert.deepEqual(failures, []);
});
