// The view Simulate: presets, custom automations and captured events, with timelines and reasons.

import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

const open = thePage();

/** @param {object} state */
const address = (state) =>
  `#simulate/${deflateRawSync(JSON.stringify(state)).toString("base64url")}`;

/** @param {import("playwright-core").Page} page */
const outcome = (page) => page.getByRole("region", { name: "The outcome" });

/** @param {import("playwright-core").Locator} where @param {string | RegExp} text */
const says = (where, text) => where.filter({ hasText: text }).first().waitFor();

/** @param {import("playwright-core").Page} page */
const announced = (page) => page.locator("#announcer");

const ID = "prefect.flow-run.00000000-0000-4000-8000-00000000000";

/** A run that sends heartbeats at these seconds. @param {number} run @param {number[]} beats */
const captured = (run, beats, name = "heartbeat") =>
  beats.map((at, index) => ({
    id: `00000000-0000-4000-8000-${run}${name.charCodeAt(0) % 10}${String(index).padStart(10, "0")}`,
    event: `prefect.flow-run.${name}`,
    occurred: new Date(Date.UTC(2026, 2, 1, 12) + at * 1000).toISOString(),
    resource: { "prefect.resource.id": `${ID}${run}`, "prefect.resource.name": `captured-${run}` },
  }));

const EVENTS = [
  ...captured(1, [0, 30, 60, 200, 230]),
  ...captured(2, [5, 35]),
  ...captured(2, [50], "Completed"),
]
  .map((event) => JSON.stringify(event))
  .join("\n");

test("at first, the documented automation fires on a run that is alive, with the reason", async () => {
  const { page, failures } = await open("#simulate");
  await says(outcome(page), /Fires on 2 of 4 runs;\s+1 of them was alive\./);
  const text = await outcome(page).innerText();
  assert.match(
    text,
    /hiccup 12:03:40\s+2 heartbeats in a row did not arrive: none of the expected events arrived \(1 needed\) from 12:02:10\.125/,
  );
  assert.match(text, /A window of 2 min 15 s tolerates that\./);
  const runs = page.getByRole("list", { name: "Runs and their outcomes" });
  assert.deepEqual(
    (await runs.getByRole("listitem").allInnerTexts()).map((one) => one.replace(/\s+/g, " ")),
    [
      "hiccup fired 12:03:40 · was alive",
      "zombie fired 12:04:25 · was dead",
      "healthy finished · not fired",
      "custom finished · not fired",
    ],
  );
  await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
  await page.getByText("1 missed heartbeat", { exact: true }).waitFor();
  assert.deepEqual(failures, []);
});

test("the advice helps, and changes the text", async () => {
  const { page } = await open("#simulate");
  await outcome(page).getByRole("button", { name: "Set within: 135" }).click();
  await says(outcome(page), /Fires on 1 of 4 runs;\s+it was dead\./);
  await page.getByText("3 missed heartbeats").first().waitFor();
  await page.locator(".cm-content", { hasText: "within: 135" }).waitFor();
  // Slider and text are linked: each changes the other.
  const slider = page.getByRole("slider", { name: "Window (within)" });
  assert.equal(await slider.inputValue(), "135");
  await slider.fill("90");
  await page.locator(".cm-content", { hasText: "within: 90" }).waitFor();
  await says(outcome(page), "1 of them was alive");
  await page.locator(".cm-line", { hasText: "within: 90" }).click();
  await page.keyboard.press("End");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("5");
  await says(outcome(page), "it was dead");
  assert.equal(await slider.inputValue(), "95");
});

