// The widget on plain pages: its verdicts, the blocks that it ignores, and its behaviour after failures.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { violations } from "./helpers/axe.js";
import { CLIPBOARD, launch } from "./helpers/browser.js";
import { serve } from "./helpers/serve.js";
import { buildHtml, example, page as html, recipe, remove } from "./helpers/sites.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../pkg/widget.js").PrefectEventValidator} Validator */

const SCRIPT = '<script type="module" src="prefect-events/widget.js"></script>\n';
const STYLE = `<style>
:root { color-scheme: light dark; background: Canvas; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; font: 1rem/1.6 Georgia, serif; }
pre { padding: 1rem; border-radius: 6px; overflow-x: auto; background: rgb(127 127 127 / 0.12); }
pre, code { font: 0.85rem/1.5 "DejaVu Sans Mono", monospace; }
.word { color: light-dark(rgb(130 20 90), rgb(250 160 220)); }
button { background: red; padding: 40px; }
ol { list-style: upper-roman; }
</style>
`;

const WARNED = "worker-executed.json";
const MISTAKEN = "mistaken.json";
const RIGHT = "prefect.flow-run.heartbeat";

/** A block as a highlighter leaves it. @param {string} name @param {string} [id] */
const block = (name, id) =>
  `<pre tabindex="0"${id ? ` id="${id}"` : ""}><code class="language-json">${example(name).replaceAll('"event"', '<span class="word">"event"</span>')}</code></pre>`;
/** @param {string} name @param {string} [attributes] */
const around = (name, attributes = "") =>
  `<prefect-event-validator ${attributes}>${block(name)}</prefect-event-validator>`;
/** @param {string} text @param {string} language */
const code = (text, language) =>
  `<pre><code class="language-${language}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</code></pre>`;
const CASES = new URL("../cases/live/forms/", import.meta.url);
/** Prefect's exports of automations: each file with its language. */
const WRITTEN = readdirSync(CASES)
  .map((name) => ({ name, language: /\.(json|yaml)$/.exec(name)?.[1] ?? "" }))
  .filter(({ language }) => language)
  .map((one) => ({ ...one, text: readFileSync(new URL(one.name, CASES), "utf8") }));
const AUTOMATION = `name: Cancel late runs
trigger:
  posture: Reactve
  expect: [prefect.flow-run.Late] # late
  match: {prefect.resource.id: prefect.flow-run.*}
  treshold: 1
actions:
  - type: cancel-flow-run
`;
/** Documents with keys of automations that are not automations. */
const SCHEMA =
  '{"properties": {"trigger": {"type": "object"}, "actions": {}, "match": {}, "expect": {}}}';
const FAR = '<div style="height: 3000px"></div>';

const mixed = [
  around(RIGHT, 'class="right"'),
  "<p>With a warning:</p>",
  around(WARNED, 'class="warned"'),
  "<p>Named by its id:</p>",
  block(MISTAKEN, "mistaken"),
  '<prefect-event-validator for="mistaken" class="mistaken"></prefect-event-validator>',
  "<p>The end.</p>",
].join("\n");

/** The events that a page's author writes into the recipes; `1` there is no id. */
const pages = {
  "mixed.html": html({ head: SCRIPT + STYLE, body: mixed }),
  "one.html": html({ head: SCRIPT + STYLE, body: around(MISTAKEN) }),
  "for.html": html({
    head: SCRIPT + STYLE,
    body: `${block(MISTAKEN, "it")}<prefect-event-validator for="it"></prefect-event-validator>`,
  }),
  "plain.html": html({ head: STYLE, body: block(MISTAKEN) }),
  "wrapped.html": html({ head: SCRIPT + STYLE, body: around(MISTAKEN) }),
  "far.html": html({
    head: SCRIPT + STYLE,
    body: FAR + Array.from({ length: 20 }, () => around(RIGHT)).join("<p>Next:</p>"),
  }),
  "twice.html": html({
    head: `${SCRIPT}<script type="module" src="prefect-events/widget.js?other"></script>`,
    body: around(RIGHT),
  }),
  "tab.html": html({
    head: SCRIPT,
    body: `<div id="tab" hidden>${block(RIGHT, "in-tab")}</div><prefect-event-validator for="in-tab"></prefect-event-validator>`,
  }),
  "white.html": html({
    head: `${SCRIPT}<style>body { background: white; color: black }</style>`,
    body: around(MISTAKEN),
  }),
  "system.html": html({
    head: `${SCRIPT}<style>:root { color-scheme: light dark }</style>`,
    body: around(MISTAKEN),
  }),
  "all.html": html({
    head: recipe("html/all.html") + STYLE,
    body: `${block(WARNED)}\n<p>Not this:</p>\n<pre><code class="language-json">{ "trigger": {} }</code></pre>\n<div data-prefect-events="off">${block(RIGHT)}</div>`,
  }),
  "automations.html": html({
    head: recipe("html/all.html") + STYLE,
    body: `${FAR}${code(AUTOMATION, "yaml")}\n<p>Not these:</p>\n${code(SCHEMA, "json")}\n${code("name: x\ndeployments:\n  - name: y\n    triggers: []\n    match: a\n", "yaml")}\n<div data-prefect-events="off">${code(AUTOMATION, "yaml")}</div>`,
  }),
  "around.html": html({
    head: SCRIPT + STYLE,
    body: `<prefect-event-validator>${code(AUTOMATION, "yaml")}</prefect-event-validator>`,
  }),
  "written.html": html({
    head: recipe("html/all.html") + STYLE,
    body: WRITTEN.map(({ name, text, language }) => `<h2>${name}</h2>${code(text, language)}`).join(
      "\n",
    ),
  }),
  "group.html": html({
    head: recipe("html/all.html") + STYLE,
    body: `<div class="code-group" style="display: flex"><div role="tabpanel">${block(WARNED)}</div><div role="tabpanel" hidden>${block(RIGHT)}</div></div><p>The end.</p>`,
  }),
  "global.html": html({
    head: recipe("html/global.html") + STYLE,
    body: `${block(WARNED)}${FAR}${code(AUTOMATION, "yaml")}`,
  }),
  "elsewhere.html": html({
    head: `<script src="elsewhere.js"></script>${recipe("html/global.html")}`,
    body: code(AUTOMATION, "yaml"),
  }),
  "elsewhere.js":
    'window.prefectEventsWidget = { files: "/nowhere/", attributes: { readonly: "" } };\n',
  "single.html": html({ body: recipe("html/single.html") }),
  "recipe-for.html": html({ body: recipe("html/for.html") }),
  "policy.html": html({
    head: `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'">${SCRIPT}`,
    body: around(MISTAKEN),
  }),
  "strict.html": html({
    head: `<meta http-equiv="Content-Security-Policy" content="script-src 'self'">${SCRIPT}`,
    body: around(MISTAKEN),
  }),
};

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  folder = buildHtml(pages);
  [browser, server] = await Promise.all([launch(), serve(folder)]);
});

