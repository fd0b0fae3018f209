// Results whose JSON is longer than a string of JavaScript can be.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as api from "../../pkg/node.js";

test("a result that is too large is an error that says so, and the next call works", () => {
  const child = { posture: "Reactive", expect: ["a"], for_each: ["long"], threshold: 1 };
  const automation = (/** @type {number} */ children) =>
    JSON.stringify({
      trigger: {
        type: "compound",
        require: "any",
        within: 60,
        triggers: Array(children).fill(child),
      },
    });
  const event = JSON.stringify({
    id: "00000000-0000-4000-8000-000000000001",
    occurred: "2026-03-01T12:00:00Z",
    event: "a",
    resource: { "prefect.resource.id": "a", long: "x".repeat(1_000_000) },
  });
  assert.throws(() => api.replay(automation(300), event), {
    name: "PrefectEventsError",
    code: "out-of-memory",
    message: /^the result is too large: /,
  });
  assert.equal(api.replay(automation(3), event).firings.length, 3);
});
