// The frame around the views: navigation, the theme, sharing, internal errors.

import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";

const open = thePage();

test("links and addresses open the views", async () => {
  const { page, failures } = await open("#build");
  assert.equal(
    await page.getByRole("link", { name: "Build" }).getAttribute("aria-current"),
    "page",
  );
  await page.getByRole("link", { name: "Simulate" }).click();
  await page.locator("view-simulate").waitFor();
  assert.match(page.url(), /#simulate/);
  assert.equal(await page.title(), "Simulate · prefect-events");
  await page.goBack();
  await page.locator("view-build").waitFor();
  assert.deepEqual(failures, []);
});

test("the link of a view restores its last state", async () => {
  const { page } = await open();
  // Immediately, so that state that is not in the address yet must not get lost.
  await page.getByText("Server only").click();
  await page.getByRole("link", { name: "Simulate" }).click();
  await page.locator("view-simulate").waitFor();
  await page.getByRole("link", { name: "Validate" }).click();
  await page.locator("#verdict", { hasText: "The event is valid" }).waitFor({ timeout: 5000 });
});

test("the theme follows the system, and can be chosen", async () => {
  const { page } = await open("", { colorScheme: "dark" });
  const paper = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await paper();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await paper();
  assert.notEqual(light, dark);
  const theme = page.getByRole("combobox", { name: "Theme" });
  assert.deepEqual(await theme.locator("option").allInnerTexts(), ["System", "Light", "Dark"]);
  assert.equal(await theme.inputValue(), "system");
  await theme.selectOption("Dark");
  assert.equal(await paper(), dark);
  await page.reload();
  assert.equal(await paper(), dark, "it is kept");
  assert.equal(await theme.inputValue(), "dark");
  await theme.selectOption("System");
  assert.equal(await paper(), light);
});

test("a new visitor reads what the page does, for whom, and where to find more", async () => {
  for (const view of ["validate", "build", "simulate"]) {
    const { page } = await open(`#${view}`, { viewport: { width: 320, height: 700 } });
    const about = page.getByRole("region", { name: "About prefect-events" });
    await about.getByText(/^\s*For teams that run Prefect: check events and automations/).waitFor();
    await about.getByText("Not affiliated with Prefect.").waitFor();
    const links = await about
      .getByRole("link")
      .evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("href") ?? ""]));
    assert.deepEqual(
      links.map(([text]) => text),
      ["Documentation", "Command line", "Source"],
    );
    const source = links.at(-1)?.[1] ?? "";
    assert.match(source, /^https:\/\/[^/]+\/[^/]+\/[^/]+$/);
    for (const [, address] of links) assert.ok(address?.startsWith(source), address);
    assert.ok(
      (await page.evaluate(() => document.documentElement.scrollWidth)) <= 320,
      `${view}: nothing sticks out`,
    );
    await assertAccessible(page, `${view}, 320 px`);
  }
});

test("axe finds nothing wrong in the frame", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    const { page } = await open("", { colorScheme });
    await assertAccessible(page, colorScheme);
    await page.getByRole("button", { name: "Share" }).click();
    await assertAccessible(page, `${colorScheme}, sharing`);
  }
});

test("a damaged link is reported, and the page works", async () => {
  const { page, failures } = await open("#validate/zzzz");
  await page
    .locator("main")
    .getByText("This link is damaged; showing the example instead.")
    .waitFor();
  assert.deepEqual(failures, []);
});

/** A link whose JSON has this many megabytes, deflated in identical parts. @param {number} size */
function linkTo(size) {
  const part = (/** @type {string} */ text, last = false) =>
    deflateRawSync(text, { finishFlush: last ? constants.Z_FINISH : constants.Z_FULL_FLUSH });
  const megabyte = part("a".repeat(1_000_000));
  const parts = [part('{"text":"'), ...Array(size).fill(megabyte), part('"}', true)];
  return `#validate/${Buffer.concat(parts).toString("base64url")}`;
}

