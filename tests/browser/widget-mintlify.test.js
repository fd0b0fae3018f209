// The recipe for Mintlify in docs/widget.md, on a site built from Mintlify's own components: as a whole document that React
// hydrates, with navigation that does not reload the page.

import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { violations } from "./helpers/axe.js";
import { launch } from "./helpers/browser.js";
import { serve } from "./helpers/serve.js";
import { buildMintlify, folder, remove } from "./helpers/sites.js";
import { PAGES } from "./sites/mintlify/pages.js";

/** @typedef {import("playwright-core").Page} Page */

/** The policy of such a site: its own scripts and files, and WebAssembly. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let made;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  made = folder();
  const site = buildMintlify(made, PAGES);
  browser = await launch();
  await site;
  server = await serve(join(made, "site"), { headers: { "Content-Security-Policy": POLICY } });
});

after(async () => {
  await browser?.close();
  await server?.close();
  if (made) remove(made);
});

/**
 * A page. Its errors and React's warnings fail the test.
 * @param {import("node:test").TestContext} t
 * @param {string} path
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @param {() => void} [before] what runs in the page before its own scripts
 */
async function open(t, path, options = {}, before = () => {}) {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 900 },
    colorScheme: "light",
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.addInitScript(before);
  /** @type {string[]} */
  const wrong = [];
  /** @type {string[]} */
  const loaded = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    // Chromium reports a missing file; the test for this case checks it itself.
    if (/error|warning/.test(message.type())) wrong.push(message.text());
  });
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  });
  await page.goto(server.url + path);
  return { page, loaded, wrong };
}

/** @param {Page} page */
const widgets = (page) => page.locator("prefect-event-validator");

/**
 * The verdicts of a page, once it has this many.
 * @param {Page} page
 * @param {number} number
 */
async function verdicts(page, number) {
  await widgets(page)
    .nth(number - 1)
    .waitFor({ state: "attached" });
  return await page.evaluate(async () => {
    const all = [...document.querySelectorAll("prefect-event-validator")];
    await Promise.all(all.map((widget) => widget.validate()));
    return all.map(({ shadowRoot }) => shadowRoot?.querySelector(".summary")?.textContent);
  });
}

const EVENTS = [
  "2 errors, 1 warning prefect.worker.executed-flow-run",
  "Valid event prefect.flow-run.heartbeat",
];
const ZOMBIES = "Valid automation, 1 warning Crash zombie flows";

test("events are checked, Python is ignored, and React finds no differences", async (t) => {
  const { page, loaded } = await open(t, "");
  assert.deepEqual(await verdicts(page, 2), EVENTS);
  assert.equal(await page.getAttribute("html", "data-hydrated"), "true");
  // After the block, not inside it.
  const places = await widgets(page).evaluateAll((all) =>
    all.map(({ previousElementSibling: before }) => before?.classList.contains("code-block")),
  );
  assert.deepEqual(places, [true, true]);
  // No files for automations, and no module beside the script.
  assert.deepEqual(
    loaded.filter((path) => /author|wasm/.test(path)),
    [],
  );
});

test("no widget is added before React has hydrated the page", async (t) => {
  const { page } = await open(t, "");
  await page.waitForFunction(() => customElements.get("prefect-event-validator") !== undefined);
  const early = await page.evaluate(
    () =>
      document.documentElement.dataset.hydrated === undefined &&
      document.querySelector("prefect-event-validator") !== null,
  );
  assert.equal(early, false);
  await verdicts(page, 2);
});

test("pages that appear without a reload, and disappear again", async (t) => {
  const { page, loaded } = await open(t, "");
  await verdicts(page, 2);
  await page.evaluate(() => Object.assign(globalThis, { same: true }));
  await page.getByRole("link", { name: "the automations" }).click();
  await page.getByRole("heading", { level: 1, name: "Automations" }).waitFor();
  assert.deepEqual(await verdicts(page, 1), [ZOMBIES]);
  assert.deepEqual(
    loaded.filter((path) => path.includes("author")),
    ["/prefect-events/widget.author.json"],
  );
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  await page.waitForFunction(
    () => document.querySelectorAll("prefect-event-validator").length === 2,
  );
  assert.deepEqual(await verdicts(page, 2), EVENTS);
  assert.equal(
    await page.evaluate(() => /** @type {any} */ (globalThis).same),
    true,
    "the page was not loaded anew",
  );
});

test("the widget keeps its place when React renders the page again", async (t) => {
  const { page } = await open(t, "");
  await verdicts(page, 2);
  await page.evaluate(() => {
    const [first] = document.querySelectorAll("prefect-event-validator");
    if (first) first.open = true;
  });
  for (let time = 1; time <= 3; time += 1) {
    await page.locator("#feedback-thumbs-up").click();
    await page.locator(`#content-area[data-votes="${time}"]`).waitFor();
  }
  await page.getByText("Thank you.").waitFor();
  assert.deepEqual(await verdicts(page, 2), EVENTS);
  assert.ok(await widgets(page).first().locator(".findings").isVisible(), "it is the same widget");
});

