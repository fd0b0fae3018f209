// The recipes of docs/widget.md, on real sites: MkDocs Material, VitePress and Docusaurus.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";

import { violations } from "./helpers/axe.js";
import { launch } from "./helpers/browser.js";
import { serve } from "./helpers/serve.js";
import {
  buildDocusaurus,
  buildMkdocs,
  buildVitepress,
  example,
  folder,
  hasPython,
  remove,
} from "./helpers/sites.js";

/** @typedef {import("playwright-core").Page} Page */

const python = hasPython();
if (!python) {
  console.error(
    "THE MKDOCS RECIPE IS NOT TESTED: there is no python3 with venv and pip on this machine.",
  );
}

const SITES = [
  {
    name: "MkDocs Material",
    build: buildMkdocs,
    built: "site",
    index: "",
    worker: "worker/",
    automations: "automations/",
    single: "single/",
    dark: "form[data-md-component=palette] label:not([hidden])",
    // In CI, the site must not be skipped.
    skip: !python && !process.env.CI,
    inline: false,
  },
  {
    name: "VitePress",
    build: buildVitepress,
    built: ".vitepress/dist",
    index: "index.html",
    worker: "worker.html",
    automations: "automations.html",
    single: "single.html",
    dark: ".VPNavBar .VPSwitchAppearance",
    skip: false,
    inline: false,
  },
  {
    name: "Docusaurus",
    build: buildDocusaurus,
    built: "build",
    index: "",
    worker: "worker",
    automations: "automations",
    single: "single",
    dark: "nav.navbar button[class*=toggleButton]",
    // The module that validates is in the script.
    inline: true,
    skip: false,
  },
];