/** Counts the bytes that the page inflates. @param {import("playwright-core").BrowserContext} context */
async function countInflated(context) {
  await context.addInitScript(() => {
    const counts = Object.assign(globalThis, { inflated: 0, decoded: 0 });
    const { DecompressionStream: Inflating, atob: decode } = globalThis;
    globalThis.atob = (text) => {
      counts.decoded += text.length;
      return decode(text);
    };
    globalThis.DecompressionStream = /** @type {any} */ (
      class {
        constructor(/** @type {CompressionFormat} */ format) {
          const { readable, writable } = new Inflating(format);
          this.writable = writable;
          const counted = new TransformStream({
            transform(chunk, controller) {
              counts.inflated += chunk.length;
              controller.enqueue(chunk);
            },
          });
          this.readable = readable.pipeThrough(counted);
        }
      }
    );
  });
}

const TOO_LARGE =
  "This link contains more than 1 MB, which is too large; showing the example instead.";

for (const { size, length } of [
  { size: 20, length: 30_000 },
  { size: 400, length: 600_000 },
])
  test(`a link that inflates to ${size} MB is rejected before it is unpacked`, async () => {
    const hash = linkTo(size);
    assert.ok(hash.length < length, `${hash.length} characters`);
    const { page, failures } = await open(hash, {}, countInflated);
    await page.locator("main").getByText(TOO_LARGE).waitFor();
    const inflated = await page.evaluate(() => /** @type {any} */ (globalThis).inflated);
    assert.ok(inflated > 1_000_000 && inflated < 2_000_000, `${inflated} bytes were inflated`);
    // The page works as if it had been opened without the link.
    await page.locator("#verdict", { hasText: "in 1 event" }).waitFor();
    await page.locator(".cm-content").fill("[]");
    await page.locator("#verdict", { hasText: "No events" }).waitFor();
    assert.deepEqual(failures, []);
  });

test("a link that is too long is not decoded", async () => {
  const { page, failures } = await open(`#build/${"A".repeat(1_500_000)}`, {}, countInflated);
  await page.locator("main").getByText(TOO_LARGE).waitFor();
  const counts = await page.evaluate(() => {
    const { inflated, decoded } = /** @type {any} */ (globalThis);
    return { inflated, decoded };
  });
  assert.deepEqual(counts, { inflated: 0, decoded: 0 });
  assert.deepEqual(failures, []);
});

test("a link of nearly 1 MB still works", async () => {
  const text = JSON.stringify([{ note: "x".repeat(900_000) }]);
  const packed = deflateRawSync(JSON.stringify({ text })).toString("base64url");
  const { page } = await open(`#validate/${packed}`);
  await page.locator("#verdict", { hasText: "in 1 event" }).waitFor();
  assert.equal(await page.locator(".notice").count(), 0);
});

test("a state that is too large for a link is not put into one, and this is reported", async () => {
  const { page, failures } = await open("#simulate");
  const editor = page.locator(".cm-content");
  await editor.click();
  // At the end, as a comment; the automation is as it was.
  await page.keyboard.press("Control+End");
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", `\n${`# ${"x".repeat(97)}\n`.repeat(10_200)}`);
    document.activeElement?.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await page.waitForURL((url) => url.hash === "#simulate");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByText("The link does not include what is shown, which is too large.").waitFor();
  assert.deepEqual(failures, []);
});

test("an internal error is shown as ours, with a report", async () => {
  const { page } = await open();
  await page.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error("a tooth broke");
      }),
  );
  const panel = page.getByRole("alert");
  await panel.getByText("This is our fault, not yours").waitFor();
  await panel.getByRole("button", { name: "Copy report" }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(report, /a tooth broke/);
  await assertAccessible(page, "with a fault");
  await panel.getByRole("button", { name: "Close" }).click();
  assert.equal(await panel.count(), 0);
});