test("each slider changes the simulation", async () => {
  const { page } = await open("#simulate");
  await says(outcome(page), "Fires on 2 of 4 runs");
  /** @param {string} name @param {string} value @param {RegExp} then */
  const put = async (name, value, then) => {
    await page.getByRole("spinbutton", { name, exact: true }).fill(value);
    await page.keyboard.press("Tab");
    await says(outcome(page), then);
  };
  await put("Copies of each run", "3", /Fires on 6 of 12 runs;\s+3 of them were alive/);
  await put("Copies of each run", "12", /Fires on 24 of 48 runs/);
  await put("Loss, per cent", "30", /(?<!24) of 48 runs/);
  await put("Loss, per cent", "0", /24 of 48 runs/);
  await put("Copies of each run", "1", /2 of 4 runs/);
  await put("Heartbeat every, seconds", "120", /4 of 4 runs/);
  await says(page.locator(".advice"), "fires on healthy runs");
  await put("Heartbeat every, seconds", "30", /2 of 4 runs/);
  await put("Extra delay per heartbeat, seconds", "3", /hiccup 12:03:5/);
  await put("Extra delay per heartbeat, seconds", "0.015", /hiccup 12:03:40/);
  await put("Delay, seconds", "10", /hiccup 12:03:50/);
  await put("Delay, seconds", "0.2", /hiccup 12:03:40/);
  await put("Jitter, seconds", "100", /hiccup 12:0(?!3:40)/);
  await put("Jitter, seconds", "0", /hiccup 12:03:40/);
  await put("Length, minutes", "4", /Fires on 1 of 4 runs;\s+it was alive/);
});

test("a number that is being typed stays when the view is redrawn", async () => {
  const { page } = await open("#simulate");
  await says(outcome(page), "Fires on 2 of 4 runs");
  const loss = page.getByRole("spinbutton", { name: "Loss, per cent", exact: true });
  await loss.fill("7");
  await page.locator("view-simulate").evaluate(async (view) => {
    const element = /** @type {any} */ (view);
    element.requestUpdate();
    await element.updateComplete;
  });
  assert.equal(await loss.inputValue(), "7");
  await loss.fill("99");
  await page.keyboard.press("Tab");
  assert.equal(await loss.inputValue(), "30", "as much as there can be");
  await loss.fill("");
  await page.keyboard.press("Tab");
  assert.equal(await loss.inputValue(), "30");
});

test("runs are added, changed, renamed and removed", async () => {
  const { page } = await open("#simulate");
  await page.getByLabel("Add a run").selectOption({ label: "a heartbeat after its end" });
  await says(outcome(page), /Fires on 3 of 5 runs;\s+1 of them was alive, 1 had finished/);
  await page.getByLabel("late-heartbeat: name").fill("tail");
  await page.keyboard.press("Tab");
  await page
    .getByRole("listitem")
    .filter({ hasText: "tail" })
    .filter({ hasText: "had finished" })
    .first()
    .waitFor();
  await page.getByLabel("tail: late heartbeat").fill("");
  await page.keyboard.press("Tab");
  await says(outcome(page), "2 of 5 runs");
  await page.getByLabel("hiccup: numbers of missed heartbeats").fill("6");
  await page.keyboard.press("Tab");
  await says(outcome(page), /Fires on 1 of 5 runs;\s+it was dead/);
  await page.getByLabel("tail: dies").fill("100");
  await page.keyboard.press("Tab");
  await says(outcome(page), /2 of 5 runs;\s+both were dead/);
  await page.getByRole("button", { name: "Remove tail" }).click();
  await says(outcome(page), "1 of 4 runs");
  for (const name of ["healthy", "hiccup", "zombie", "custom"])
    await page.getByRole("button", { name: `Remove ${name}` }).click();
  await says(outcome(page), "Never fires");
  await page.getByText("No runs yet").waitFor();
});

test("a dead run that is not detected is reported", async () => {
  const { page } = await open("#simulate");
  await page.getByLabel("zombie: retry").fill("150, 200");
  await page.keyboard.press("Tab");
  await says(outcome(page), "1 dead run is not detected.");
});