test("in a code group, the widget is below the group and follows the tab", async (t) => {
  const { page } = await open(t, "automations");
  await verdicts(page, 1);
  const group = page.locator(".code-group");
  const names = async () =>
    await page.evaluate(() =>
      [...document.querySelectorAll("prefect-event-validator")]
        .filter(({ shadowRoot }) => shadowRoot?.querySelector(".widget:not([hidden])"))
        .map(({ shadowRoot }) => shadowRoot?.querySelector(".name")?.textContent),
    );
  await group.scrollIntoViewIfNeeded();
  assert.deepEqual(await names(), ["Crash zombie flows"], "Python is no automation");
  const under = (/** @type {string} */ name) =>
    page.waitForFunction((name) => {
      const shown = [...document.querySelectorAll("prefect-event-validator")].filter(
        ({ shadowRoot }) => shadowRoot?.querySelector(".widget:not([hidden])"),
      );
      const behind = shown.filter(({ previousElementSibling: before }) => {
        let at = before;
        while (at?.matches("prefect-event-validator")) at = at.previousElementSibling;
        return at?.classList.contains("code-group");
      });
      const [one, ...others] = behind;
      if (name === "") return behind.length === 0;
      return others.length === 0 && one?.shadowRoot?.querySelector(".name")?.textContent === name;
    }, name);
  await group.getByRole("tab", { name: "JSON" }).click();
  await under("Three failures");
  await group.getByRole("tab", { name: "YAML" }).click();
  await under("Crash zombie flows");
  await group.getByRole("tab", { name: "Python" }).click();
  await under("");
  await group.getByRole("tab", { name: "JSON" }).click();
  await under("Three failures");
});

test("is dark immediately when the page is", async (t) => {
  const { page } = await open(t, "");
  await verdicts(page, 2);
  const widget = widgets(page).first().locator(".widget");
  assert.equal(await widget.getAttribute("data-theme"), "light");
  await page.getByRole("button", { name: "Toggle dark mode" }).click();
  await page.locator("prefect-event-validator .widget[data-theme=dark]").first().waitFor();
  await page.getByRole("button", { name: "Toggle dark mode" }).click();
  await page.locator("prefect-event-validator .widget[data-theme=light]").first().waitFor();
});

test("the verdict appears without moving the content below", async (t) => {
  // From before the page loads: the widget can be there before a test can look.
  const { page } = await open(t, "", {}, () => {
    const heights = /** @type {number[]} */ ([]);
    Object.assign(globalThis, { heights });
    const resized = new ResizeObserver(([entry]) => {
      if (entry) heights.push(/** @type {HTMLElement} */ (entry.target).offsetHeight);
    });
    new MutationObserver(() => {
      const [first] = document.querySelectorAll("prefect-event-validator");
      // Observing an observed element again reports its size again.
      if (first) resized.observe(first);
    }).observe(document, { childList: true, subtree: true });
  });
  await verdicts(page, 2);
  await page.waitForTimeout(200);
  const heights = await page.evaluate(() => /** @type {any} */ (globalThis).heights);
  assert.ok(heights.length > 0);
  assert.deepEqual([...new Set(heights)].length, 1, heights.join());
});

test("the file for automations can be a script, if only scripts are served", async (t) => {
  const content = join(made, "site/prefect-events");
  renameSync(join(content, "widget.author.json"), join(content, "widget.author.js"));
  t.after(() => renameSync(join(content, "widget.author.js"), join(content, "widget.author.json")));
  const { page, wrong } = await open(t, "automations");
  // Mintlify includes it on every page; it must do nothing there.
  await page.addScriptTag({ url: "/prefect-events/widget.author.js" });
  assert.deepEqual(await verdicts(page, 1), [ZOMBIES]);
  const [missing, ...others] = wrong.splice(0);
  assert.match(missing ?? "", /404/);
  assert.deepEqual(others, []);
});

test("plays a run on which the automation fires, and one on which it does not", async (t) => {
  const { page } = await open(t, "automations");
  await verdicts(page, 1);
  const widget = widgets(page).first();
  const play = widget.getByRole("button", { name: "Play", exact: true });
  assert.equal(await play.getAttribute("aria-expanded"), "false");
  await play.focus();
  await page.keyboard.press("Enter");
  await widget.getByText("Fires: The process of a run dies").waitFor();
  await widget.getByText("Does not fire: A run sends heartbeats until it completes").waitFor();
  assert.equal(await play.getAttribute("aria-expanded"), "true");
  assert.ok(await play.evaluate((button) => button.matches(":focus")), "the button has the focus");
  const drawings = widget.getByRole("img");
  assert.deepEqual(
    await drawings.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label"))),
    [
      "Timeline: The process of a run dies, and its heartbeats stop. Fires.",
      "Timeline: A run sends heartbeats until it completes. Does not fire.",
    ],
  );
  assert.deepEqual(
    await drawings.evaluateAll((all) => all.map((one) => one.querySelectorAll("path.fire").length)),
    [1, 0],
  );
  await widget.getByText("In words").first().click();
  const steps = await widget.locator(".steps").first().locator("li").allInnerTexts();
  assert.deepEqual(steps.slice(-2), [
    "2 min 25 s: the process dies",
    "3 min 45 s: the automation fires",
  ]);
  await play.click();
  assert.equal(await drawings.count(), 0);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing in the example runs: ${colorScheme}`, async (t) => {
    const { page } = await open(t, "automations", { colorScheme });
    await verdicts(page, 1);
    await widgets(page)
      .first()
      .evaluate((widget) => {
        widget.toggleAttribute("playing", true);
        widget.toggleAttribute("open", true);
      });
    await page.locator(`.widget[data-theme=${colorScheme}]`).first().waitFor();
    await widgets(page).first().getByRole("img").first().waitFor();
    for (const width of [360, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(200);
      assert.deepEqual(await violations(page, "prefect-event-validator"), [], `${width} px`);
      const drawn = await widgets(page)
        .first()
        .evaluate(({ shadowRoot }) =>
          [...(shadowRoot?.querySelectorAll("svg.timeline") ?? [])].map(
            (one) => one.getBoundingClientRect().right,
          ),
        );
      assert.ok(Math.max(...drawn) <= width, `${drawn} in a window of ${width} px`);
    }
  });
}
