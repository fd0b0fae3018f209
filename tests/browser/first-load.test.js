// The size of the files that the page loads before its first result.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { thePage } from "./helpers/page.js";

const open = thePage();
const BUILT = fileURLToPath(new URL("../../target/www/", import.meta.url));

/** Until the verdict on the first event is shown, compressed with Brotli, in kilobytes. */
const BUDGET_KB = 250;

/**
 * The compressed size of the requests until an element appears, or until there are no more requests.
 * @param {string} hash
 * @param {string} [selector]
 */
async function load(hash, selector) {
  /** @type {import("playwright-core").Request[]} */
  const requests = [];
  let shown = Number.POSITIVE_INFINITY;
  const { page, url } = await open(hash, {}, async (context) => {
    context.on("request", (request) => requests.push(request));
    await context.exposeFunction("tellShown", (/** @type {number} */ time) => {
      shown = time;
    });
    await context.addInitScript((awaited) => {
      if (!awaited) return;
      const observer = new MutationObserver(() => {
        if (!document.querySelector(awaited)) return;
        observer.disconnect();
        // @ts-expect-error: put there above
        tellShown(performance.timeOrigin + performance.now());
      });
      observer.observe(document, { childList: true, subtree: true });
    }, selector);
  });
  await page.waitForLoadState("networkidle");
  if (selector) await page.locator(selector).first().waitFor();
  const files = new Map(
    requests
      .filter((request) => request.timing().startTime < shown)
      .map((request) => {
        const file = new URL(request.url()).href.slice(url.length).replace(/#.*/, "");
        return [file || "index.html", 0];
      }),
  );
  for (const file of files.keys())
    files.set(file, brotliCompressSync(readFileSync(`${BUILT}${file}`)).length);
  return [...files].sort(([, one], [, other]) => other - one);
}

/** @param {[string, number][]} files */
const total = (files) => files.reduce((sum, [, size]) => sum + size, 0);

/** @param {[string, number][]} files */
const list = (files) =>
  files.map(([file, size]) => `${(size / 1000).toFixed(1)} kB ${file}`).join("\n");

test("the first verdict loads little", async (t) => {
  const files = await load("", ".verdict .sign");
  t.diagnostic(`${(total(files) / 1000).toFixed(1)} kB`);
  assert.ok(
    files.some(([file]) => file.endsWith(".wasm")),
    `nothing was checked:\n${list(files)}`,
  );
  assert.ok(total(files) < BUDGET_KB * 1000, list(files));
});

for (const view of ["validate", "build", "simulate"])
  test(`everything that the view ${view} loads`, async (t) => {
    const files = await load(`#${view}`);
    t.diagnostic(`${(total(files) / 1000).toFixed(1)} kB`);
    assert.ok(files.length > 0);
    // The module that simulates does not wait for the one that validates.
    const main = files.some(([file]) => /prefect_events_validate-[^/]*wasm$/.test(file));
    assert.equal(main, view !== "simulate", list(files));
    // The module for servers is loaded when one of its panels is opened.
    assert.ok(!files.some(([file]) => /prefect_events_live/.test(file)), list(files));
  });
