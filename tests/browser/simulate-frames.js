// Measures how smoothly the view Simulate moves with 50 runs of an hour: frames for a second, and how often advice and
// timeline were new. To be run by hand on a quiet machine, after `make page`; no test, for it depends on the machine.

import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

import { launch } from "./helpers/browser.js";
import { serve } from "./helpers/serve.js";

const RUNS = Array.from({ length: 50 }, (_, index) => ({
  name: `run-${index}`,
  starts: index,
  ends: 3000 + index * 10,
  state: "Completed",
}));
const STATE = {
  preset: "zombie-30",
  length: 3600,
  runs: RUNS,
  heartbeat: { frequency: 30, drift: 0.015, delay: 0.2, jitter: 0.5, loss: 0.01 },
};

const site = await serve(fileURLToPath(new URL("../../target/www/", import.meta.url)));
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(
  `${site.url}#simulate/${deflateRawSync(JSON.stringify(STATE)).toString("base64url")}`,
);
await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
await page.waitForTimeout(2000);

/** @param {"slider" | "zoom" | "pointer"} what is moved at each frame, for five seconds */
const measure = (what) =>
  page.evaluate(async (what) => {
    /** @template {Element} T @param {string} selector @returns {T} */
    const find = (selector) => /** @type {T} */ (document.querySelector(selector));
    const slider = /** @type {HTMLInputElement} */ (find('[type="range"][aria-label^="Window"]'));
    const plot = find("simulate-timeline .plot");
    const timeline = /** @type {Element & { scene: unknown }} */ (find("simulate-timeline"));
    const { left, top, width } = plot.getBoundingClientRect();
    const seen = { scenes: new Set(), advice: 0, last: "" };
    /** @type {number[]} */
    const times = [];
    const start = performance.now();
    while (performance.now() - start < 5000) {
      const now = await new Promise(requestAnimationFrame);
      times.push(now);
      const past = now - start;
      const at = { clientX: left + ((past / 4) % width), clientY: top + 60, bubbles: true };
      if (what === "slider") {
        slider.value = String(60 + (times.length % 120));
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      } else if (what === "zoom") {
        const deltaY = Math.sin(past / 300) * 40;
        plot.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY, ctrlKey: true }));
      } else plot.dispatchEvent(new PointerEvent("pointermove", at));
      seen.scenes.add(timeline.scene);
      const advice = find(".advice header").textContent ?? "";
      if (advice !== seen.last) seen.advice += 1;
      seen.last = advice;
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
    gaps.sort((one, other) => one - other);
    const second = (/** @type {number} */ count) => Math.round((count / 5) * 10) / 10;
    return {
      "frames/s": second(gaps.length),
      "95 % of frames within ms": gaps[Math.floor(gaps.length * 0.95)]?.toFixed(1),
      "longest ms": gaps.at(-1)?.toFixed(1),
      "advice/s": second(seen.advice - 1),
      "timelines/s": second(seen.scenes.size - 1),
    };
  }, what);

console.table({
  slider: await measure("slider"),
  zoom: await measure("zoom"),
  pointer: await measure("pointer"),
});
await browser.close();
await site.close();