test("each preset shows its subject", async () => {
  const { page, failures } = await open("#simulate");
  /** @type {[string, RegExp][]} */
  const presets = [
    [
      "Prefect Cloud's unresponsive run detection, 180 s / 9 min",
      /Fires on 2 of 4 runs;\s+1 of them was alive/,
    ],
    ["With an explicit list of states", /4 of 5 runs;\s+1 of them was alive, 2 had finished/],
    ["With custom states listed", /2 of 4 runs;\s+1 of them had finished/],
    ["Compound: a silent run and a failed one", /Fires once\./],
    ["Reactive: three failures in ten minutes", /Fires once\.\s+The automation 12:06:40/],
    [
      "Late: a run that does not start within ten minutes",
      /Fires on 1 of 4 runs;\s+the expected events did not arrive in time\./,
    ],
    ["Sequence: a load after an extract", /Fires once\.\s+The automation 12:05:00/],
  ];
  for (const [label, expected] of presets) {
    await page.getByRole("combobox", { name: "Automation" }).selectOption({ label });
    await says(outcome(page), expected);
    assert.equal(await page.locator(".verdict.bad li").count(), 0, label);
  }
  assert.deepEqual(failures, []);
});

test("the text of a verdict depends on the trigger", async () => {
  const { page } = await open("#simulate");
  const preset = page.getByRole("combobox", { name: "Automation" });
  const texts = async () =>
    (
      await page
        .getByRole("list", { name: "Runs and their outcomes" })
        .getByRole("listitem")
        .allInnerTexts()
    ).map((one) => one.replace(/\s+/g, " "));
  const signs = page.getByRole("list", { name: "Signs" });
  await preset.selectOption("failures");
  await says(outcome(page), "Fires once.");
  // The failures are counted together: no run fires individually.
  assert.deepEqual(await texts(), [
    "The automation fired 12:06:40",
    ...["first", "second", "good", "third", "later", "still-later", "last"].map(
      (name) => `${name} finished`,
    ),
  ]);
  await says(signs, "open window that counts events");
  assert.doesNotMatch(await signs.innerText(), /time left before firing|alive/);
  await preset.selectOption("late");
  await says(outcome(page), "the expected events did not arrive in time");
  assert.deepEqual(await texts(), [
    "stuck fired 12:11:45 · nothing came in time",
    "in-time finished · not fired",
    "starts-late finished · not fired",
    "cancelled finished · not fired",
  ]);
  await says(signs, "time left before firing");
  assert.doesNotMatch(await signs.innerText(), /heartbeat|counts events/);
  await preset.selectOption("sequence");
  await says(outcome(page), "Fires once.");
  assert.deepEqual(await texts(), [
    "The automation fired 12:05:00",
    ...["extract", "load", "early-load", "late-extract"].map((name) => `${name} finished`),
  ]);
  for (const name of ["failures", "late", "sequence"]) {
    await preset.selectOption(name);
    await says(outcome(page), "Fires");
    assert.doesNotMatch(await outcome(page).innerText(), /alive|dead|died|silent/);
  }
  // A link to a preset plays its events; back from them, its link plays the runs.
  const late = await open(address({ preset: "late" }));
  await says(outcome(late.page), "Fires on 1 of 4 runs");
  await late.page.getByRole("button", { name: "Back to the runs" }).click();
  await says(outcome(late.page), "Never fires on these 4 runs");
  await late.page.waitForURL(/#simulate\/./);
  await late.page.waitForTimeout(400);
  await late.page.reload();
  await says(outcome(late.page), "Never fires on these 4 runs");
});

test("the automation is beside the timeline, and is copied and downloaded as edited", async () => {
  const { page } = await open("#simulate", { viewport: { width: 1280, height: 900 } });
  const editor = page.locator(".document .cm-content");
  await editor.waitFor();
  const places = async () => {
    const text = await page.locator(".document").boundingBox();
    const timeline = await page.locator("simulate-timeline").boundingBox();
    assert.ok(text && timeline);
    return { text, timeline };
  };
  await says(outcome(page), "Fires on 2");
  const wide = await places();
  assert.ok(wide.text.x + wide.text.width <= wide.timeline.x, "beside it");
  assert.ok(Math.abs(wide.text.y - wide.timeline.y) < 2, "at the same height");
  await page.setViewportSize({ width: 390, height: 844 });
  const narrow = await places();
  assert.ok(narrow.text.y + narrow.text.height <= narrow.timeline.y, "above it");
  await page.getByRole("slider", { name: "Window (within)" }).fill("150");
  await page.getByRole("button", { name: "Copy YAML" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^name: Crash zombie flows\n[\s\S]* {2}within: 150\n/);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), "crash-zombie-flows.yaml");
  assert.equal(await text(await file.createReadStream()), copied);
  await page.getByText("prefect automation create --from-file crash-zombie-flows.yaml").waitFor();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText('{"name": "Mine", "trigger": {"posture": "Reactive"');
  await page.getByRole("button", { name: "Copy JSON" }).waitFor();
  // Not of what is broken.
  await page.getByText("--from-file").waitFor({ state: "detached" });
});