after(async () => {
  await browser.close();
  await server.close();
  remove(folder);
});

/**
 * A page. Its context is closed with the test, and its errors fail the test.
 * @param {import("node:test").TestContext} t
 * @param {keyof typeof pages} name
 * @param {import("playwright-core").BrowserContextOptions & { before?: (page: Page) => Promise<unknown> }} [options]
 */
async function open(t, name, { before = async () => {}, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  /** @type {Error[]} */
  const errors = [];
  page.on("pageerror", (error) => {
    // Firefox reports what a policy blocks as an error; it is not an error of a script.
    if (!String(error).includes("Content-Security-Policy:")) errors.push(error);
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, []);
  });
  await before(page);
  await page.goto(server.url + name);
  return page;
}

/**
 * The verdict of a widget, once it is there.
 * @param {Page} page
 * @param {string} [selector]
 */
async function verdict(page, selector = "prefect-event-validator") {
  const summary = page.locator(selector).first().locator(".summary:not(.busy)");
  await summary.filter({ hasText: /\w/ }).waitFor();
  return (await summary.innerText()).trim();
}

/**
 * Waits until the verdict has this text.
 * @param {Page} page
 * @param {string | RegExp} text
 */
async function says(page, text) {
  await page.locator("prefect-event-validator .summary").filter({ hasText: text }).waitFor();
}

/** @param {Page} page @param {string} name */
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** The first widget of a page. @param {Page} page */
const first = (page) => page.locator("prefect-event-validator").first();

/**
 * @param {Page} page
 * @param {(widget: Validator, given?: any) => unknown} action
 * @param {unknown} [given]
 * @returns {Promise<any>}
 */
const inPage = (page, action, given) => first(page).evaluate(/** @type {any} */ (action), given);

test("shows a verdict below each example", async (t) => {
  const page = await open(t, "mixed.html");
  assert.equal(await verdict(page, ".right"), "Valid event prefect.flow-run.heartbeat");
  await page.locator(".warned").scrollIntoViewIfNeeded();
  assert.equal(
    await verdict(page, ".warned"),
    "Valid event, 1 warning prefect.worker.executed-flow-run",
  );
  await page.locator(".mistaken").scrollIntoViewIfNeeded();
  assert.equal(
    await verdict(page, ".mistaken"),
    "2 errors, 1 warning prefect.worker.executed-flow-run",
  );
  const gap = await page.evaluate(() => {
    const bottom = document.querySelector(".warned pre")?.getBoundingClientRect().bottom ?? 0;
    const bar = document.querySelector(".warned")?.shadowRoot?.querySelector(".verdict");
    return (bar?.getBoundingClientRect().top ?? 0) - bottom;
  });
  assert.ok(gap >= 0 && gap <= 8, `close under the code, not ${gap} px away`);
});

test("the documented pages show the documented verdicts", async (t) => {
  const single = await open(t, "single.html");
  assert.match(await verdict(single), /^\d errors.* acme\.order\.created$/);
  const named = await open(t, "recipe-for.html");
  assert.match(await verdict(named), /^\d errors/);
  assert.equal(await inPage(named, (widget) => widget.profile), "server");
  assert.ok(await named.locator(".findings").isVisible());
});

test("all blocks with tabs have their verdict below the group, and the one of the selected tab is shown", async (t) => {
  const page = await open(t, "group.html");
  assert.equal(
    await verdict(page, ".code-group ~ prefect-event-validator:has(+ p)"),
    "Valid event, 1 warning prefect.worker.executed-flow-run",
  );
  assert.equal(await page.locator(".code-group prefect-event-validator").count(), 0);
  assert.equal(await page.locator(".code-group ~ prefect-event-validator").count(), 2);
  assert.equal(await page.locator("prefect-event-validator .widget:not([hidden])").count(), 1);
});

