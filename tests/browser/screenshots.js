// Writes screenshots of all views to target/screenshots, and those of the README to docs/images (`make screenshots`).

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { launch } from "./helpers/browser.js";
import { serve } from "./helpers/serve.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const VIEWS = ["validate", "build", "simulate"];
const WIDTHS = [360, 800, 1440];
const THEMES = /** @type {const} */ (["light", "dark"]);
/** The screenshots in the README and docs, one per view. */
const README = { width: 1280, height: 800 };

const site = await serve(`${root}target/www`);
const browser = await launch();
mkdirSync(`${root}target/screenshots`, { recursive: true });
mkdirSync(`${root}docs/images`, { recursive: true });

/**
 * @param {string} view
 * @param {"light" | "dark"} colorScheme
 * @param {{ width: number, height: number }} viewport
 */
async function opened(view, colorScheme, viewport) {
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${site.url}#${view}`);
  await page.locator("main > [data-view]").waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  // Wait for parts that are calculated and drawn late.
  await page.waitForTimeout(800);
  return page;
}

for (const view of VIEWS) {
  for (const theme of THEMES) {
    for (const width of WIDTHS) {
      const page = await opened(view, theme, { width, height: 900 });
      const path = `${root}target/screenshots/${view}-${theme}-${width}.png`;
      await page.screenshot({ path, fullPage: true });
      await page.context().close();
    }
  }
  const page = await opened(view, "light", README);
  // Playwright cannot write WebP, which has a fifth of the size.
  const chrome = await page.context().newCDPSession(page);
  const { data } = await chrome.send("Page.captureScreenshot", { format: "webp", quality: 82 });
  writeFileSync(`${root}docs/images/${view}.webp`, Buffer.from(data, "base64"));
  await page.context().close();
}

await browser.close();
await site.close();
console.log("target/screenshots, docs/images");
