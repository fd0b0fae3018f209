// The browser's entry, run here with bytes instead of a download; this file must not import node.js.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as browser from "../../pkg/browser.js";

/** @param {string} name */
const read = (name) => readFileSync(new URL(`../../pkg/wasm/${name}.wasm`, import.meta.url));

const validate = read("prefect_events_validate");
const author = read("prefect_events_author");

test("before init, every function that needs a module says what to do", async () => {
  const message = "prefect-events is not initialized: call `await init()` first";
  assert.throws(() => browser.validate("{}"), {
    message,
    name: "PrefectEventsError",
    code: "not-loaded",
  });
  assert.throws(() => browser.describeEvent("prefect.worker.started"), { message });
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
  assert.match(browser.version(), /^\d+\.\d+\.\d+/);
});

test("init rejects unknown names of modules", async () => {
  /** @type {[unknown, RegExp][]} */
  const wrong = [
    [
      validate,
      /^init needs an object that names the modules, such as `init\({ validate: source }\)`$/,
    ],
    [new URL("file:///a.wasm"), /^init needs an object that names the modules/],
    ["a.wasm", /^init needs an object that names the modules/],
    [null, /^init needs an object that names the modules/],
    [new Map([["validate", "a.wasm"]]), /^init needs an object that names the modules/],
    [{ validat: "a.wasm", [Symbol.toStringTag]: "Options" }, /^init has no module `validat`/],
    [{ authoring: false }, /^init has no module `authoring`: did you mean `author`\?$/],
    [{ module: false }, /^init has no module `module`: it has `validate`, `author`, `schemas`$/],
    [
      { schemas: 1 },
      /^init needs the address of `prefect_events_schemas.wasm`, .* as `schemas`, not 1$/,
    ],
    [
      { author: null },
      /^init needs the address of `prefect_events_author.wasm`, .* as `author`, not null$/,
    ],
  ];
  for (const [options, message] of wrong)
    await assert.rejects(browser.init(/** @type {any} */ (options)), {
      name: "TypeError",
      message,
    });
});

test("an init that fails can be repeated", async () => {
  const author = false;
  await assert.rejects(browser.init({ validate: new Uint8Array([1, 2, 3]), author }), {
    name: "CompileError",
  });
  const address = new URL("data:application/wasm;base64,AAAA");
  await assert.rejects(browser.init({ validate: address, author }));
});

test("init works once, twice, and at the same time", async () => {
  await Promise.all([
    browser.init({ validate, author: false }),
    browser.init({ validate: await WebAssembly.compile(validate), author: false }),
  ]);
  await browser.init({ validate, author: false });
  await browser.init({ validate: undefined, author: false });
  assert.equal(browser.validate("{}").count, 1);
});

test("the module `author` is loaded when it is given", async () => {
  await browser.init({ validate, author: false });
  assert.throws(() => browser.checkAutomation("{}"), {
    message: /^this needs the module `author`, .* `await init\(\)` first/,
  });
  await browser.init({ author });
  assert.equal(browser.checkAutomation("trigger: {}").count, 1);
});

test("the module `schemas` is loaded when it is given", async () => {
  const schemas = { "*": false };
  const event = { event: "acme.order.created" };
  await browser.init({ validate, author });
  assert.throws(() => browser.validate(event, { schemas }), {
    message: /^the option `schemas` needs a module .* `await init\({ schemas: true }\)` first/,
  });
  await browser.init({ validate, author, schemas: read("prefect_events_schemas") });
  const { diagnostics } = browser.validate(event, { schemas });
  assert.ok(diagnostics.some(({ code }) => code === "schema-violation"));
});