test("one script without modules does the same, and loads the module for automations when one is near", async (t) => {
  /** @type {string[]} */
  const loaded = [];
  const page = await open(t, "global.html", {
    before: async (page) => {
      page.on("request", (request) => loaded.push(request.url().replace(/.*\//, "")));
    },
  });
  assert.equal(await verdict(page), "Valid event, 1 warning prefect.worker.executed-flow-run");
  assert.deepEqual(loaded, ["global.html", "widget.global.js"]);
  await page.locator("code.language-yaml").scrollIntoViewIfNeeded();
  const second = page.locator("prefect-event-validator").nth(1);
  await second.locator(".summary").filter({ hasText: "Cancel late runs" }).waitFor();
  assert.deepEqual(loaded.slice(2), ["widget.author.json"]);
});

test("a page can set the folder of the file; if the file is missing, the block is ignored", async (t) => {
  /** @type {string[]} */
  const said = [];
  const page = await open(t, "elsewhere.html", {
    before: async (page) => {
      page.on("console", (message) => said.push(message.text()));
    },
  });
  await page.waitForFunction(() => customElements.get("prefect-event-validator") !== undefined);
  while (!said.some((text) => text.includes("is not checked"))) await page.waitForTimeout(50);
  assert.match(said.join("\n"), /there is no widget\.author\.json .* in \S*\/nowhere\//);
  assert.equal(await page.locator("prefect-event-validator").count(), 0);
});

test("without JavaScript, the page looks as if there were no widget", async (t) => {
  const [plain, wrapped] = await Promise.all(
    /** @type {const} */ (["plain.html", "wrapped.html"]).map(async (name) => {
      const page = await open(t, name, { javaScriptEnabled: false });
      return await page.screenshot({ fullPage: true });
    }),
  );
  assert.ok(plain && wrapped && plain.equals(wrapped));
  // The comparison finds a difference.
  const page = await open(t, "wrapped.html");
  await verdict(page);
  assert.ok(!plain.equals(await page.screenshot({ fullPage: true })));
});

test("loads the module when it comes into view, and once for all widgets", async (t) => {
  /** @type {string[]} */
  const loaded = [];
  const page = await open(t, "far.html", {
    before: async (page) => page.on("request", (request) => loaded.push(request.url())),
  });
  const wasm = () => loaded.filter((url) => url.endsWith(".wasm"));
  await page.waitForLoadState("networkidle");
  assert.ok(loaded.some((url) => url.endsWith("/widget.js")));
  assert.deepEqual(wasm(), []);
  assert.ok(!loaded.some((url) => /modules|api\//.test(url)), "nor its files");
  await page.locator("prefect-event-validator").last().scrollIntoViewIfNeeded();
  await page.locator("prefect-event-validator").last().locator(".valid").waitFor();
  await first(page).scrollIntoViewIfNeeded();
  await first(page).locator(".valid").waitFor();
  assert.equal(wasm().length, 1);
  assert.match(wasm()[0] ?? "", /prefect_events_validate\.wasm$/);
  assert.ok(!loaded.some((url) => /explanations|event-types|schemas|author/.test(url)));
});

/**
 * The document without the widgets' elements, and the styles of all elements in it.
 * @param {Page} page
 */
async function snapshot(page) {
  return await page.evaluate(() => {
    const copy = document.body.cloneNode(true);
    const inside = [...document.querySelectorAll("pre, pre *, p, h1")];
    const styles = inside.map((element) => {
      const style = getComputedStyle(element);
      return Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]));
    });
    const sizes = inside.map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return [width, height];
    });
    return { html: /** @type {Element} */ (copy).innerHTML, styles, sizes };
  });
}

test("changes neither the page's elements nor their styles", async (t) => {
  const options = {
    before: (/** @type {Page} */ page) => page.route("**/widget.js", (route) => route.abort()),
  };
  const untouched = await snapshot(await open(t, "mixed.html", options));
  const page = await open(t, "mixed.html");
  for (const kind of ["right", "warned", "mistaken"]) {
    await page.locator(`.${kind}`).scrollIntoViewIfNeeded();
    await verdict(page, `.${kind}`);
  }
  const checked = await snapshot(page);
  assert.deepEqual(checked, untouched);
  // Also after findings are marked and the block was edited.
  await page.locator(".mistaken .disclosure").click();
  await page.locator(".mistaken .place").first().click();
  await page.locator(".mistaken").getByRole("button", { name: "Edit" }).click();
  assert.ok(!(await page.locator("#mistaken").isVisible()), "the editor takes its place");
  await page.keyboard.type("x");
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#mistaken").isVisible());
  await page.locator(".mistaken .disclosure").click();
  assert.deepEqual(await snapshot(page), untouched);
});

/** The markup of code blocks, by highlighter. @type {[string, (lines: string[]) => string][]} */
const FORMS = [
  [
    "lines that end in <br> (Docusaurus)",
    (lines) =>
      `<div class="language-json theme-code-block"><div class="codeBlockContent_x"><pre class="prism-code language-json"><code>${lines.map((line) => `<span class="token-line">${line}<br></span>`).join("")}</code></pre><div><button>Copy</button></div></div></div>`,
  ],
  [
    "numbers in a table (Pygments)",
    (lines) =>
      `<div class="language-json highlight"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>${lines.map((_, n) => n + 1).join("\n")}</pre></div></td><td class="code"><div><pre><span></span><code>${lines.join("\n")}\n</code></pre></div></td></tr></table></div>`,
  ],
  [
    "numbers in the lines",
    (lines) =>
      `<pre><code class="language-json">${lines.map((line, n) => `<span class="linenos">${n + 1} </span>${line}`).join("\n")}</code></pre>`,
  ],
  [
    "a <pre> without code (Sphinx)",
    (lines) =>
      `<div class="highlight-json notranslate"><div class="highlight"><pre>${lines.join("\n")}\n</pre></div></div>`,
  ],
];

for (const [what, form] of FORMS) {
  test(`reads highlighted code: ${what}`, async (t) => {
    const page = await open(t, "all.html");
    await page.evaluate(
      (html) => {
        const main = /** @type {Element} */ (document.querySelector("main"));
        main.innerHTML = html;
      },
      form(example(MISTAKEN).split("\n")),
    );
    const frame = page.locator("main > :first-child");
    await page.locator("main > :first-child + prefect-event-validator").waitFor();
    assert.equal(await verdict(page), "2 errors, 1 warning prefect.worker.executed-flow-run");
    assert.equal((await inPage(page, (widget) => widget.value)).trimEnd(), example(MISTAKEN));
    await page.locator(".disclosure").click();
    await page.locator(".place").nth(1).click();
    const marked = await page.evaluate(() =>
      [...(CSS.highlights.get("prefect-event-active") ?? [])].map(String),
    );
    assert.deepEqual(marked, ["137"]);
    await press(page, "Edit");
    assert.ok(!(await frame.isVisible()));
    await page.keyboard.press("Escape");
    assert.ok(await frame.isVisible());
  });
}

test("finds its block in a shadow tree of the page", async (t) => {
  const page = await open(t, "one.html");
  await page.evaluate(
    (html) => {
      const main = /** @type {Element} */ (document.querySelector("main"));
      main.innerHTML = "<div></div>";
      const root = main.firstElementChild?.attachShadow({ mode: "open" });
      if (root) root.innerHTML = html;
    },
    `${block(MISTAKEN, "it")}<prefect-event-validator for="it" open></prefect-event-validator>`,
  );
  assert.match(await verdict(page), /^2 errors/);
  const styled = await page.evaluate(() => {
    const root = document.querySelector("main > div")?.shadowRoot;
    return [root?.adoptedStyleSheets.length, document.adoptedStyleSheets.length];
  });
  assert.deepEqual(styled, [1, 0], "the marks have their style where the code stands");
});

test("the page's styles do not affect the widget", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const style = await page
    .getByRole("button", { name: "Edit" })
    .evaluate((button) => [
      getComputedStyle(button).backgroundColor,
      getComputedStyle(button).paddingLeft,
    ]);
  assert.deepEqual(style, ["rgba(0, 0, 0, 0)", "0px"]);
});