test("one press fixes a finding of the check", async () => {
  const { page } = await open(address({ preset: "explicit-expect" }));
  await outcome(page).getByRole("button", { name: "Fix: expect every event of flow runs" }).click();
  await says(outcome(page), /Fires on 1 of 5 runs;\s+it was dead/);
});

test("timeline and list are linked, and explain each decision", async () => {
  const { page } = await open("#simulate");
  await says(outcome(page), "Fires on 2");
  const timeline = page.getByRole("application", { name: /^Timeline/ });
  await timeline.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  for (let step = 0; step < 7; step += 1) await page.keyboard.press("ArrowRight");
  await says(
    announced(page),
    /^hiccup, 12:03:40, fired: none of the expected events arrived .* from 12:02:10\.125 .* 8 of 17$/,
  );
  await says(page.locator("simulate-timeline .tip"), "came too late");
  await page.keyboard.press("Enter");
  const list = page.getByRole("region", { name: "Decisions" });
  await says(list.locator("[aria-current]"), /12:03:40\.3\s+fired\s+hiccup/);
  await says(list, "A server fault: spent-event");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("simulate-timeline .tip").count(), 0);
  // And from the list to the timeline.
  await list.getByRole("button", { name: /fired\s+zombie/ }).click();
  await says(page.locator("simulate-timeline .tip"), /fired 12:04:25\.0 zombie/);
  // And from the banner.
  await outcome(page).getByRole("button", { name: "hiccup 12:03:40" }).click();
  await says(page.locator("simulate-timeline .tip"), /fired 12:03:40\.3 hiccup/);
  // The list is of all lanes without each heartbeat, or of one with all.
  assert.equal(await list.getByText("rearmed").count(), 0);
  await list.getByLabel("Each heartbeat").check();
  await list.getByText("rearmed").first().waitFor();
  await list.getByLabel("Decisions of").selectOption("custom");
  await list
    .getByText("hiccup", { exact: true })
    .and(page.locator(".run"))
    .first()
    .waitFor({ state: "detached" });
});

test("marks and windows are at the same instant, to the microsecond", async () => {
  const heartbeat = { frequency: 30, drift: 0.015, delay: 0.2, jitter: 20, loss: 0 };
  const { page } = await open(address({ preset: "zombie-30", heartbeat }));
  const timeline = page.getByRole("application", { name: /^Timeline/ });
  await timeline.focus();
  // Before it, two states are held.
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
  // The window is open from the decision on that opens it.
  await says(page.locator("simulate-timeline .tip"), /^\s*armed .*\d s left\s*$/s);
});

