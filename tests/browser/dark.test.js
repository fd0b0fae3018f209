// The page on a system with a dark theme, which the browser itself reports.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launchDark } from "./helpers/browser.js";
import { thePage } from "./helpers/page.js";

const open = thePage(launchDark);

test("dark theme from the system", async () => {
  const { page, failures } = await open("", { colorScheme: "dark" });
  await page.locator("#verdict").waitFor();
  const [paper, ink] = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    const own = getComputedStyle(document.documentElement).backgroundColor;
    const lightness = (/** @type {string} */ text) => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d");
      if (!canvas) throw new Error("no canvas");
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      return canvas
        .getImageData(0, 0, 1, 1)
        .data.slice(0, 3)
        .reduce((sum, one) => sum + one, 0);
    };
    return [own === "rgba(0, 0, 0, 0)" ? backgroundColor : own, color].map(lightness);
  });
  assert.ok(
    paper !== undefined && ink !== undefined && paper < 150 && ink > 400,
    `${paper}, ${ink}`,
  );
  assert.deepEqual(failures, []);
});