for (const site of SITES) {
  suite(site.name, { skip: site.skip }, () => {
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {string} */
    let made;
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let server;

    before(async () => {
      made = folder();
      [browser, server] = await Promise.all([launch(), serve(join(made, site.built))]);
      await site.build(made, server.url);
    });

    after(async () => {
      await browser?.close();
      await server?.close();
      if (made) remove(made);
    });

    /**
     * @param {import("node:test").TestContext} t
     * @param {string} path
     * @param {import("playwright-core").BrowserContextOptions & { without?: RegExp }} [options] `without`: files that do
     *   not arrive
     */
    async function open(t, path, { without = /^$/, ...options } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      context.setDefaultTimeout(8000);
      // Fonts of other hosts are not available, and not needed.
      await context.route(
        (url) => !url.href.startsWith(server.url) || without.test(url.href),
        (route) => route.abort(),
      );
      const page = await context.newPage();
      /** @type {string[]} */
      const wrong = [];
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("console", (message) => {
        const found = /prefect|hydrat|onRecoverableError|unknown element|failed to resolve/i.test(
          message.text(),
        );
        if (found) wrong.push(message.text());
      });
      t.after(async () => {
        await context.close();
        assert.deepEqual(wrong, []);
      });
      await page.goto(server.url + path);
      return page;
    }

    /**
     * The verdicts of a page, top to bottom.
     * @param {Page} page
     */
    async function verdicts(page) {
      await page.locator("prefect-event-validator").first().waitFor({ state: "attached" });
      return await page.evaluate(async () => {
        await customElements.whenDefined("prefect-event-validator");
        const widgets = [...document.querySelectorAll("prefect-event-validator")];
        await Promise.all(widgets.map((widget) => widget.validate()));
        return widgets.map(({ shadowRoot }) => shadowRoot?.querySelector(".summary")?.textContent);
      });
    }

    const INDEX = [
      "Valid event, 1 info prefect.flow-run.Running",
      "Valid event prefect.flow-run.heartbeat",
    ];
    const WORKER = [
      "Valid event, 1 warning prefect.worker.executed-flow-run",
      "2 errors, 1 warning prefect.worker.executed-flow-run",
      "Valid event, 1 warning prefect.kubernetes.pod.running",
    ];

    test("every example is checked, and nothing else", async (t) => {
      assert.deepEqual(await verdicts(await open(t, site.index)), INDEX);
    });

    test("examples of pages that appear without a reload are checked, with one module for all", async (t) => {
      /** @type {string[]} */
      const loaded = [];
      const page = await open(t, site.index);
      page.on("request", (request) => loaded.push(request.url()));
      await verdicts(page);
      await page.evaluate(() => Object.assign(globalThis, { same: true }));
      await page.getByRole("main").or(page.locator("article")).first().waitFor();
      await page.getByRole("link", { name: "workers", exact: true }).first().click();
      await page.getByRole("heading", { level: 1, name: "Workers" }).waitFor();
      await page.waitForFunction(
        () => document.querySelectorAll("prefect-event-validator").length === 3,
      );
      assert.deepEqual(await verdicts(page), WORKER);
      await page.getByRole("link", { name: "the start" }).click();
      await page.getByRole("heading", { level: 1, name: "Events of the Acme platform" }).waitFor();
      await page.waitForFunction(
        () => document.querySelectorAll("prefect-event-validator").length === 2,
      );
      assert.deepEqual(await verdicts(page), INDEX);
      assert.equal(
        await page.evaluate(() => /** @type {any} */ (globalThis).same),
        true,
        "the page was not loaded anew",
      );
      assert.ok(loaded.filter((url) => url.endsWith(".wasm")).length <= 1);
    });

    test("loads only the module that validates, and only once", async (t) => {
      /** @type {string[]} */
      const loaded = [];
      const context = await browser.newContext();
      t.after(() => context.close());
      const page = await context.newPage();
      page.on("request", (request) => loaded.push(request.url()));
      await page.goto(server.url + site.worker);
      await verdicts(page);
      const wasm = loaded.filter((url) => url.endsWith(".wasm"));
      if (site.inline) {
        assert.deepEqual(wasm, []);
      } else {
        assert.equal(wasm.length, 1);
        assert.match(wasm[0] ?? "", /prefect_events_validate\.([\w-]+\.)?wasm$/);
      }
      assert.ok(!loaded.some((url) => /explanations|event-types|author|schemas/.test(url)));
    });

    test("automations are checked too, and similar documents are not", async (t) => {
      const page = await open(t, site.automations);
      // Docusaurus renders each block again when React starts. Unlike a mere scroll, this tries again then.
      await page.locator("pre").last().hover({ trial: true });
      await page.locator("prefect-event-validator").nth(1).waitFor({ state: "attached" });
      const found = await verdicts(page);
      assert.deepEqual(found, ["Valid automation, 1 warning Cancel late runs", "Valid trigger"]);
      await page.evaluate(() => {
        for (const widget of document.querySelectorAll("prefect-event-validator"))
          widget.open = true;
      });
      const marked = await page.evaluate(() =>
        [...(CSS.highlights.get("prefect-event-warning") ?? [])].map(String),
      );
      assert.deepEqual(marked, ["treshold"]);
    });

    test("a single example, as in the recipe", async (t) => {
      const page = await open(t, site.single);
      const [first, ...others] = await verdicts(page);
      assert.match(first ?? "", /^\d errors.* acme\.order\.created$/);
      const profile = await page
        .locator("prefect-event-validator")
        .first()
        .evaluate((widget) => /** @type {any} */ (widget).profile);
      assert.equal(profile, "server");
      assert.deepEqual(others, []);
    });

    test("the page is as it was without the widgets", async (t) => {
      /** @param {Page} page */
      const snapshot = (page) =>
        page.evaluate(() => {
          const all = [
            ...document.querySelectorAll("pre, pre code, pre code > :nth-child(-n + 3), h1, h2"),
          ];
          const styles = all.map((element) => {
            const style = getComputedStyle(element);
            return Object.fromEntries(
              [...style].map((name) => [name, style.getPropertyValue(name)]),
            );
          });
          const copy = document.body.cloneNode(true);
          if (copy instanceof Element) {
            for (const widget of copy.querySelectorAll("prefect-event-validator")) widget.remove();
          }
          const article =
            copy instanceof Element &&
            copy.querySelector(".md-content, .vp-doc, .theme-doc-markdown");
          return { html: article ? article.innerHTML : "", styles };
        });
      const plain = await open(t, site.worker, { without: /widget[\w.-]*\.js/ });
      await plain.waitForLoadState("networkidle");
      const expected = await snapshot(plain);
      assert.ok(expected.html.includes("executed-flow-run"));
      const page = await open(t, site.worker);
      await page.waitForLoadState("networkidle");
      await verdicts(page);
      await page.evaluate(() => {
        for (const widget of document.querySelectorAll("prefect-event-validator"))
          widget.open = true;
      });
      const found = await snapshot(page);
      assert.equal(found.html, expected.html);
      const changed = found.styles.flatMap((style, index) =>
        Object.entries(style)
          .filter(([name, value]) => expected.styles[index]?.[name] !== value)
          .map(([name, value]) => `${name}: ${expected.styles[index]?.[name]}, now ${value}`),
      );
      assert.deepEqual(changed, []);
      assert.equal(found.styles.length, expected.styles.length);
    });

    test("is edited in place, and closes again", async (t) => {
      const page = await open(t, site.worker);
      await verdicts(page);
      const widget = page.locator("prefect-event-validator").nth(1);
      const code = page.locator("pre code").filter({ hasText: 'prefect.worker-typ"' });
      await widget.scrollIntoViewIfNeeded();
      const box = (/** @type {import("playwright-core").Locator} */ locator) =>
        locator.evaluate((element) => {
          const range = document.createRange();
          const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
          range.selectNodeContents(text ?? element);
          const { left, top } = range.getBoundingClientRect();
          return { left, top: top + scrollY };
        });
      const before = await box(code);
      await widget.getByRole("button", { name: "Edit" }).click();
      assert.ok(!(await code.isVisible()));
      const editing = await box(widget.locator(".shown"));
      for (const side of /** @type {const} */ (["left", "top"])) {
        const moved = Math.abs(editing[side] - before[side]);
        assert.ok(moved <= 1.5, `the text moves by ${moved} px`);
      }
      await page
        .getByRole("textbox", { name: /^Example event/ })
        .fill(example("worker-executed.json"));
      await widget
        .locator(".summary")
        .filter({ hasText: /^Valid event, 1 warning/ })
        .waitFor();
      await page.keyboard.press("Escape");
      await widget.locator(".summary").filter({ hasText: "2 errors, 1 warning" }).waitFor();
      assert.ok(await code.isVisible());
    });

    test("is dark when the page is", async (t) => {
      const page = await open(t, site.worker, { colorScheme: "light" });
      await verdicts(page);
      const widget = page.locator("prefect-event-validator").first().locator(".widget");
      assert.equal(await widget.getAttribute("data-theme"), "light");
      await page.locator(site.dark).first().click();
      await page.locator("prefect-event-validator .widget[data-theme=dark]").first().waitFor();
    });

    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      test(`axe finds nothing: ${colorScheme}`, async (t) => {
        const page = await open(t, site.worker, { colorScheme });
        await verdicts(page);
        // A site that does not follow the system is dark by its switch.
        const themed = page.locator(`.widget[data-theme=${colorScheme}]`);
        if (site.inline && colorScheme === "dark") await page.locator(site.dark).first().click();
        await themed.last().waitFor();
        for (const state of ["", "open", "editing"]) {
          await page.evaluate((state) => {
            for (const widget of document.querySelectorAll("prefect-event-validator")) {
              if (state) widget.toggleAttribute(state, true);
            }
          }, state);
          await page.waitForTimeout(200);
          for (const width of [360, 1280]) {
            await page.setViewportSize({ width, height: 900 });
            const found = await violations(page, "prefect-event-validator");
            assert.deepEqual(found, [], `${width} px, ${state}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `the page is ${wide} px wide in a window of ${width}`);
          }
        }
      });
    }
  });
}
