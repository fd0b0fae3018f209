// Shared Markdown, with contents that try to break out of it, rendered like on GitHub.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

import { thePage } from "./helpers/page.js";

const open = thePage();

/** @typedef {import("playwright-core").Page} Page */

/** @param {string} view @param {object} state */
const address = (view, state) =>
  `#${view}/${deflateRawSync(JSON.stringify(state)).toString("base64url")}`;

/** Names and texts; the tests search the rendered page for the elements that they would create. */
const HOSTILE = [
  "`",
  "``",
  "` `` ```",
  "a`b",
  "`code`",
  "*em* **strong** _em_ ~~gone~~",
  "[link](https://example.com/)",
  "![image](https://example.com/x.png)",
  "<https://example.com/>",
  "https://example.com/ www.example.com me@example.com",
  "<b>bold</b><img src=x onerror=alert(1)><!-- ",
  "&lt;b&gt; &#96; &copy;",
  "# heading",
  "one\n\n# heading\n\n- item",
  "a\r\n```\n\n<h1>out</h1>\n",
  "\\` \\\\ ends with \\",
  "| a | b |\n|---|---|",
  "    indented",
  "1. item",
  "> quoted",
  "---",
  " ",
  "$x$ @someone #1",
];
const FENCES = ["```", "~~~", "``````", "    ```", "> ```"].map(
  (fence) => `${fence}\n# heading\n<img src=x>\n${fence}`,
);

/** The content of the current view's Markdown. @param {Page} page */
async function shared(page) {
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  const text = await page
    .waitForFunction(() => navigator.clipboard.readText())
    .then((one) => one.jsonValue());
  const html = micromark(text, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return await page.evaluate(
    ({ html, text }) => {
      const body = new DOMParser().parseFromString(html, "text/html").body;
      const texts = (/** @type {string} */ selector) =>
        [...body.querySelectorAll(selector)].map((one) => one.textContent ?? "");
      return {
        text,
        /** In the order of the document, without what is in a line. */
        blocks: [...body.children].map((one) => one.localName),
        tags: [...new Set([...body.querySelectorAll("*")].map((one) => one.localName))].sort(),
        links: texts("a"),
        fenced: texts("pre > code"),
        codes: texts(":not(pre) > code"),
        items: texts("li"),
      };
    },
    { html, text },
  );
}

/** In a line, breaks are spaces. @param {string} text */
const line = (text) => text.replace(/[\r\n]+/g, " ");

test("Simulate: names of runs, and the text of the automation", async () => {
  const names = [...new Set(HOSTILE)];
  const runs = names.map((name, index) => ({ name, starts: index, dies: 100 + index }));
  const automation = `# ${"```"}\n# ~~~\n# ${"`".repeat(7)}\nname: >-\n  ${"```"}\n\n  # heading\n\n  ${"```"}\ntrigger: {posture: Proactive, match: {prefect.resource.id: prefect.flow-run.*}, for_each: [prefect.resource.id], after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*], threshold: 1, within: 90}\nactions: [{type: do-nothing}]\n`;
  const { page } = await open(address("simulate", { automation, runs, length: 400 }));
  await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
  const { text, blocks, tags, links, fenced, codes, items } = await shared(page);
  assert.deepEqual(blocks, ["p", "ul", "p", "ul", "pre", "p"], text);
  assert.deepEqual(tags, ["a", "code", "li", "p", "pre", "strong", "ul"].sort(), text);
  assert.deepEqual(links, ["Open in prefect-events"]);
  assert.equal(fenced.length, 1);
  assert.ok(fenced[0]?.includes("  ```\n\n    # heading"), fenced[0]);
  assert.ok(fenced[0]?.includes(JSON.stringify(runs[0]?.name)), fenced[0]);
  assert.equal(items.length, 2 * names.length, "each has its outcome and its firing");
  for (const name of names)
    assert.ok(codes.includes(line(name)), `${JSON.stringify(name)}: ${text}`);
});

test("Simulate: captured names, and labels in reasons", async () => {
  const events = HOSTILE.map((name, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    event: "acme.x",
    occurred: new Date(Date.UTC(2026, 2, 1, 12, 0, index)).toISOString(),
    resource: { "prefect.resource.id": `acme.${name}`, "prefect.resource.name": name },
  }));
  const automation = JSON.stringify({
    name: "x",
    trigger: {
      type: "event",
      posture: "Reactive",
      expect: ["acme.x"],
      for_each: ["prefect.resource.id"],
      threshold: 1,
      within: 0,
    },
    actions: [{ type: "do-nothing" }],
  });
  const { page } = await open(
    address("simulate", {
      automation,
      events: events.map((one) => JSON.stringify(one)).join("\n"),
    }),
  );
  await page.getByText("3.8 and 3.9 fire at the same times").waitFor();
  const { text, tags, links, codes, fenced } = await shared(page);
  assert.deepEqual(tags, ["a", "code", "li", "p", "pre", "strong", "ul"], text);
  assert.deepEqual(links, ["Open in prefect-events"]);
  assert.equal(fenced[0]?.trimEnd(), automation);
  for (const name of HOSTILE)
    assert.ok(codes.includes(line(name)), `${JSON.stringify(name)}: ${text}`);
});

