// Links from strangers: a short one can hold huge lists, deep nesting and values of any type. The page stays usable.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();

/** @param {string} view @param {string} json */
const link = (view, json) => `#${view}/${deflateRawSync(json).toString("base64url")}`;

/** The content of a link. @param {string} url */
const held = (url) =>
  JSON.parse(
    inflateRawSync(Buffer.from(url.split("/").at(-1) ?? "", "base64url")).toString("utf8"),
  );

/** @param {string} item @param {number} count */
const list = (item, count) => `[${Array(count).fill(item).join(",")}]`;

/** @param {number} levels */
const nested = (levels, inner = "1") => `${'{"a":'.repeat(levels)}${inner}${"}".repeat(levels)}`;

/** An event with this payload. @param {string} payload */
const withPayload = (payload) =>
  link(
    "build",
    `{"event":"acme.paid","input":{"resource":{"prefect.resource.id":"acme.1"},"payload":${payload}}}`,
  );

/** @param {Page} page */
const verdict = (page) => page.locator(".output .verdict");
/** @param {Page} page */
const payload = (page) => page.locator("#field-payload");

/** Unfolds the field `payload`. @param {Page} page */
async function unfold(page) {
  if (!(await payload(page).isVisible())) await page.getByText("The event itself").click();
  await payload(page).waitFor();
}

test("of very many tasks, the first are listed, and all are built and kept", async () => {
  const tasks = Array.from({ length: 150 }, (_, n) => ({ name: `part-${n + 1}` }));
  const { page, failures } = await open(
    link("build", JSON.stringify({ kind: "run", view: "events", run: { tasks } })),
  );
  await verdict(page).getByText("✓ Valid.").waitFor();
  const rows = page.getByRole("table", { name: "Tasks" }).getByRole("row");
  assert.equal(await rows.count(), 101);
  await page.getByText("And 50 more tasks, not listed here.").waitFor();
  assert.ok(await page.getByRole("button", { name: "Add a task" }).isDisabled());
  await page.getByRole("textbox", { name: "Task of task 2", exact: true }).fill("renamed");
  await page.waitForURL((url) => held(url.href).run?.tasks?.[1]?.name === "renamed");
  assert.equal(held(page.url()).run.tasks.length, 150);
  await page.getByRole("tab", { name: "NDJSON" }).click();
  await page.getByRole("button", { name: "Copy NDJSON" }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(text.includes('"renamed') && text.includes('"part-150'), text.slice(-500));
  assert.deepEqual(failures, []);
});

for (const { what, run, events } of [
  { what: "tasks", run: `{"tasks":${list('{"name":"a"}', 70_000)}}`, events: /^2\d\d,\d{3}$/ },
  { what: "subflows", run: `{"subflows":${list("{}", 100_000)}}`, events: /^400,\d{3}$/ },
  {
    what: "heartbeats",
    run: '{"ends":"270h","heartbeat":{"frequency":1}}',
    events: /^957,\d{3}$/,
  },
])
  test(`a run of very many ${what} is not built, and can be corrected`, async () => {
    const hash = link("build", `{"kind":"run","run":${run}}`);
    assert.ok(hash.length < 2500, `${hash.length} characters`);
    const { page, failures } = await open(hash);
    await verdict(page).getByText("Cannot be built yet.").waitFor();
    const said = await verdict(page).innerText();
    const [, count = ""] = /run has ([\d,]+) events/.exec(said) ?? [];
    assert.match(count, events, said);
    assert.match(said, /this page builds up to 20,000/);
    assert.ok((await page.locator("view-build *").count()) < 3000);
    if (what === "heartbeats") {
      await page.locator("#field-ends").fill("1h");
      await verdict(page).getByText("✓ Valid.").waitFor();
    }
    assert.deepEqual(failures, []);
  });

test("a state that is nested too deeply is rejected", async () => {
  for (const [view, json] of [
    ["build", `{"event":"acme.paid","input":{"payload":${nested(1900)}}}`],
    ["build", `{"event":"acme.paid","input":{"payload":${nested(150_000)}}}`],
    ["build", `{"kind":"run","run":{"tasks":[{"name":${nested(5000)}}]}}`],
    ["validate", `{"text":"{}","hidden":${nested(150_000)}}`],
    ["simulate", `{"events":${nested(150_000, '"x"')}}`],
  ]) {
    const { page, failures } = await open(link(view ?? "", json ?? ""));
    await page
      .locator(".notice")
      .getByText("nested deeper than 500 levels; showing the example instead.")
      .waitFor();
    await page.locator(".verdict").first().waitFor();
    assert.deepEqual(failures, [], view);
  }
  const { page, failures } = await open(withPayload(nested(490)));
  await verdict(page).getByText("Valid").waitFor();
  assert.equal(await page.locator(".notice").count(), 0);
  assert.deepEqual(failures, []);
});

test("JSON that is nested too deeply in a field is a mistake in this field", async () => {
  const { page, failures } = await open(withPayload("{}"));
  await verdict(page).getByText("Valid").waitFor();
  await unfold(page);
  for (const levels of [501, 1900, 5000, 50_000]) {
    await payload(page).fill(nested(levels));
    await verdict(page).getByText("payload is nested deeper than 500 levels").waitFor();
    await verdict(page).getByRole("link", { name: "Go to payload" }).waitFor();
    // Another event and back: the field shows its value.
    await page.getByRole("button", { name: "A run" }).click();
    await verdict(page).getByText("✓ Valid.").waitFor();
    await page.getByRole("button", { name: "An event" }).click();
    await verdict(page).getByText("payload is nested deeper than 500 levels").waitFor();
    await unfold(page);
    assert.equal((await payload(page).inputValue()).length, nested(levels).length);
    await payload(page).fill('{"a": 1}');
    await verdict(page).getByText("Valid").waitFor();
  }
  await page.getByRole("link", { name: "Validate" }).click();
  await page.locator("view-validate").waitFor();
  assert.deepEqual(failures, []);
});

/** Records the most lines that a textarea received. @param {import("playwright-core").BrowserContext} context */
const countLines = async (context) => {
  await context.addInitScript(() => {
    const counts = Object.assign(globalThis, { mostLines: 0 });
    for (const name of /** @type {const} */ (["value", "defaultValue"])) {
      const own = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, name);
      Object.defineProperty(HTMLTextAreaElement.prototype, name, {
        ...own,
        set(/** @type {string} */ text) {
          counts.mostLines = Math.max(counts.mostLines, String(text).split("\n").length);
          own?.set?.call(this, text);
        },
      });
    }
  });
};