test("custom properties and parts style the widget", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await page.addStyleTag({
    content: `prefect-event-validator { --prefect-events-error-color: rgb(1, 2, 3); --prefect-events-font-size: 20px; }
      prefect-event-validator::part(summary) { text-transform: uppercase; }`,
  });
  const [color, size, transform] = await inPage(page, ({ shadowRoot }) => {
    const summary = /** @type {Element} */ (shadowRoot?.querySelector(".summary"));
    const icon = /** @type {Element} */ (summary.querySelector("svg"));
    const { fontSize, textTransform } = getComputedStyle(summary);
    return [getComputedStyle(icon).color, fontSize, textTransform];
  });
  assert.deepEqual([color, size, transform], ["rgb(1, 2, 3)", "20px", "uppercase"]);
});

for (const name of /** @type {const} */ (["one.html", "for.html"])) {
  test(`is editable on demand, and validates during typing: ${name}`, async (t) => {
    const page = await open(t, name);
    await verdict(page);
    const shown = page.locator("pre").first();
    // On the page, at any scroll position.
    const box = async (/** @type {import("playwright-core").Locator} */ element) => {
      return await element.evaluate((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return { x, y: y + scrollY, width, height };
      });
    };
    const place = await box(shown);
    await press(page, "Edit");
    const field = page.getByRole("textbox");
    assert.equal(await field.inputValue(), example(MISTAKEN));
    assert.ok(!(await shown.isVisible()), "the editor stands in the place of the block");
    const editor = await box(page.locator(".editor"));
    for (const side of /** @type {const} */ (["x", "y", "width", "height"])) {
      const difference = Math.abs(editor[side] - place[side]);
      assert.ok(difference <= 1, `${side} differs by ${difference}`);
    }
    assert.equal(await field.evaluate((field) => field.matches(":focus")), true);

    await field.fill(example(MISTAKEN).replace("prefect.worker-typ", "prefect.worker-type"));
    await says(page, "1 error, 1 warning");
    await field.fill(example(RIGHT));
    await says(page, "Valid event prefect.flow-run.heartbeat");
    await field.fill("{");
    await says(page, /^1 error/);

    await press(page, "Reset");
    await says(page, "2 errors, 1 warning");
    assert.equal(await field.inputValue(), example(MISTAKEN));
    await field.press("ControlOrMeta+z");
    assert.equal(await field.inputValue(), "{", "undo brings back what was reset");

    await press(page, "Done");
    await says(page, "2 errors, 1 warning");
    assert.ok(await shown.isVisible());
    await press(page, "Edit");
    assert.equal(await field.inputValue(), "{", "what was typed is there again");
  });
}

test("the editor has the page's font and colours", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const look = (/** @type {string} */ selector) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { fontFamily, fontSize, lineHeight } = getComputedStyle(element);
        return { fontFamily, fontSize, lineHeight };
      });
  const code = await look("code");
  await press(page, "Edit");
  assert.deepEqual(await look("prefect-event-validator textarea"), code);
  assert.deepEqual(await look("prefect-event-validator .shown"), code);
});

test("a finding shows its position in the code", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await page.locator(".disclosure").click();
  const marked = (/** @type {string} */ name) =>
    page.evaluate(
      (name) => [...(CSS.highlights.get(`prefect-event-${name}`) ?? [])].map(String),
      name,
    );
  assert.deepEqual(await marked("error"), ['"prefect.worker-typ"', "137"]);
  assert.deepEqual(await marked("warning"), ['"flows"']);
  assert.deepEqual(await marked("active"), []);
  await page.locator(".place").nth(2).click();
  assert.deepEqual(await marked("active"), ['"flows"']);
  assert.equal(await page.locator(".place").nth(2).getAttribute("aria-current"), "true");
  const bar = await page.evaluate(() => {
    const range = [...(CSS.highlights.get("prefect-event-active") ?? [])][0];
    return /** @type {Range} */ (range).getBoundingClientRect().top;
  });
  assert.ok(bar >= 0 && bar < 600, "it is in the window");
  await page.locator(".disclosure").click();
  assert.deepEqual(await marked("error"), []);
  assert.deepEqual(await marked("active"), []);
});

test("without highlights, the position is selected", async (t) => {
  const page = await open(t, "one.html", {
    before: (page) => page.addInitScript("delete globalThis.Highlight"),
  });
  await verdict(page);
  await page.locator(".disclosure").click();
  await page.locator(".place").nth(2).click();
  assert.equal(await page.evaluate(() => String(getSelection())), '"flows"');
});