/** Opens a view with a state on a fresh page. @param {Page} page @param {string} at */
async function show(page, at) {
  await page.goto(`${page.url().replace(/#.*/, "")}${at}`);
  await page.reload();
}

test("Validate: the text, and quotes of it in findings", async () => {
  const { page } = await open("#validate");
  const event = (/** @type {string[]} */ texts) => ({
    event: "prefect.flow-run.heartbeat",
    ...Object.fromEntries(texts.map((text) => [text, 1])),
    resource: {
      "prefect.resource.id": texts.join(" "),
      ...Object.fromEntries(texts.map((text) => [`prefect.${text}`, "x"])),
    },
    related: texts.map((text) => ({
      "prefect.resource.id": `prefect.flow.${text}`,
      "prefect.resource.role": text,
    })),
  });
  const texts = [
    JSON.stringify(event(HOSTILE), null, 2),
    ...FENCES.map((fence) => `${JSON.stringify(event([fence]))}\n${fence}`),
    HOSTILE.join("\n"),
  ];
  for (const given of texts) {
    await show(page, address("validate", { text: given }));
    await page.locator("#verdict", { hasText: /error/ }).waitFor();
    const { text, blocks, tags, links, fenced } = await shared(page);
    assert.deepEqual(blocks, ["p", "pre", "ul", "p"], text);
    assert.deepEqual(tags, ["a", "code", "li", "p", "pre", "strong", "ul"], text);
    assert.deepEqual(links, ["Open in prefect-events"]);
    const lines = (/** @type {string} */ one) => one.replace(/\r\n?/g, "\n").trimEnd();
    assert.deepEqual(fenced.map(lines), [lines(given)]);
  }
});

test("Build: names, values, and error messages", async () => {
  const { page } = await open("#build");
  for (const hostile of [HOSTILE.join(" "), HOSTILE.join("\n"), FENCES.join("\n")]) {
    const states = [
      { kind: "event", event: `acme.${hostile}`, input: { resource: { id: hostile } } },
      {
        kind: "event",
        event: "prefect.flow-run.Completed",
        input: { flow_run: { name: hostile } },
      },
      { kind: "event", event: `prefect.${hostile}` },
      { kind: "run", run: { flow: { name: hostile }, ends: "1m" } },
      { kind: "run", run: { ends: hostile } },
    ];
    for (const state of states) {
      await show(page, address("build", state));
      await page.locator(".output .verdict strong", { hasText: /alid|Cannot/ }).waitFor();
      const { text, blocks, tags, links, fenced } = await shared(page);
      assert.equal(blocks[0], "h3", text);
      assert.ok(!blocks.slice(1).includes("h3"), text);
      const allowed = ["a", "code", "h3", "li", "p", "pre", "strong", "ul"];
      assert.deepEqual(
        tags.filter((tag) => !allowed.includes(tag)),
        [],
        text,
      );
      assert.deepEqual(links, ["Open in prefect-events"], text);
      assert.ok(fenced.length <= 1, text);
      if (fenced[0]) assert.doesNotThrow(() => JSON.parse(fenced[0] ?? ""), text);
    }
  }
});