/** @param {Page} page @returns {Promise<number>} */
const mostLines = (page) => page.evaluate(() => /** @type {any} */ (globalThis).mostLines);

test("a long value is shown on few lines, and is kept", async () => {
  const wide = (/** @type {number} */ levels) =>
    `{"a":${"[".repeat(levels)}${list("1", 400_000).slice(1, -1)}${"]".repeat(levels)}}`;
  for (const [text, says] of [
    [wide(1), "Valid"],
    [wide(490), "Valid"],
    [JSON.stringify("\n".repeat(450_000)), "must be an object"],
    [`{"a":"x\\n"}`, "Valid"],
  ]) {
    const { page, failures } = await open(withPayload(text ?? ""), {}, countLines);
    await verdict(page)
      .getByText(says ?? "")
      .waitFor();
    await unfold(page);
    const shown = await payload(page).inputValue();
    assert.deepEqual(JSON.parse(shown), JSON.parse(text ?? ""));
    assert.ok((await mostLines(page)) <= 5001);
    const view = (await page.getByRole("tabpanel").textContent()) ?? "";
    assert.ok(view.length < 150_000, `${view.length} characters`);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.getByText("Markdown copied").first().waitFor();
    assert.deepEqual(failures, []);
  }
});

test("Validate shows very many lines only in its editor", async () => {
  for (const text of ["\n".repeat(480_000), `[${"\n".repeat(480_000)}]`]) {
    const { page, failures } = await open(
      link("validate", JSON.stringify({ text })),
      {},
      countLines,
    );
    await page.locator(".cm-content").waitFor();
    assert.ok((await mostLines(page)) <= 5001, `${await mostLines(page)} lines`);
    assert.deepEqual(failures, []);
  }
  const { page } = await open(link("validate", JSON.stringify({ text: "[\n]" })), {}, countLines);
  await page.locator("#verdict", { hasText: "No events" }).waitFor();
  assert.equal(await mostLines(page), 2);
});