test("a fix is applied in the editor, and can be undone", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  assert.equal(await page.locator("button.fix").count(), 0);
  await page.locator(".disclosure").click();
  await press(page, "Edit");
  await says(page, "2 errors, 1 warning");
  await press(page, "Fix: rename it to prefect.worker-type");
  await says(page, "1 error, 1 warning");
  const field = page.getByRole("textbox");
  const fixed = example(MISTAKEN).replace("prefect.worker-typ", "prefect.worker-type");
  assert.equal(await field.inputValue(), fixed);
  await field.press("ControlOrMeta+z");
  await says(page, "2 errors, 1 warning");
  assert.equal(await field.inputValue(), example(MISTAKEN));
  for (const count of [/^1 error, 1 warning/, /^Valid event, 1 warning/, /^Valid event prefect/]) {
    await page.locator("button.fix").first().click();
    await says(page, count);
  }
});

test("the text can be copied", async (t) => {
  const page = await open(t, "one.html", { permissions: CLIPBOARD });
  await verdict(page);
  await press(page, "Edit");
  await page.getByRole("textbox").fill("[]");
  await says(page, "No events");
  await press(page, "Copy");
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "[]");
});

test("each check is announced by an event with the report", async (t) => {
  const page = await open(t, "far.html");
  const seen = await page.evaluate(async () => {
    const widget = /** @type {Validator} */ (document.querySelector("prefect-event-validator"));
    /** @type {any[]} */
    const events = [];
    document.addEventListener("prefect-event-validated", ({ target, detail, bubbles, composed }) =>
      events.push({ own: target === widget, ...detail, bubbles, composed }),
    );
    const before = widget.report;
    // Far from the window.
    const report = await widget.validate();
    return { before, report, own: widget.report === report, value: widget.value, events };
  });
  assert.equal(seen.before, null);
  assert.equal(seen.own, true);
  assert.equal(seen.value, example(RIGHT));
  assert.deepEqual(seen.events, [
    { own: true, report: seen.report, value: seen.value, bubbles: true, composed: true },
  ]);
  assert.deepEqual([seen.report.valid, seen.report.count, seen.report.diagnostics], [true, 1, []]);
});

test("a script can set the text to check", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await inPage(page, (widget) => {
    widget.value = "[]";
  });
  await says(page, "No events");
  assert.equal(await page.getByRole("textbox").inputValue(), "[]");
  assert.equal(await inPage(page, (widget) => widget.editing), true);
});

test("if there are very many findings, the first are listed and all are counted", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await inPage(page, (widget) => {
    widget.value = JSON.stringify(Array.from({ length: 60 }, () => ({})));
    widget.open = true;
  });
  await says(page, "240 errors");
  assert.equal(await page.locator(".finding").count(), 100);
  await page.getByText("140 more are not listed.").waitFor();
});

test("text that the page writes into the block is checked again", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await page.evaluate((text) => {
    const code = /** @type {Element} */ (document.querySelector("code"));
    code.textContent = text;
  }, example(RIGHT));
  await says(page, "Valid event prefect.flow-run.heartbeat");
  await page.evaluate((html) => {
    const pre = /** @type {Element} */ (document.querySelector("pre"));
    pre.outerHTML = html;
  }, block(WARNED));
  await says(page, "1 warning");
});

test("attributes and properties mirror each other", async (t) => {
  const page = await open(t, "one.html");
  const seen = await inPage(page, (widget) => {
    /** @type {any} */
    const any = widget;
    /** @type {any[]} */
    const seen = [];
    const defaults = ["htmlFor", "profile", "severity", "theme", "open", "editing", "readOnly"];
    seen.push(defaults.map((name) => any[name]));
    for (const [property, attribute, value] of [
      ["profile", "profile", "server"],
      ["severity", "severity", "missing-label=off"],
      ["theme", "theme", "dark"],
      ["htmlFor", "for", "it"],
    ]) {
      any[property ?? ""] = value;
      seen.push(widget.getAttribute(attribute ?? ""));
      widget.removeAttribute(attribute ?? "");
      widget.setAttribute(attribute ?? "", value ?? "");
      seen.push(any[property ?? ""]);
    }
    for (const [property, attribute] of [
      ["open", "open"],
      ["editing", "editing"],
      ["readOnly", "readonly"],
    ]) {
      any[property ?? ""] = true;
      seen.push(widget.getAttribute(attribute ?? ""));
      any[property ?? ""] = false;
      seen.push(widget.hasAttribute(attribute ?? ""));
      widget.setAttribute(attribute ?? "", "");
      seen.push(any[property ?? ""]);
      widget.removeAttribute(attribute ?? "");
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["", "documented", "", "auto", false, false, false],
    ...["server", "server", "missing-label=off", "missing-label=off", "dark", "dark", "it", "it"],
    ...["", false, true, "", false, true, "", false, true],
  ]);
});

test("the attributes follow the reader's actions", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const has = (/** @type {string} */ name) =>
    inPage(page, (widget, name) => widget.hasAttribute(name), name);
  await page.locator(".disclosure").click();
  assert.equal(await has("open"), true);
  await page.locator(".disclosure").click();
  assert.equal(await has("open"), false);
  await press(page, "Edit");
  assert.equal(await has("editing"), true);
  await press(page, "Done");
  assert.equal(await has("editing"), false);
});

test("attributes set the checks and the buttons", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  await inPage(page, (widget) => widget.setAttribute("profile", "server"));
  await says(page, /^1 error/);
  await inPage(page, (widget) => widget.removeAttribute("profile"));
  await inPage(page, (widget) =>
    widget.setAttribute("severity", "misspelt-label=off, label-not-text=info misspelt-role=error"),
  );
  await says(page, /^1 error, 1 info/);
  await inPage(page, (widget) => widget.setAttribute("readonly", ""));
  assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0);
});

