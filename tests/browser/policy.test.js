// The Content-Security-Policy of the page: the page does not violate it, and injected code does not run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { thePage } from "./helpers/page.js";

const open = thePage();

const VIEWS = ["validate", "build", "simulate"];
const THEMES = /** @type {const} */ (["light", "dark"]);

/** Records what the policy blocks, from the start. @param {import("playwright-core").BrowserContext} context */
async function watch(context) {
  await context.addInitScript(() => {
    const blocked = /** @type {string[]} */ (Object.assign(globalThis, { blocked: [] }).blocked);
    document.addEventListener("securitypolicyviolation", (event) => {
      blocked.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
}

/** @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
const blocked = (page) => page.evaluate(() => /** @type {any} */ (globalThis).blocked);

/** Opens all parts of each view. @type {{ [view: string]: (page: import("playwright-core").Page) => Promise<void> }} */
const USED = {
  validate: async (page) => {
    await page.locator(".cm-content").fill('{"event": "prefect.flow-run.Running", "x": tru}');
    // Type like a user, because the browser's own editing obeys the policy.
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{"event": "prefect.flow-run.Running", "x": tru');
    await page.locator(".cm-lintRange-error, .cm-lint-marker-error").first().waitFor();
    await page.locator(".cm-lint-marker-error").first().hover();
    await page.locator(".cm-tooltip").first().waitFor();
    await page.locator(".cm-content").press("Control+f");
    await page.locator(".cm-search").waitFor();
  },
  build: async (page) => {
    await page.locator(".output .good", { hasText: "✓ Valid" }).waitFor();
    await page.getByRole("tab", { name: "Python" }).click();
    await page.locator("#view", { hasText: "import" }).waitFor();
  },
  simulate: async (page) => {
    await page.locator(".cm-content").waitFor();
    await page.locator(".plot").hover();
    await page.locator(".plot").press("ArrowRight");
    await page.locator(".tip").waitFor();
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
  },
};

for (const view of VIEWS)
  for (const colorScheme of THEMES)
    test(`the view ${view} does not violate the policy, ${colorScheme}`, async () => {
      const { page, failures } = await open(`#${view}`, { colorScheme }, watch);
      await USED[view]?.(page);
      await page.getByRole("combobox", { name: "Theme" }).selectOption("Dark");
      await page.getByRole("button", { name: "Share" }).click();
      assert.deepEqual(await blocked(page), []);
      assert.deepEqual(failures, []);
    });

test("the editor has its styles", async () => {
  const { page } = await open("#validate");
  const editor = page.locator(".cm-editor");
  await editor.waitFor();
  assert.equal(await editor.evaluate((element) => getComputedStyle(element).display), "flex");
});

test("the service worker is allowed", async () => {
  const { page, failures } = await open("", { serviceWorkers: "allow" }, watch);
  await page.evaluate(() => navigator.serviceWorker.ready);
  assert.deepEqual(await blocked(page), []);
  assert.deepEqual(failures, []);
});

test("injected elements neither run, nor load, nor are styled", async () => {
  const { page } = await open("", {}, watch);
  const seen = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = 'script'";
    document.body.append(script);
    const place = document.createElement("div");
    place.innerHTML = `
      <img src="https://example.com/x.png" onerror="globalThis.ran = 'handler'">
      <iframe src="data:text/html,x"></iframe>
      <object data="data:text/html,x"></object>
      <style>body { outline: 7px solid red }</style>
      <form action="https://example.com/"><button>send</button></form>`;
    document.body.append(place);
    const base = document.createElement("base");
    base.href = "https://example.com/";
    document.head.append(base);
    place.querySelector("button")?.click();
    // Delayed, because code of the test itself may use `eval`.
    const evaluated = await new Promise((resolve) =>
      setTimeout(() => {
        try {
          resolve(new Function("return 'evaluated'")());
        } catch (error) {
          resolve(error instanceof Error ? error.name : error);
        }
      }),
    );
    // Users connect to servers of their own by HTTP, and to nothing else.
    const websocket = await new Promise((resolve) => {
      // Firefox throws at once, Chromium reports an error later.
      try {
        const socket = new WebSocket("wss://example.com/");
        socket.addEventListener("open", () => resolve("opened"));
        socket.addEventListener("error", () => resolve("blocked"));
      } catch {
        resolve("blocked");
      }
    });
    await new Promise((resume) => setTimeout(resume, 100));
    return {
      ran: /** @type {any} */ (globalThis).ran,
      evaluated,
      websocket,
      outline: getComputedStyle(document.body).outlineWidth,
      base: document.baseURI.startsWith("https://example.com/"),
    };
  });
  assert.deepEqual(
    { ...seen, outline: seen.outline === "7px" },
    {
      ran: undefined,
      evaluated: "EvalError",
      websocket: "blocked",
      outline: false,
      base: false,
    },
  );
  const directives = new Set((await blocked(page)).map((one) => one.split(" ")[0]));
  for (const directive of [
    "script-src-elem",
    "script-src-attr",
    "script-src",
    "style-src-elem",
    "img-src",
    "frame-src",
    "object-src",
    "connect-src",
    "base-uri",
    "form-action",
  ])
    assert.ok(directives.has(directive), `${directive}: ${[...directives].join(", ")}`);
});