test("firings that are in one place of the timeline are drawn once", async () => {
  const triggers = `{"posture":"Reactive","expect":["prefect.*"],"for_each":["prefect.resource.id"]}`;
  const automation = `{"name":"a","trigger":{"type":"compound","require":"any","within":60,"triggers":${list(triggers, 300)}},"actions":[]}`;
  const { page, failures } = await open(
    link("simulate", JSON.stringify({ automation })),
    {},
    async (context) => {
      await context.addInitScript(() => {
        // Of the timeline, only firings and the focused window set it.
        const { setLineDash } = CanvasRenderingContext2D.prototype;
        const counts = Object.assign(globalThis, { dashes: 0 });
        CanvasRenderingContext2D.prototype.setLineDash = function (dashes) {
          counts.dashes += 1;
          setLineDash.call(this, dashes);
        };
      });
    },
  );
  await page.getByText("Fires 15600 times").waitFor();
  const { dashes, frames } = await page
    .waitForFunction(() => {
      const { dashes } = /** @type {any} */ (globalThis);
      const { frames } = /** @type {any} */ (document.querySelector("simulate-timeline"));
      return dashes > 0 && frames > 0 ? { dashes, frames } : undefined;
    })
    .then((found) => /** @type {Promise<any>} */ (found.jsonValue()));
  assert.ok(dashes / frames < 1000, `${dashes} in ${frames} frames`);
  assert.deepEqual(failures, []);
});

for (const { children, says } of [
  { children: 175, says: "the result is too large" },
  { children: 700, says: "there are more than 10,000,000 labels" },
])
  test(`a simulation with too large a result is a mistake in the input: ${says}`, async () => {
    const triggers = '{"posture":"Reactive","expect":["a"],"for_each":["long"]}';
    const automation = `{"name":"a","trigger":{"type":"compound","require":"any","within":60,"triggers":${list(triggers, children)}},"actions":[]}`;
    const event = {
      id: "00000000-0000-4000-8000-000000000001",
      occurred: "2026-03-01T12:00:00Z",
      event: "a",
      resource: { "prefect.resource.id": "a", long: "x".repeat(850_000) },
    };
    const { page, failures } = await open(
      link("simulate", JSON.stringify({ automation, events: [JSON.stringify(event)] })),
    );
    const notPlayed = page.getByRole("alert");
    await notPlayed.getByText(says).waitFor();
    assert.match(await notPlayed.innerText(), new RegExp(`^Not played.\\s+${says}`));
    assert.equal(await page.locator(".fault").count(), 0);
    assert.deepEqual(failures, []);
  });

test("values of any type do no harm", async () => {
  const odd = [
    '{"toString":1,"valueOf":1}',
    "[[[]]]",
    "null",
    '{"__proto__":{"a":1},"constructor":{"prototype":1}}',
  ];
  const states = odd.flatMap((value) => [
    [
      "build",
      `{"kind":"run","run":{"tasks":[${value},{"name":${value},"retries":${value}}],"flow":${value},"state":${value},"tags":${value}}}`,
    ],
    [
      "build",
      `{"event":"prefect.flow-run.Completed","input":{"flow_run":${value},"state":${value},"flow":{"name":${value}}}}`,
    ],
    ["validate", `{"text":${value},"profile":${value},"hidden":[${value}]}`],
    [
      "simulate",
      `{"preset":${value},"automation":${value},"runs":[${value},{"name":${value},"misses":[${value}],"retry":${value}}],"events":${value},"heartbeat":${value},"copies":${value},"length":${value},"version":${value},"automationIndex":${value}}`,
    ],
  ]);
  const { page, failures, url } = await open();
  for (const [view = "", json = ""] of states) {
    await page.goto("about:blank");
    await page.goto(`${url}${link(view, json)}`);
    await page.locator(".verdict").first().getByText(/\w/).first().waitFor();
    await page.getByText("Building…").first().waitFor({ state: "detached" });
    assert.equal(await page.locator(".fault").count(), 0, `${view} ${json}`);
    assert.deepEqual(failures, [], `${view} ${json}`);
  }
  assert.equal(await page.evaluate(() => /** @type {any} */ ({}).a), undefined);
});

/** What cannot pass between the page and its worker. */
const LOST = {
  "a request that the worker cannot read": () => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (/** @type {any} */ message) {
      if (message.name !== "buildEvent") return postMessage.call(this, message);
      Worker.prototype.postMessage = postMessage;
      postMessage.call(this, null);
    };
  },
  "an answer that the page cannot read": () => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (/** @type {any} */ message) {
      if (message.name !== "buildEvent") return postMessage.call(this, message);
      Worker.prototype.postMessage = postMessage;
      setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data: null })));
    };
  },
};

for (const [what, lose] of Object.entries(LOST))
  test(`${what} is reported, and the next one works`, async () => {
    const { page } = await open("#build", {}, async (context) => {
      await context.addInitScript(lose);
    });
    const panel = page.getByRole("alert");
    await panel.getByText("This is our fault, not yours").waitFor();
    await panel.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "New ids and time" }).click();
    await verdict(page).getByText("✓ Valid.").waitFor();
    assert.equal(await panel.count(), 0);
  });