test("a wrong attribute is reported, quietly", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const message = page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener("prefect-event-failed", ({ detail }) =>
          resolve(detail.error.message),
        );
      }),
  );
  await inPage(page, (widget) => widget.setAttribute("severity", "nope=off"));
  await says(
    page,
    "Not checked: prefect-events: the option severity: unknown diagnostic code nope",
  );
  assert.match(String(await message), /unknown diagnostic code `nope`/);
  await inPage(page, (widget) => widget.setAttribute("severity", "nope"));
  await says(page, "Not checked: the attribute severity must list CODE=LEVEL pairs, not nope");
  await inPage(page, (widget) => widget.setAttribute("severity", ""));
  await says(page, "2 errors, 1 warning");
  await inPage(page, (widget) => widget.setAttribute("for", "nowhere"));
  await says(page, "Not checked: no code block has the id nowhere");
});

test("a module that does not load is reported, and the block does not change", async (t) => {
  const page = await open(t, "one.html", {
    before: (page) => page.route("**/*.wasm", (route) => route.fulfill({ status: 404 })),
  });
  await says(page, "Not checked: the validator (prefect-events) did not load.");
  assert.equal(await page.locator("code").innerText(), example(MISTAKEN));
  assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0);
  const failed = await inPage(page, (widget) => widget.validate().catch((error) => error.name));
  assert.match(String(failed), /Error$/);
  await page.unroute("**/*.wasm");
  await press(page, "Try again");
  await says(page, "2 errors, 1 warning");
});

test("a Content Security Policy for styles does not matter, one against WebAssembly is reported", async (t) => {
  const page = await open(t, "policy.html");
  await says(page, "2 errors, 1 warning");
  const padding = await page
    .getByRole("button", { name: "Edit" })
    .evaluate((button) => getComputedStyle(button).borderTopWidth);
  assert.equal(padding, "0px", "it has its own styles");
  const strict = await open(t, "strict.html");
  await says(strict, "Not checked: the validator (prefect-events) did not load.");
  assert.equal(await strict.locator("code").innerText(), example(MISTAKEN));
});

test("the script can be loaded twice, and the page can be rendered on a server", async (t) => {
  assert.match(await verdict(await open(t, "twice.html")), /^Valid event/);
  const { validateAll } = await import("../../pkg/widget.js");
  assert.equal(typeof validateAll, "function");
  await import(`${"../../pkg/widget-all.js"}`);
});

test("is hidden while its block is hidden", async (t) => {
  const page = await open(t, "tab.html");
  const widget = first(page).locator(".widget");
  await widget.waitFor({ state: "hidden" });
  await page.evaluate(() => document.getElementById("tab")?.removeAttribute("hidden"));
  assert.match(await verdict(page), /^Valid event/);
  await page.evaluate(() => document.getElementById("tab")?.setAttribute("hidden", ""));
  await widget.waitFor({ state: "hidden" });
});

test("can be moved, and removed while its block is edited", async (t) => {
  const page = await open(t, "for.html");
  await verdict(page);
  await press(page, "Edit");
  assert.ok(!(await page.locator("#it").isVisible()));
  await inPage(page, (widget) => widget.remove());
  assert.ok(await page.locator("#it").isVisible());
  assert.equal(await page.locator("#it").getAttribute("style"), null);
  const open_ = await open(t, "one.html");
  await verdict(open_);
  await inPage(open_, (widget) => document.body.prepend(widget));
  await open_.locator(".disclosure").click();
  assert.ok(await open_.locator(".findings").isVisible());
});

test("the theme follows the attribute, the page, or the system", async (t) => {
  const shown = (/** @type {Page} */ page) =>
    inPage(page, ({ shadowRoot }) => {
      const widget = /** @type {HTMLElement} */ (shadowRoot?.querySelector(".widget"));
      return [widget.dataset.theme, getComputedStyle(widget).colorScheme];
    });
  const becomes = async (/** @type {Page} */ page, /** @type {string} */ theme) => {
    await page.locator(`prefect-event-validator .widget[data-theme=${theme}]`).first().waitFor();
    assert.deepEqual(await shown(page), [theme, theme]);
  };
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const system = await open(t, "system.html", { colorScheme });
    await becomes(system, colorScheme);
    // It follows while the page is open.
    await system.emulateMedia({ colorScheme: colorScheme === "dark" ? "light" : "dark" });
    await becomes(system, colorScheme === "dark" ? "light" : "dark");

    // A page that is white with any system theme.
    const page = await open(t, "white.html", { colorScheme });
    await becomes(page, "light");
    for (const [where, attribute, dark, light] of [
      ["body", "data-md-color-scheme", "slate", "default"],
      ["html", "data-theme", "dark", "light"],
      ["html", "data-bs-theme", "dark", "light"],
      ["html", "data-color-mode", "dark", "light"],
      ["html", "class", "dark", ""],
    ]) {
      for (const [value, theme] of [
        [dark, "dark"],
        [light, "light"],
      ]) {
        await page.evaluate(
          ([where, attribute, value]) =>
            document.querySelector(where ?? "")?.setAttribute(attribute ?? "", value ?? ""),
          [where, attribute, value],
        );
        await becomes(page, theme ?? "");
      }
      await page.evaluate(
        ([where, attribute]) =>
          document.querySelector(where ?? "")?.removeAttribute(attribute ?? ""),
        [where, attribute],
      );
    }
    await page.evaluate(() => {
      document.body.style.background = "oklch(0.2 0 0)";
    });
    await becomes(page, "dark");
    await inPage(page, (widget) => {
      widget.theme = "light";
    });
    await becomes(page, "light");
    await inPage(page, (widget) => {
      widget.theme = "auto";
    });
    await becomes(page, "dark");
  }
});

