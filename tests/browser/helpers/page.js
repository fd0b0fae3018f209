// The built page (`make page`) in a real browser, under a subpath as on any file server.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";

import { CLIPBOARD, launch } from "./browser.js";
import { serve } from "./serve.js";

const BUILT = fileURLToPath(new URL("../../../target/www/", import.meta.url));

/**
 * Starts the browser and the server for the tests of a file, and ends them.
 * Returns a function that opens the page, each time as a new user with empty storage.
 * @param {() => Promise<import("playwright-core").Browser>} [start]
 */
export function thePage(start = launch) {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let site;

  before(async () => {
    assert.ok(existsSync(`${BUILT}index.html`), "the page has not been built: `make page`");
    site = await serve(BUILT, { base: "/some/where/" });
    browser = await start();
  });
  /** @type {import("playwright-core").BrowserContext[]} */
  const opened = [];
  // Open pages continue drawing.
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((context) => context.close()));
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /**
   * @param {string} [hash] such as `#simulate`
   * @param {import("playwright-core").BrowserContextOptions} [options]
   * @param {(context: import("playwright-core").BrowserContext) => Promise<void>} [prepare] before the page is opened
   */
  return async function open(hash = "", options = {}, prepare = async () => {}) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      permissions: CLIPBOARD,
      serviceWorkers: "block",
      ...options,
    });
    opened.push(context);
    await prepare(context);
    const page = await context.newPage();
    /** @type {string[]} */
    const failures = [];
    page.on("pageerror", (error) => failures.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") failures.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(`${site.url}${hash}`);
    await page.locator("main > [data-view]").waitFor();
    return { page, context, failures, url: site.url };
  };
}