test("the pointer reads the marks; zoom and pan by buttons, keys and wheel", async () => {
  const { page } = await open("#simulate");
  await says(outcome(page), "Fires on 2");
  const timeline = page.getByRole("application", { name: /^Timeline/ });
  const times = () => page.locator("simulate-timeline .times span").allInnerTexts();
  const whole = await times();
  assert.deepEqual([whole[0], whole.at(-1)], ["12:00", "12:07"]);
  const box = await timeline.boundingBox();
  assert.ok(box);
  // Twelve pixels are left at the end, ten at the beginning: 12:03:40.37 in the second lane.
  const place = (/** @type {number} */ at) =>
    box.x + 10 + ((box.width - 22) * (at + 1.5)) / (420 + 1.5);
  await page.mouse.move(place(220.37), box.y + 30);
  await says(page.locator("simulate-timeline .tip"), "fired 12:03:40.3 hiccup");
  await page.mouse.click(place(220.37), box.y + 30);
  await says(page.locator("simulate-decisions [aria-current]"), "fired");
  for (let press = 0; press < 8; press += 1)
    await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForFunction(
    (before) => document.querySelector("simulate-timeline .times span")?.textContent !== before,
    whole[0],
  );
  const near = await times();
  assert.ok(
    near.every((one) => /^12:0[34]:\d\d$/.test(one)),
    near.join(),
  );
  await timeline.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.waitForFunction(
    (before) => document.querySelector("simulate-timeline .times span")?.textContent !== before,
    near[0],
  );
  await page.keyboard.press("0");
  await page.waitForFunction(
    () => document.querySelector("simulate-timeline .times span")?.textContent === "12:00",
  );
  await page.mouse.move(place(60), box.y + 20);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -800);
  await page.keyboard.up("Control");
  await page.waitForFunction(
    () =>
      document.querySelector("simulate-timeline .times span:last-child")?.textContent !== "12:07",
  );
  await page.getByRole("button", { name: "Fit" }).click();
  await page.waitForFunction(
    () =>
      document.querySelector("simulate-timeline .times span:last-child")?.textContent === "12:07",
  );
});

test("a custom automation in JSON: mistakes are reported, and the last timeline stays", async () => {
  const { page, failures } = await open("#simulate");
  await says(outcome(page), "Fires on 2");
  const editor = page.locator(".cm-content");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  const own = {
    name: "mine",
    trigger: {
      posture: "Reactive",
      expect: ["prefect.flow-run.Completed"],
      match: { "prefect.resource.id": "prefect.flow-run.*" },
      for_each: ["prefect.resource.id"],
      threshold: 1,
      within: 0,
    },
    actions: [{ type: "do-nothing" }],
  };
  await page.keyboard.insertText(JSON.stringify(own, null, 2));
  await says(outcome(page), /Fires on 2 of 4 runs/);
  await says(page.getByRole("listitem").filter({ hasText: "healthy" }), "fired 12:06:45");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(
    JSON.stringify({ ...own, trigger: { ...own.trigger, posture: "proactive" } }, null, 2),
  );
  await page.getByText("The automation has a mistake.").waitFor();
  await page.getByText("The timeline below shows the last valid version.").waitFor();
  assert.equal(
    await page.getByRole("list", { name: "Runs and their outcomes" }).getByRole("listitem").count(),
    4,
  );
  await page.locator(".findings .finding").first().waitFor();
  await assertAccessible(page, "with a mistake");
  await page.locator(".findings .finding").first().getByRole("button").first().click();
  assert.equal(
    await page.evaluate(() => document.activeElement?.classList.contains("cm-content")),
    true,
  );
  assert.deepEqual(failures, []);
});

test("captured events are replayed: pasted, dropped, or given by another view", async () => {
  const { page, failures } = await open("#simulate");
  await page.getByRole("button", { name: "Replay captured events" }).click();
  await page.getByRole("textbox", { name: /^Captured events/ }).fill(EVENTS);
  await page.getByRole("button", { name: "Replay them" }).click();
  await says(outcome(page), /Fires on 1 of 2 runs;\s+it was alive\.\s+Once more if nothing comes/);
  await says(
    page.getByRole("listitem").filter({ hasText: "captured-1" }),
    "fired 12:02:30 · was alive",
  );
  assert.equal(await page.getByRole("region", { name: "Runs" }).count(), 0);
  assert.equal(await page.getByRole("slider").count(), 1);
  await assertAccessible(page, "with captured events");
  await page.getByRole("button", { name: "Back to the runs" }).click();
  await says(outcome(page), "2 of 4 runs");
  await page.getByRole("button", { name: "Replay captured events" }).click();
  await page.locator("input[type=file]").setInputFiles({
    name: "events.json",
    mimeType: "application/json",
    buffer: Buffer.from(
      JSON.stringify({ events: EVENTS.split("\n").map((line) => JSON.parse(line)) }),
    ),
  });
  await says(outcome(page), "on 1 of 2 runs");
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["{"], "broken.ndjson"));
    return data;
  });
  await page.locator("body").dispatchEvent("drop", { dataTransfer: transfer });
  await page.getByText("The captured events cannot be played.").waitFor();
  assert.deepEqual(failures, []);
  const other = await open(address({ events: EVENTS }));
  await says(outcome(other.page), "on 1 of 2 runs");
});

