// Lone surrogates: the page keeps them unchanged, or reports them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { thePage } from "./helpers/page.js";

const open = thePage();

const BROKEN = "a\ud800b";
const EVENT = JSON.stringify({
  occurred: "2026-03-31T18:30:00Z",
  event: "acme.x",
  id: "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11",
  resource: { "prefect.resource.id": "acme.1", name: "NAME" },
}).replace("NAME", BROKEN);

/** @param {string} view @param {object} state */
const address = (view, state) =>
  `#${view}/${deflateRawSync(JSON.stringify(state)).toString("base64url")}`;

/** The content of a link. @param {string} url */
const held = (url) =>
  JSON.parse(
    inflateRawSync(Buffer.from(url.split("/").at(-1) ?? "", "base64url")).toString("utf8"),
  );

/** Types a text inside the page, because the browser's driver would replace lone surrogates. @param {import("playwright-core").Page} page @param {string} text */
const type = (page, text) =>
  page.evaluate((units) => {
    document.execCommand("insertText", false, String.fromCharCode(...units));
  }, units(text));

/** @param {string} text */
const units = (text) => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

test("Validate finds it at its position, and editor and link keep it", async () => {
  for (const how of ["link", "typed", "pasted"]) {
    const { page, failures } = await open(
      how === "link" ? address("validate", { text: EVENT }) : "#validate",
    );
    const editor = page.locator(".cm-content");
    await editor.waitFor();
    await editor.click();
    if (how !== "link") await page.keyboard.press("Control+a");
    if (how === "typed") await type(page, EVENT);
    if (how === "pasted")
      await editor.evaluate((element, units) => {
        const data = new DataTransfer();
        // A script's DataTransfer only has whole characters; this imitates a native one.
        data.getData = () => String.fromCharCode(...units);
        const event = { clipboardData: data, bubbles: true, cancelable: true };
        element.dispatchEvent(new ClipboardEvent("paste", event));
      }, units(EVENT));
    await page.locator("#verdict", { hasText: "1 error in 1 event" }).waitFor();
    await page.getByText("/resource/name contains a lone surrogate").waitFor();
    // A change beside it does not affect it.
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" ");
    await page.waitForURL((url) => url.hash.includes("/") && held(url.href).text?.endsWith(" "));
    assert.equal(held(page.url()).text, `${EVENT} `, how);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.getByText("Markdown copied; lone surrogates became �").first().waitFor();
    assert.deepEqual(failures, []);
  }
});

test("Simulate reports it in the automation, a run, or a file", async () => {
  const automation = `name: ${BROKEN}\ntrigger: {posture: Reactive, expect: [x], threshold: 1, within: 0}\nactions: [{type: do-nothing}]\n`;
  const { page } = await open(address("simulate", { automation }));
  await page.locator(".verdict").getByText("this cannot be read as YAML").waitFor();
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("#");
  await page.waitForURL((url) => held(url.href).automation?.endsWith("#"));
  assert.equal(held(page.url()).automation, `${automation}#`);

  const runs = [{ name: BROKEN, starts: 0, dies: 100 }];
  const other = await open(address("simulate", { runs }));
  await other.page.getByText("contains a lone surrogate (U+D800 to U+DFFF)").waitFor();

  const third = await open("#simulate");
  await third.page.getByRole("button", { name: "Replay captured events" }).click();
  await third.page.locator(".replaying input[type=file]").setInputFiles({
    name: "latin.json",
    mimeType: "application/json",
    buffer: Buffer.from('{"event": "caf\xe9"}', "latin1"),
  });
  await third.page.getByText("latin.json is not UTF-8").waitFor();
});

test("Build rejects it", async () => {
  const event = "prefect.flow-run.Completed";
  const resource = { id: "x" };
  /** @type {[{ kind: string, event?: string, input?: object, run?: object }, string][]} */
  const states = [
    [
      { kind: "event", event, input: { flow_run: { name: BROKEN } } },
      "flow_run.name contains a lone surrogate",
    ],
    [
      { kind: "run", run: { flow: { name: BROKEN }, ends: "1m" } },
      "flow.name contains a lone surrogate",
    ],
    [
      { kind: "event", event: "acme.x", input: { resource: { ...resource, y: BROKEN } } },
      "resource.y contains a lone surrogate",
    ],
    [{ kind: "event", event: `acme.${BROKEN}`, input: { resource } }, "without lone surrogates"],
  ];
  for (const [state, sentence] of states) {
    const { page } = await open(address("build", state));
    await page.locator(".output").getByText(sentence).waitFor();
    const { input, run } = held(page.url());
    if (state.input) assert.deepEqual(input, state.input);
    if (state.run) assert.deepEqual(run, state.run);
  }
});
