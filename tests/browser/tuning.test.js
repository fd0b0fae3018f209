// The view Simulate: false alarms against delay, a curve to drag along.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();

/** @param {Page} page */
const panel = (page) => page.getByRole("region", { name: "False alarms and delay" });
/** @param {Page} page */
const handle = (page) => page.getByRole("slider", { name: "Window on the curve" });
/** @param {import("playwright-core").Locator} where @param {string | RegExp} text */
const says = (where, text) => where.filter({ hasText: text }).first().waitFor();

/** @param {string} [hash] @param {import("playwright-core").BrowserContextOptions} [options] */
async function compared(hash = "#simulate", options = {}) {
  const opened = await open(hash, options);
  await opened.page.getByRole("button", { name: "False alarms and delay of each window" }).click();
  await handle(opened.page).waitFor();
  return opened;
}

test("the point of the curve is the window of the text, and each changes the other", async () => {
  const { page, failures } = await compared();
  assert.equal(await handle(page).getAttribute("aria-valuenow"), "90");
  assert.match(
    (await handle(page).getAttribute("aria-valuetext")) ?? "",
    /^90 s: [\d,.]+ false alarms per 1,000 run-hours, a dead run is detected after \d+ s$/,
  );
  await says(panel(page), /A window of\s*90 s[\s\S]*a month over 500 runs/);
  await handle(page).press("ArrowRight");
  await page.locator(".cm-content", { hasText: "within: 91" }).waitFor();
  await handle(page).press("PageUp");
  await page.locator(".cm-content", { hasText: "within: 101" }).waitFor();
  await handle(page).press("ArrowDown");
  await page.locator(".cm-content", { hasText: "within: 100" }).waitFor();
  await says(panel(page), "before, 90 s");
  // The text of the automation, the slider below the timeline, and the curve are linked.
  await page.getByRole("slider", { name: "Window (within)" }).fill("150");
  await says(panel(page), /A window of\s*2 min 30 s/);
  assert.equal(await handle(page).getAttribute("aria-valuenow"), "150");
  assert.deepEqual(failures, []);
});

test("the point can be dragged along the curve", async () => {
  const { page, failures } = await compared();
  const alarms = async () =>
    Number(
      /: ([\d,.]+) false/
        .exec((await handle(page).getAttribute("aria-valuetext")) ?? "")?.[1]
        ?.replaceAll(",", ""),
    );
  const before = await alarms();
  await handle(page).scrollIntoViewIfNeeded();
  const box = await handle(page).boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 120, y + 20, { steps: 8 });
  const during = Number(await handle(page).getAttribute("aria-valuenow"));
  assert.ok(during > 100, `${during} s`);
  await page.mouse.up();
  await page.mouse.move(x + 10, y);
  await page.locator(".cm-content", { hasText: `within: ${during}` }).waitFor();
  assert.equal(Number(await handle(page).getAttribute("aria-valuenow")), during);
  assert.ok((await alarms()) < before / 10, `${await alarms()} after ${before}`);
  assert.deepEqual(failures, []);
});

test("the shortest window for the target follows the assumptions", async () => {
  const { page, failures } = await compared();
  const set = panel(page).getByRole("button", { name: /^Set within: / });
  const best = async () => Number(/\d+/.exec(await set.innerText())?.[0]);
  await set.waitFor();
  const usual = await best();
  await panel(page).getByLabel("Lost heartbeats").fill("10");
  await page.keyboard.press("Tab");
  await page.waitForFunction(
    (before) =>
      !document.querySelector("simulate-tuning")?.textContent?.includes(`within: ${before}`),
    usual,
  );
  const lossy = await best();
  assert.ok(lossy > usual, `${lossy} s with 10 % lost, ${usual} s with 2 %`);
  await set.click();
  await page.locator(".cm-content", { hasText: `within: ${lossy}` }).waitFor();
  // A value out of range is reported, and the curve stays.
  await panel(page).getByLabel("Jitter").fill("500");
  await page.keyboard.press("Tab");
  await says(panel(page).getByRole("alert"), "jitter");
  await handle(page).waitFor();
  assert.deepEqual(failures, []);
});

test("axe finds nothing wrong in the panel, in both themes and on a small screen", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"]))
    for (const width of [1280, 320]) {
      const { page } = await compared("#simulate", {
        colorScheme,
        viewport: { width, height: 900 },
      });
      await says(panel(page), "a month over 500 runs");
      await assertAccessible(page, `${colorScheme}, ${width} px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide instead of ${width}`);
    }
});
