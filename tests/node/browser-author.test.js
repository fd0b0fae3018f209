// The browser's entry without its main module; this file must not import node.js.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { buildEvent, init, replay, validate } from "../../pkg/browser.js";

test("building and simulating do not load the module that validates", async () => {
  const wasm = new URL("../../pkg/wasm/prefect_events_author.wasm", import.meta.url);
  await init({ validate: false, author: readFileSync(wasm) });
  const resource = { "prefect.resource.id": "acme.order.42" };
  const event = buildEvent("acme.order.paid", { resource });
  const automation = {
    name: "Paid",
    trigger: { type: "event", posture: "Reactive", expect: ["acme.order.paid"], threshold: 1 },
    actions: [{ type: "do-nothing" }],
  };
  assert.equal(replay(JSON.stringify(automation), JSON.stringify(event)).firings.length, 1);
  assert.throws(() => validate(event), /is not initialized/);
});