test("differences between the servers are listed", async () => {
  // The state overtakes the heartbeat that occurred before it.
  const beat = { ...captured(1, [0])[0], received: "2026-03-01T12:00:02Z" };
  const done = { ...captured(1, [1], "Completed")[0], received: "2026-03-01T12:00:01Z" };
  const { page } = await open(
    address({
      events: [done, beat, ...captured(2, [200])].map((one) => JSON.stringify(one)).join("\n"),
    }),
  );
  await page.getByText("1 firing differs between 3.8 and 3.9").click();
  await says(page.locator(".differences li"), /^3\.8 fires at 12:01:3\d, 3\.9 does not/);
  await page.getByRole("combobox", { name: "Server" }).selectOption("3.8");
  await says(outcome(page), /Fires on 1 of 2 runs;[\s\S]*Once more if nothing comes/);
});

test("the address keeps the state, and a wrong address is harmless", async () => {
  const { page } = await open("#simulate");
  await outcome(page).getByRole("button", { name: "Set within: 135" }).click();
  await says(outcome(page), "it was dead");
  await page.waitForURL(/#simulate\/./);
  await page.reload();
  await says(outcome(page), "it was dead");
  assert.equal(await page.getByRole("slider", { name: "Window (within)" }).inputValue(), "135");
  // Another view or a person can give a bare text or the name of a preset; a mistake can be corrected.
  const named = await open(address({ automation: "compound" }));
  await says(outcome(named.page), "Fires once.");
  const broken = await open(address({ automation: "name: nothing" }));
  await broken.page.getByText("The automation has a mistake.").waitFor();
  await assertAccessible(broken.page, "with nothing to draw");
  await broken.page.getByRole("combobox", { name: "Automation" }).selectOption("zombie-30");
  await says(outcome(broken.page), "Fires on 2 of 4 runs");
  const wrong = {
    preset: "nothing",
    runs: [3, { name: "a", starts: "x" }],
    heartbeat: { frequency: -1, loss: "a" },
    copies: 1e9,
    length: null,
    version: 7,
    events: 5,
  };
  const other = await open(address(wrong));
  await says(outcome(other.page), "Never fires on this run");
  assert.deepEqual(other.failures, []);
});

test("the Markdown contains what a bug report needs", async () => {
  const { page } = await open("#simulate");
  await says(outcome(page), "Fires on 2");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  const text = await page
    .waitForFunction(() => navigator.clipboard.readText())
    .then((one) => one.jsonValue());
  assert.match(text, /^\*\*Fires on 2 of 4 runs; 1 of them was alive\.\*\*/);
  assert.match(text, /- `hiccup`: fired 12:03:40 · was alive/);
  assert.match(text, /```yaml\nautomation:\n {2}name: Crash zombie flows/);
  assert.match(text, /runs: \[\{"name":"healthy"/);
});

test("axe finds nothing wrong, in both themes and on a small screen", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page } = await open("#simulate", { colorScheme });
    await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
    await page.getByText("How this is calculated").click();
    await page.getByText("False alarms and misses").click();
    await page.getByRole("button", { name: "Keys" }).click();
    await outcome(page).getByRole("button", { name: "hiccup 12:03:40" }).click();
    await page.locator("simulate-timeline .tip").waitFor();
    await assertAccessible(page, colorScheme);
    await page.getByRole("button", { name: "Replay captured events" }).click();
    await page.locator(".cm-content").waitFor();
    await assertAccessible(page, `${colorScheme}, with the text`);
  }
  const { page } = await open("#simulate", { viewport: { width: 360, height: 780 } });
  await says(outcome(page), "Fires on 2");
  assert.ok(
    (await page.evaluate(() => document.documentElement.scrollWidth)) <= 360,
    "nothing sticks out",
  );
  await assertAccessible(page, "small");
});
