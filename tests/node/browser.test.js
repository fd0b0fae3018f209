// The browser's entry, run here with bytes instead of a download; this file must not import node.js.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as browser from "../../pkg/browser.js";

/** @param {string} name */
const read = (name) => readFileSync(new URL(`../../pkg/wasm/${name}.wasm`, import.meta.url));

const bytes = read("prefect_events");
const authoring = read("prefect_events_authoring");

test("before init, every function that needs a module says what to do", async () => {
  const message = "prefect-events has not been started: call `await init()` first";
  assert.throws(() => browser.validate("{}"), { message });
  assert.throws(() => browser.describe("prefect.worker.started"), { message });
  assert.throws(() => browser.version(), { message });
  await assert.rejects(
    async () => {
      for await (const _ of browser.validateStream(new Blob(["{}"]).stream()));
    },
    { message },
  );
});

test("what is only told needs no module", () => {
  assert.equal(browser.explain("misspelt-role")?.title, "Misspelt role");
  assert.ok(browser.eventTypes().length > 80);
});

test("an init that fails can be repeated", async () => {
  await assert.rejects(browser.init(new Uint8Array([1, 2, 3])), { name: "CompileError" });
  await assert.rejects(browser.init(new URL("data:application/wasm;base64,AAAA")));
});

test("init works once, twice, and at the same time", async () => {
  await Promise.all([browser.init(bytes), browser.init(await WebAssembly.compile(bytes))]);
  await browser.init(bytes);
  await browser.init(undefined, false);
  assert.equal(browser.validate("{}").events, 1);
});

test("the second module is loaded when it is given", async () => {
  await browser.init(bytes);
  assert.throws(() => browser.checkAutomation("{}"), {
    message:
      /^this needs a module .* `await init\(\)` first, with `prefect_events_authoring\.wasm` as its second argument/,
  });
  await browser.init(bytes, authoring);
  assert.equal(browser.checkAutomation("{}").events, 1);
});

test("the third module is loaded when it is given", async () => {
  const schemas = { "*": false };
  const event = { event: "acme.order.created" };
  await browser.init(bytes, authoring);
  assert.throws(() => browser.validate(event, { schemas }), {
    message:
      /^the option `schemas` needs a module .*`prefect_events_schemas\.wasm` as its third argument/,
  });
  await browser.init(bytes, authoring, read("prefect_events_schemas"));
  const { diagnostics } = browser.validate(event, { schemas });
  assert.ok(diagnostics.some(({ code }) => code === "schema-violation"));
});
