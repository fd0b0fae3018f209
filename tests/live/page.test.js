// The page in a real browser, connected to real servers: needs `make page`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { thePage } from "../browser/helpers/page.js";
import { session } from "./helpers/session.js";

const { url, automation, runs, guarded } = session();
const open = thePage();

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
const panel = (page) => page.locator("simulate-connect");
/** @param {import("playwright-core").Locator} where @param {string | RegExp} text */
const says = (where, text) => where.filter({ hasText: text }).first().waitFor();

/** @param {Page} page @param {string} address @param {string} [basic] */
async function connect(page, address, basic) {
  await page.getByRole("button", { name: "Connect to a server" }).click();
  await page.getByLabel("API URL").fill(address);
  if (basic !== undefined) {
    await page.getByLabel("Authentication").selectOption("basic");
    await panel(page).locator("[name=secret]").fill(basic);
  }
  await panel(page).getByRole("button", { name: "Connect", exact: true }).click();
}

test("an automation of the server, and what it did to a dead run", async () => {
  const { page, failures } = await open("#simulate");
  await connect(page, url);
  await panel(page).getByLabel("Automation").selectOption(automation.name);
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), /The timeline shows \d+ events/);
  await page.locator(".cm-content", { hasText: automation.name }).waitFor();
  const list = page.getByRole("list", { name: "Runs and their outcomes" });
  await says(list, new RegExp(`${runs.doomed.name}\\s+fired`));
  assert.deepEqual(failures, []);
});

test("the events of one run of the server", async () => {
  const { page, failures } = await open("#simulate");
  await connect(page, url);
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  await panel(page).getByRole("button", { name: "List runs" }).click();
  await panel(page).getByLabel("Run", { exact: true }).selectOption(runs.steady.id);
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), /The timeline shows \d+ events/);
  assert.deepEqual(failures, []);
});

test("a server with Basic authentication and CSRF tokens", async () => {
  const { page } = await open("#simulate");
  await connect(page, guarded.url, guarded.authString);
  await says(panel(page), "Events from a server");
  const wrong = await open("#simulate");
  await connect(wrong.page, guarded.url, "admin:wr0ng");
  // Its 401 has no CORS headers, so the browser hides the status.
  await says(
    panel(wrong.page),
    /The server rejects this auth string|does not allow this page to read its responses \(CORS\)/,
  );
});