test("automations are checked too, with a module that is loaded when one comes into view", async (t) => {
  /** @type {string[]} */
  const loaded = [];
  const page = await open(t, "automations.html", {
    before: async (page) => page.on("request", (request) => loaded.push(request.url())),
  });
  await page.waitForLoadState("networkidle");
  assert.ok(!loaded.some((url) => /\.wasm|modules|api\//.test(url)), "nothing is near");
  await page.locator("pre").first().scrollIntoViewIfNeeded();
  assert.equal(await verdict(page), "1 error, 1 warning Cancel late runs");
  assert.equal(await page.locator("prefect-event-validator").count(), 1, "the others are none");
  const wasm = loaded.filter((url) => url.endsWith(".wasm"));
  assert.deepEqual(
    wasm.map((url) => url.replace(/.*\//, "")),
    ["prefect_events_author.wasm"],
  );
  await page.locator(".disclosure").click();
  const marked = await page.evaluate(() =>
    [...(CSS.highlights.get("prefect-event-error") ?? [])].map(String),
  );
  assert.deepEqual(marked, ["Reactve"]);
  assert.match(
    (await page.locator(".finding a").first().getAttribute("href")) ?? "",
    /prefect\.io.*automations|event-triggers/,
  );
  assert.equal(await page.getByRole("group", { name: "Check of Cancel late runs" }).count(), 1);
});

test("an automation is edited and fixed like an event", async (t) => {
  const page = await open(t, "around.html");
  assert.equal(await verdict(page), "1 error, 1 warning Cancel late runs");
  await page.evaluate(() =>
    document.addEventListener("prefect-event-validated", ({ detail }) => {
      Object.assign(globalThis, { detail });
    }),
  );
  await page.locator(".disclosure").click();
  await press(page, "Edit");
  await page.getByLabel("Example automation, editable").waitFor();
  const colors = await page
    .locator(".shown span")
    .evaluateAll((parts) => parts.map((part) => part.textContent));
  assert.ok(
    colors.includes("trigger") && colors.includes("1"),
    "keys and numbers have different colors",
  );
  assert.ok(!colors.includes("late"), "comments are none of them");
  await page.getByRole("button", { name: /^Fix: rename treshold/ }).click();
  await says(page, "1 error Cancel late runs");
  const fixed = AUTOMATION.replace("treshold", "threshold").trimEnd();
  assert.equal(await page.getByRole("textbox").inputValue(), fixed);
  const text = fixed.replace("Reactve", "Reactive");
  await page.getByRole("textbox").fill(text);
  await says(page, /^Valid automation Cancel late runs/);
  const detail = await page.evaluate(() => /** @type {any} */ (globalThis).detail);
  assert.equal(detail.value, text);
  assert.equal(detail.report.triggers[0].posture, "Reactive");
  // The content decides: an event is checked as an event.
  await page.getByRole("textbox").fill(example(RIGHT));
  await says(page, "Valid event prefect.flow-run.heartbeat");
  await page.getByRole("textbox").fill("posture: Reactive\nexpect: [acme.order.created]\n");
  await says(page, /^Valid trigger/);
});

test("one attribute sets severities of automations and of events", async (t) => {
  const page = await open(t, "around.html");
  await verdict(page);
  const severity = "unknown-posture=info misspelt-label=off";
  await inPage(page, (widget, severity) => widget.setAttribute("severity", severity), severity);
  await says(page, /^Valid automation, 1 warning, 1 info/);
  await inPage(
    page,
    (widget, text) => {
      widget.value = text;
    },
    example(MISTAKEN),
  );
  await says(page, "1 error, 1 warning prefect.worker.executed-flow-run");
  await inPage(page, (widget) => widget.setAttribute("severity", "nope=off"));
  await says(
    page,
    "Not checked: prefect-events: the option severity: unknown diagnostic code nope",
  );
});

test("Play draws a false alarm as one, with the outcome of the run", async (t) => {
  const page = await open(t, "around.html");
  await verdict(page);
  await press(page, "Edit");
  const trigger =
    "posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.heartbeat], for_each: [prefect.resource.id], within: 20";
  await page.getByRole("textbox").fill(`trigger: {${trigger}}\nactions: []\n`);
  await press(page, "Play");
  const run = page.locator(".example.fires");
  await run.locator(".fire.wrong").nth(3).waitFor();
  assert.equal(await run.locator("path.fire:not(.wrong)").count(), 1, "the dead run");
  assert.match((await run.locator(".caption.wrong").textContent()) ?? "", / · was alive$/);
  await page.setViewportSize({ width: 280, height: 600 });
  await run
    .locator(".caption.wrong")
    .filter({ hasText: /^was alive$/ })
    .waitFor();
  await run.getByText("In words").click();
  assert.equal(await run.locator(".steps").getByText("(false alarm)").count(), 4);
});

test("Prefect's own exports of automations have no errors", async (t) => {
  const page = await open(t, "written.html");
  for (const { name } of WRITTEN) {
    await page.locator("h2", { hasText: name }).first().scrollIntoViewIfNeeded();
    await page.locator(`h2:text-is("${name}") + pre`).scrollIntoViewIfNeeded();
    const widget = page.locator(`h2:text-is("${name}") + pre + prefect-event-validator`);
    await widget.locator(".summary:not(.busy)").filter({ hasText: /\w/ }).waitFor();
    const found = await widget.evaluate((one) => {
      const { report } = /** @type {Validator} */ (one);
      return report?.diagnostics.filter(({ severity }) => severity === "error");
    });
    assert.deepEqual(found, [], name);
    assert.match(await widget.locator(".summary").innerText(), /alid (automation|trigger)/, name);
  }
});

test("if the module for automations does not load, their blocks are ignored", async (t) => {
  const page = await open(t, "automations.html", {
    before: (page) => page.route("**/*author.wasm", (route) => route.fulfill({ status: 404 })),
  });
  const warned = page.waitForEvent("console", (one) => /is not checked/.test(one.text()));
  await page.locator("pre").first().scrollIntoViewIfNeeded();
  await warned;
  assert.equal(await page.locator("prefect-event-validator").count(), 0);
  const around = await open(t, "around.html", {
    before: (page) => page.route("**/*author.wasm", (route) => route.fulfill({ status: 404 })),
  });
  await says(around, "Not checked: the validator (prefect-events) did not load.");
  await around.unroute("**/*author.wasm");
  await press(around, "Try again");
  await says(around, "1 error, 1 warning");
});

test("one tag for all events of a page", async (t) => {
  const page = await open(t, "all.html");
  const widgets = page.locator("prefect-event-validator");
  assert.match(await verdict(page), /^Valid event, 1 warning/);
  assert.equal(await widgets.count(), 1);
  const next = () =>
    page.evaluate(
      () => document.querySelector("prefect-event-validator")?.previousElementSibling?.tagName,
    );
  assert.equal(await next(), "PRE");
  await page.evaluate((html) => {
    document.querySelector("main")?.insertAdjacentHTML("beforeend", html);
  }, block(RIGHT));
  await page.locator("main > pre").last().scrollIntoViewIfNeeded();
  await widgets.nth(1).locator(".valid").waitFor();
  await page.evaluate(() => document.querySelector("pre")?.remove());
  await page.waitForFunction(
    () => document.querySelectorAll("prefect-event-validator").length === 1,
  );
  assert.match(await verdict(page), /^Valid event prefect.flow-run.heartbeat/);
});

test("a page can choose the blocks to check, and stop the checks", async (t) => {
  const page = await open(t, "plain.html");
  const count = () => page.locator("prefect-event-validator").count();
  await page.evaluate(async () => {
    const address = "./prefect-events/widget.js";
    const { validateAll } = await import(address);
    Object.assign(globalThis, {
      stop: validateAll({ blocks: "pre.none" }),
      stopToo: validateAll({
        root: document.body,
        attributes: { readonly: "", profile: "server" },
      }),
    });
  });
  assert.equal(await count(), 1);
  assert.match(await verdict(page), /^1 error/);
  assert.equal(await page.getByRole("button", { name: "Edit" }).count(), 0);
  await page.evaluate(() => /** @type {any} */ (globalThis).stopToo());
  assert.equal(await count(), 0);
});

test("everything works by keyboard", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    });
  const tab = async (/** @type {string} */ keys = "Tab") => {
    await page.keyboard.press(keys);
    return await focused();
  };
  // In some browsers, a scrolling block is itself a tab stop.
  let here = await tab();
  for (let steps = 0; steps < 2 && !here.startsWith("2 errors"); steps += 1) here = await tab();
  assert.equal(here, "2 errors, 1 warning");
  const outline = await inPage(page, ({ shadowRoot }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(
      /** @type {Element} */ (shadowRoot?.activeElement),
    );
    return [outlineStyle, outlineWidth];
  });
  assert.deepEqual(outline, ["solid", "2px"], "the focus can be seen");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".disclosure").getAttribute("aria-expanded"), "true");
  assert.equal(await tab(), "Edit");
  assert.match(await tab(), /^Error: the resource lacks the label/);
  await page.keyboard.press("Space");
  assert.equal(await page.evaluate(() => CSS.highlights.get("prefect-event-active")?.size), 1);
  assert.match(await tab(), /^Documentation/);
  await tab("Shift+Tab");
  assert.equal(await tab("Shift+Tab"), "Edit");
  await page.keyboard.press("Enter");
  assert.match(await focused(), /^Example event, editable/);
  await says(page, "2 errors, 1 warning");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("{}");
  await says(page, /^\d errors/);
  assert.match(
    await focused(),
    /^Example event, editable/,
    "checking leaves the focus where it is",
  );
  assert.match(await tab(), /^\d errors/, "Tab is not trapped");
  assert.equal(await tab(), "Reset");
  assert.equal(await tab(), "Copy");
  assert.equal(await tab(), "Done");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "Edit", "back to where it was opened");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Edit");
});

