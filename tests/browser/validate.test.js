// The view Validate, from the first visit to a file with many events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

/** @typedef {import("playwright-core").Page} Page */

const openPage = thePage();

const HEARTBEAT = {
  occurred: "2026-03-31T18:30:00Z",
  event: "prefect.flow-run.heartbeat",
  resource: {
    "prefect.resource.id": "prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11",
    "prefect.resource.name": "brave-otter",
    "prefect.version": "3.9.1",
  },
  related: [
    {
      "prefect.resource.id": "prefect.flow.6c2e9f70-1d3b-4a85-b7c4-0e5f8a2d9136",
      "prefect.resource.role": "flow",
      "prefect.resource.name": "nightly-etl",
    },
  ],
  payload: {},
  id: "019d4528-e040-7cab-b76b-e9211f15f1b8",
  follows: null,
};

/** Lines of custom events; each 1000th has no time. @param {number} count */
function lines(count) {
  let text = "";
  for (let n = 0; n < count; n += 1) {
    const id = `01a1ffe4-419a-726f-8626-${String(n).padStart(12, "0")}`;
    const event = { event: "acme.order.created", resource: { "prefect.resource.id": "acme.é.42" } };
    const occurred = n % 1000 === 7 ? {} : { occurred: "2026-03-31T18:30:00Z" };
    text += `${JSON.stringify({ ...occurred, ...event, id })}\n`;
  }
  return text;
}

/** @param {Page} page */
const verdict = (page) => page.locator("#verdict");

/** @param {Page} page @param {string} text */
async function verdictIs(page, text) {
  await verdict(page)
    .filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) })
    .waitFor({ timeout: 5000 })
    .catch(async () => assert.equal((await verdict(page).textContent())?.trim(), text));
}

/** @param {Page} page */
const editor = (page) => page.locator(".cm-content[aria-label^='Events']");

/** @param {Page} page */
const finding = (page) => page.getByRole("list", { name: "Findings" }).getByRole("listitem");

/** Replaces the whole text by pasting. @param {Page} page @param {string} text */
async function write(page, text) {
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await editor(page).evaluate((place, pasted) => {
    const data = new DataTransfer();
    data.setData("text/plain", pasted);
    const event = { clipboardData: data, bubbles: true, cancelable: true };
    place.dispatchEvent(new ClipboardEvent("paste", event));
  }, text);
}

/** Puts the cursor after a text in the editor. @param {Page} page @param {string} text */
async function cursorAfter(page, text) {
  await editor(page).focus();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ControlOrMeta+F");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
}

/** @param {Page} page */
const written = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"),
  );

/** @param {string} [hash] @param {Parameters<typeof openPage>[1]} [options] */
async function open(hash, options) {
  const opened = await openPage(hash, options);
  await editor(opened.page).waitFor();
  return opened;
}

