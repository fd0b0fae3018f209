// The frame around the rooms: ways between them, the theme, sharing, faults.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

const open = thePage();

test("the rooms are reached by their links and addresses", async () => {
  const { page, failures } = await open("#build");
  assert.equal(
    await page.getByRole("link", { name: "Build" }).getAttribute("aria-current"),
    "page",
  );
  await page.getByRole("link", { name: "Simulate" }).click();
  await page.locator("room-simulate").waitFor();
  assert.match(page.url(), /#simulate/);
  assert.equal(await page.title(), "Simulate · prefect-events");
  await page.goBack();
  await page.locator("room-build").waitFor();
  assert.deepEqual(failures, []);
});

test("the link of a room leads back to what was left there", async () => {
  const { page } = await open();
  // At once: what is not in the address yet is not lost.
  await page.getByText("Server only").click();
  await page.getByRole("link", { name: "Simulate" }).click();
  await page.locator("room-simulate").waitFor();
  await page.getByRole("link", { name: "Validate" }).click();
  await page.locator("#verdict", { hasText: "The event is right" }).waitFor({ timeout: 5000 });
});

test("the theme follows the system, and can be chosen", async () => {
  const { page } = await open("", { colorScheme: "dark" });
  const paper = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await paper();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await paper();
  assert.notEqual(light, dark);
  const button = page.getByRole("button", { name: "Theme" });
  await button.click();
  await button.click();
  assert.equal(
    await button.textContent().then((text) => text?.replaceAll(/\s+/g, " ").trim()),
    "Theme: Dark",
  );
  assert.equal(await paper(), dark);
  await page.reload();
  assert.equal(await paper(), dark, "it is kept");
});

test("axe finds nothing wrong in the frame", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page } = await open("", { colorScheme });
    await assertAccessible(page, colorScheme);
    await page.getByRole("button", { name: "Share" }).click();
    await assertAccessible(page, `${colorScheme}, sharing`);
  }
});

test("a damaged link is no trap", async () => {
  const { page, failures } = await open("#validate/zzzz");
  await page.getByText("The link is damaged").waitFor({ state: "attached" });
  assert.deepEqual(failures, []);
});

test("a fault shows itself as ours, with a report", async () => {
  const { page } = await open();
  await page.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error("a tooth broke");
      }),
  );
  const panel = page.getByRole("alert");
  await panel.getByText("This is our fault, not yours").waitFor();
  await panel.getByRole("button", { name: "Copy report" }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(report, /a tooth broke/);
  await assertAccessible(page, "with a fault");
  await panel.getByRole("button", { name: "Close" }).click();
  assert.equal(await panel.count(), 0);
});