test("verdicts are announced to screen readers during editing, and not before", async (t) => {
  const page = await open(t, "one.html");
  await verdict(page);
  const status = page.getByRole("status");
  assert.equal(await status.textContent(), "");
  assert.equal(
    await page.getByRole("group", { name: "Check of prefect.worker.executed-flow-run" }).count(),
    1,
  );
  await press(page, "Edit");
  await page.getByRole("textbox").fill("[]");
  await status.filter({ hasText: "No events" }).waitFor({ state: "attached" });
});

test("readers who prefer reduced motion see no animations", async (t) => {
  const page = await open(t, "one.html", { reducedMotion: "reduce" });
  await verdict(page);
  const moves = await inPage(
    page,
    ({ shadowRoot }) =>
      [...(shadowRoot?.querySelectorAll("*") ?? [])].filter(
        (element) => Number.parseFloat(getComputedStyle(element).transitionDuration) > 0,
      ).length,
  );
  assert.equal(moves, 0);
});

test("axe finds nothing: closed, open and editing, both themes, narrow and wide", async (t) => {
  const page = await open(t, "mixed.html", { colorScheme: "light" });
  await page.evaluate(() =>
    Promise.all(
      [...document.querySelectorAll("prefect-event-validator")].map((one) => one.validate()),
    ),
  );
  for (const state of ["", "open", "editing"]) {
    await page.evaluate((state) => {
      for (const widget of document.querySelectorAll("prefect-event-validator")) {
        if (state) widget.toggleAttribute(state, true);
      }
    }, state);
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      const themed = `prefect-event-validator .widget[data-theme=${colorScheme}]`;
      await page.locator(themed).last().waitFor();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await violations(page), [], `${colorScheme}, ${width} px, ${state}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `the page is ${wide} px wide in a window of ${width}`);
      }
    }
  }
});