/** The address of the view with a state. @param {Page} page @param {unknown} state */
async function addressOf(page, state) {
  return await page.evaluate(async (json) => {
    const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const text = btoa(String.fromCharCode(...bytes));
    return `#validate/${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  }, JSON.stringify(state));
}

/** @param {Page} page @param {string} name @param {string | Buffer} content */
async function choose(page, name, content) {
  await page
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
}

test("the page starts with the findings on an example, and their positions", async () => {
  const { page, failures } = await open();
  await verdictIs(page, "2 errors and 1 warning in 1 event");
  assert.equal(await finding(page).count(), 3);
  assert.equal(await page.locator(".cm-lintRange-error").count(), 2);
  assert.equal(await page.locator(".cm-lint-marker-warning").count(), 1);

  await page.getByRole("button", { name: /must look like/ }).click();
  assert.equal(
    await page.evaluate(() => getSelection()?.toString()),
    '"prefect.flow.nightly-etl"',
    "the place of the finding is selected",
  );
  assert.match((await finding(page).nth(1).getAttribute("aria-current")) ?? "", /true/);

  await page.keyboard.press("F8");
  await page.locator("[aria-current=true]").filter({ hasText: "tags" }).waitFor();
  await cursorAfter(page, "occurred");
  assert.equal(await page.locator("li[aria-current]").count(), 0);
  assert.deepEqual(failures, []);
});

test("fixes are applied one by one, all at once, and from the editor, and can be undone", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Fix: rename it to prefect.version" }).click();
  await verdictIs(page, "1 error and 1 warning in 1 event");
  await page
    .locator("#announcer")
    .filter({ hasText: "1 error and 1 warning in 1 event" })
    .waitFor({ state: "attached" });
  assert.match(await written(page), /"prefect\.version": "3\.9\.1"/);
  await editor(page).focus();
  await page.keyboard.press("ControlOrMeta+Z");
  await verdictIs(page, "2 errors and 1 warning in 1 event");
  await page.getByRole("button", { name: "Apply 2 fixes" }).click();
  await verdictIs(page, "1 error in 1 event");
  assert.match(await written(page), /"prefect\.resource\.role": "tag"/);
  await editor(page).focus();
  await page.keyboard.press("ControlOrMeta+Z");
  await verdictIs(page, "2 errors and 1 warning in 1 event");
  await page.locator(".cm-lintRange-warning").hover();
  await page.locator(".cm-tooltip").getByRole("button", { name: "Fix: write `tag`" }).click();
  await verdictIs(page, "2 errors in 1 event");
});

test("severities can be hidden, and the address keeps everything", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "2 errors" }).click();
  assert.equal(await finding(page).count(), 1);
  await page.getByRole("button", { name: "1 warning" }).click();
  await page.getByText("All findings are filtered out").waitFor();
  await page.getByRole("button", { name: "1 warning" }).click();
  await write(page, JSON.stringify({ ...HEARTBEAT, id: 7 }));
  await verdictIs(page, "1 error in 1 event");
  await page.getByText("Server only").click();
  await page.waitForURL(/#validate\/.+/);
  await page.waitForTimeout(500);
  await page.reload();
  await editor(page).waitFor();
  await verdictIs(page, "1 error in 1 event");
  assert.ok(await page.getByRole("radio", { name: "Server only" }).isChecked());
  assert.equal(
    await page.getByRole("button", { name: "1 error" }).getAttribute("aria-pressed"),
    "false",
  );
});

test("the profile `server` reports less", async () => {
  const { page } = await open();
  await verdictIs(page, "2 errors and 1 warning in 1 event");
  await page.getByText("Server only").click();
  await verdictIs(page, "The event is valid");
  await page.getByText("The Prefect server accepts it.").waitFor();
});

test("a code opens its explanation, with an example to try", async () => {
  const { page } = await open();
  const code = page.getByRole("button", { name: "misspelt-label" });
  await code.click();
  assert.equal(await code.getAttribute("aria-expanded"), "true");
  const explanation = page.locator(".explanation");
  await explanation.getByText("Misspelt label").waitFor();
  assert.match((await explanation.locator("mark.wrong").textContent()) ?? "", /^− .*verison/);
  assert.match((await explanation.locator("mark.right").textContent()) ?? "", /^\+ .*version/);
  await assertAccessible(page, "with an explanation");
  assert.match(
    (await finding(page)
      .first()
      .getByRole("link", { name: "Documentation" })
      .first()
      .getAttribute("href")) ?? "",
    /^https:\/\/www\.prefect\.io\/docs\/.+#/,
  );
  await explanation.getByRole("button", { name: "Try the invalid example" }).click();
  await verdictIs(page, "1 error in 1 event");
  await page.getByRole("button", { name: "misspelt-label" }).click();
  await page.getByRole("button", { name: "misspelt-label" }).click();
});

test("examples of each event and of each mistake", async () => {
  const { page } = await open();
  const field = page.getByRole("combobox", { name: "Examples" });
  await field.click();
  const options = page.getByRole("option");
  await options.nth(100).waitFor({ state: "attached" });
  assert.ok((await options.count()) > 150);
  await assertAccessible(page, "with the examples");
  await field.fill("task run state");
  await page.keyboard.press("Enter");
  await verdictIs(page, "The event is valid");
  assert.match(await written(page), /prefect\.task-run\.Running/);
  assert.equal(await page.getByRole("listbox").count(), 0);

  await field.fill("invalid trailing comma");
  await page.getByRole("option", { name: "syntax-trailing-comma" }).click();
  await page.getByRole("button", { name: "syntax-trailing-comma" }).waitFor();
  await field.fill("no such words");
  await page.getByText("No example matches.").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("listbox").count(), 0);
});

test("names, labels, roles and values are proposed", async () => {
  const { page, failures } = await open();
  const proposal = page.locator(".cm-tooltip-autocomplete li");
  const accept = async (/** @type {RegExp} */ text) => {
    await proposal.filter({ hasText: text }).first().waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
  };
  await write(page, "");
  await page.keyboard.type('{"ev');
  await accept(/^event/);
  await page.keyboard.type("task-run.Run");
  await accept(/^prefect\.task-run\.Running/);
  assert.equal(await written(page), '{"event": "prefect.task-run.Running"}');

  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(', "res');
  await accept(/^resource/);
  await page.keyboard.type('"state-t');
  await accept(/^prefect\.state-type/);
  await page.keyboard.type("RU");
  await accept(/^RUNNING/);
  assert.match(await written(page), /"resource": \{"prefect\.state-type": "RUNNING"\}\}$/);

  await page.keyboard.type(', "prefect.');
  await proposal.first().waitFor();
  const labels = await proposal.allTextContents();
  assert.ok(labels.some((label) => label.startsWith("prefect.run-count")));
  assert.ok(!labels.some((label) => label.startsWith("prefect.state-type")), "it is there already");
  await page.keyboard.press("Escape");
  assert.deepEqual(failures, []);

  // In the second line of NDJSON too, and in a related resource of a role.
  const related = { "prefect.resource.id": "", "prefect.resource.role": "de" };
  const event = JSON.stringify({ ...HEARTBEAT, related: [related] });
  await write(page, `${JSON.stringify(HEARTBEAT)}\n${event}`);
  await cursorAfter(page, '"de');
  await page.keyboard.press("Control+Space");
  await accept(/^deployment/);
  assert.match(await written(page), /"prefect\.resource\.role":"deployment"\}\]/);
  await cursorAfter(page, '"prefect.resource.id":"');
  await page.keyboard.press("ArrowLeft");
});

test("the description of the label at the cursor, and under the pointer", async () => {
  const { page } = await open();
  const about = page.locator(".about");
  await cursorAfter(page, "prefect.resource.na");
  await about.getByText("Flow run name").waitFor();
  await about.getByText("text, required").waitFor();
  await cursorAfter(page, "prefect.flow-run.heart");
  await about.getByText("Flow run is alive").waitFor();
  assert.match(
    (await about.getByRole("link", { name: "Documentation" }).getAttribute("href")) ?? "",
    /flow-run-events/,
  );
  await cursorAfter(page, '"flow');
  await about.getByText("exactly 1").waitFor();
  await assertAccessible(page, "with what is said about a role");
  await page.locator(".cm-line", { hasText: "brave-otter" }).locator("span").first().hover();
  await page.locator(".fact-tooltip").getByText("Flow run name").waitFor();
});

test("small files open in the editor, whatever their name", async () => {
  const { page, failures } = await open();
  await choose(page, "one.json", JSON.stringify(HEARTBEAT, null, 2));
  await verdictIs(page, "The event is valid");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "two.txt"));
    for (const type of ["dragover", "drop"])
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
      );
  }, lines(3));
  await verdictIs(page, "All 3 events are valid");
  await page.evaluate(
    (text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "pasted.json"));
      document
        .querySelector(".cm-content")
        ?.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
        );
    },
    `${lines(4)}{}`,
  );
  await verdictIs(page, "4 errors in 5 events");
  await choose(page, "not-utf8.json", Buffer.from([0x22, 0xff, 0x22]));
  await page.getByText("not-utf8.json").waitFor();
  await page.getByRole("button", { name: "syntax-utf8" }).waitFor();
  await choose(page, "picture.png", Buffer.from([0x89, 0x50, 0x00, 0x00, 0xff]));
  await verdictIs(page, "This file cannot be checked");
  await page.getByRole("alert").filter({ hasText: "This is not text" }).waitFor();
  await page.getByRole("button", { name: "Close the file" }).click();
  await verdictIs(page, "4 errors in 5 events");
  assert.deepEqual(failures, []);
});

test("large files are checked without the editor, and can be stopped", async () => {
  const { page, failures } = await open();
  await choose(page, "many.ndjson", lines(20_000));
  await verdictIs(page, "20 errors in 20,000 events");
  await page.getByText("All checked: 20,000 events, 20 errors").waitFor();
  assert.equal(await editor(page).isVisible(), false);
  await page.getByRole("button", { name: "The event lacks occurred" }).nth(2).click();
  const line = page.locator(".lines");
  await line.getByText("Line 2,008").waitFor();
  assert.match((await line.locator("mark").textContent()) ?? "", /^\{/);
  assert.match(
    (await line.locator("pre").textContent()) ?? "",
    /^\{.*acme\.é\.42.+000000002007"\}\s*$/,
  );
  assert.equal(await page.locator("li[aria-current]").count(), 1);
  await assertAccessible(page, "with a large file");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("The link does not include the file").waitFor();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  assert.match(
    await page.evaluate(() => navigator.clipboard.readText()),
    /^\*\*20 errors in 20,000 events\*\* \(many\.ndjson, 3\.\d MB\)\n\n- \*\*error\*\* `missing-field`/,
  );
  await page.getByRole("button", { name: "Edit this event" }).click();
  await verdictIs(page, "1 error in 1 event");

  // One document, of which each line would be wrong.
  const list = JSON.stringify(Array(6000).fill(HEARTBEAT), null, 2);
  await choose(page, "list.json", list);
  await page.getByText("All checked: 6,000 events").waitFor();
  assert.match(
    (await verdict(page).textContent()) ?? "",
    /No error, but 5,999 warnings in 6,000 events/,
  );
  await page.getByText("The first 1,000 findings are listed").waitFor();
  await page.getByRole("button", { name: "Show 100 more of 1,000 findings" }).click();
  assert.equal(await page.locator(".finding").count(), 200);

  // Created in the page, because it is too large to pass to the page.
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File(Array(30).fill(text), "endless.ndjson"));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  }, lines(10_000));
  await page.getByRole("progressbar", { name: "Checked" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped after").waitFor();
  const shown = (await page.locator(".running").textContent()) ?? "";
  await page.waitForTimeout(300);
  assert.equal(await page.locator(".running").textContent(), shown);
  assert.doesNotMatch(shown, /300,000 events/);
  await page.getByRole("button", { name: "Close the file" }).click();
  await verdictIs(page, "1 error in 1 event");
  assert.deepEqual(failures, []);
});

test("an empty text, and a text that is too long for a link", async () => {
  const { page } = await open();
  await write(page, "");
  await verdictIs(page, "Nothing to check yet");
  await page.getByText("Paste an event, or drop a file").waitFor();
  await assertAccessible(page, "empty");
  await write(page, lines(1000));
  await verdictIs(page, "1 error in 1,000 events");
  await page.getByRole("heading", { name: "Event 7 acme.order.created" }).waitFor();
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("The link does not include the text").waitFor();
  await page.waitForTimeout(400);
  assert.ok(page.url().length < 300);
});

test("the copied Markdown contains everything", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Fix: write tag" }).click();
  await verdictIs(page, "2 errors in 1 event");
  await page.waitForURL(/#validate\/.+/);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(
    copied,
    /^\*\*2 errors in 1 event\*\*\n\n```json\n\{[^`]+\}\n```\n\n- \*\*error\*\* `misspelt-label` \(line 7 · \/resource\/prefect\.verison\): The resource lacks/,
  );
  assert.match(copied, /\[Open in prefect-events\]\(<http.+#.+>\)/);
});

test("addresses that are hand-written or from another version do not break the page", async () => {
  const { page, failures, url } = await open();
  const states = [
    { text: 7, profile: "x", hidden: "all" },
    [],
    "text",
    { hidden: ["error", "fatal"] },
  ];
  for (const state of states) {
    await page.goto(`${url}${await addressOf(page, state)}`);
    await editor(page).waitFor();
    await verdictIs(page, "2 errors and 1 warning in 1 event");
  }
  await page.goto(`${url}${await addressOf(page, { text: "{\r\n}\r\n" })}`);
  await verdictIs(page, "4 errors in 1 event");
  // With any type of line breaks.
  await page.locator(".cm-lint-marker-error").first().waitFor();
  assert.deepEqual(failures, []);
});

test("before the editor is loaded, a field in its place accepts text", async () => {
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const { page, failures } = await openPage("", {}, async (context) => {
    await context.route(/editor-.*\.js/, async (route) => {
      await held;
      await route.continue();
    });
  });
  await verdictIs(page, "2 errors and 1 warning in 1 event");
  const field = page.getByRole("textbox", { name: "Events" });
  const boxes = () =>
    page.evaluate(() =>
      [".entry", ".editor-place"].map((selector) =>
        JSON.stringify(document.querySelector(selector)?.getBoundingClientRect()),
      ),
    );
  await assertAccessible(page, "without the editor");
  const before = await boxes();
  await page.getByRole("button", { name: "Fix: write tag" }).click();
  await verdictIs(page, "2 errors in 1 event");
  await field.fill(JSON.stringify(HEARTBEAT));
  await verdictIs(page, "The event is valid");
  await field.fill("{");
  await field.press("End");
  release();
  await editor(page).waitFor();
  await page.keyboard.type("}");
  await verdictIs(page, "4 errors in 1 event");
  assert.equal(await written(page), "{}");
  assert.deepEqual(await boxes(), before);
  assert.deepEqual(failures, []);
});

test("axe finds nothing wrong at any width, in both themes", async () => {
  for (const [width, colorScheme] of /** @type {const} */ ([
    [360, "light"],
    [1440, "dark"],
  ])) {
    const { page } = await open("", { colorScheme, viewport: { width, height: 800 } });
    await verdictIs(page, "2 errors and 1 warning in 1 event");
    await page.getByRole("button", { name: /prefect\.verison looks/ }).click();
    await assertAccessible(page, `${width}, ${colorScheme}`);
    const { scroll, client } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      client: document.documentElement.clientWidth,
    }));
    assert.ok(scroll <= client, "nothing is wider than the window");
  }
});

const AUTOMATION = `name: Cancel late runs
trigger:
  posture: Reactive
  expect: [prefect.flow-run.Late]
actions: [{type: cancel-flow-run}]
`;
/** @type {[what: string, text: string, verdict: RegExp][]} */
const OTHERS = [
  ["an automation in YAML", `# Late runs.\n${AUTOMATION}`, /^\s*This is an automation/],
  [
    "an automation in JSON",
    JSON.stringify({
      name: "late",
      trigger: { posture: "Reactive", expect: ["prefect.flow-run.Late"] },
      actions: [],
    }),
    /^\s*This is an automation/,
  ],
  [
    "a prefect.yaml",
    "name: a\ndeployments:\n  - name: b\n    triggers:\n      - expect: [prefect.flow-run.Failed]\n",
    /prefect\.yaml/,
  ],
  [
    "a scenario",
    `automation: crash-zombie-flows\nruns:\n  - {name: a, starts: 0s, dies: 1m}\n`,
    /scenario/,
  ],
];

for (const [what, text, said] of OTHERS)
  test(`${what} is recognised, with a link to Simulate`, async () => {
    const { page, failures } = await openPage("");
    await editor(page).click();
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.insertText(text);
    await verdict(page).filter({ hasText: said }).waitFor();
    assert.equal(await finding(page).count(), 0, "no storm of findings");
    assert.equal(await page.getByRole("button", { name: /[Ff]ix/ }).count(), 0);
    assert.equal(await page.locator(".cm-lintRange, .cm-lint-marker").count(), 0);
    await assertAccessible(page, what);
    await page.getByRole("button", { name: "Open it in Simulate" }).click();
    const outcome = page.getByRole("region", { name: "The outcome" });
    await outcome.filter({ hasText: /[Ff]ires/ }).waitFor();
    const first = text.trimEnd().split("\n").at(-1) ?? "";
    await page
      .locator(".cm-content")
      .filter({ hasText: first.trim().slice(0, 20) })
      .waitFor();
    assert.deepEqual(failures, []);
  });

test("Terraform's source is recognised, with instructions", async () => {
  const { page } = await openPage("");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText('resource "prefect_automation" "late" {\n  name = "late"\n}\n');
  await verdict(page).filter({ hasText: "Terraform" }).waitFor();
  await page.getByText("terraform show -json").waitFor();
  assert.equal(await page.getByRole("button", { name: "Open it in Simulate" }).count(), 0);
  assert.equal(await finding(page).count(), 0);
});

test("a file that is not an event gets no fix", async () => {
  const { page } = await openPage("");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText('{\n  "name": "my-package",\n  "version": "1.0.0"\n}\n');
  await verdict(page).filter({ hasText: /error/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /[Ff]ix/ }).count(), 0);
});
