// After the first load, no view needs a network.

import assert from "node:assert/strict";
import { test } from "node:test";

import { thePage } from "./helpers/page.js";

const open = thePage();

test("every view works without a network", async () => {
  const { page, context, failures } = await open("", { serviceWorkers: "allow" });
  // The worker is ready once everything is in its cache, and controls the page from the next load on.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  for (const view of ["validate", "build", "simulate"]) {
    await page.goto(`${page.url().replace(/#.*/, "")}#${view}`);
    await page.reload();
    await page.locator(`view-${view}`).waitFor();
    const sign = page.locator(".masthead img");
    assert.ok(await sign.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth));
  }
  // Browsers fetch the icon of the tab without asking the service worker.
  assert.deepEqual(
    failures.filter((failure) => !failure.endsWith("/icon.svg")),
    [],
  );
});
