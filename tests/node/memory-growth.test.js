// V8 collects garbage whenever the memory of a module grows, so it must not grow in many small steps.

import assert from "node:assert/strict";
import { constants, PerformanceObserver } from "node:perf_hooks";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { renderActions } from "../../pkg/entries/live.node.js";
import { liveModule } from "../../pkg/modules/live.js";

const ID = "019d4528-e040-7918-9812-5eae359a8bdf";

test("the memory of a module grows in steps that become larger", async (t) => {
  const automation = JSON.stringify({
    name: "lists",
    trigger: { type: "event", posture: "Reactive", expect: ["acme.lists"], within: 0 },
    actions: [
      {
        type: "run-deployment",
        source: "selected",
        deployment_id: ID,
        parameters: { lists: "{{ event.payload.lists }}" },
      },
    ],
  });
  const render = (/** @type {number} */ length) =>
    renderActions(automation, {
      events: JSON.stringify({
        id: ID,
        occurred: "2026-03-01T12:00:00Z",
        event: "acme.lists",
        resource: { "prefect.resource.id": "acme.lists" },
        payload: { lists: Array.from({ length }, (_, index) => [index]) },
      }),
    });
  render(1);
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of /** @type {any[]} */ (list.getEntries()))
      if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections += 1;
  });
  observer.observe({ entryTypes: ["gc"] });
  const before = liveModule.memory();
  render(100_000);
  // Node.js reports each collection later.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  observer.disconnect();
  const grown = liveModule.memory() / before;
  assert.ok(grown > 30, `it needs too little memory for this test: ${grown}`);
  // With talc's own growth: 177.
  t.diagnostic(`${collections} collections`);
  assert.ok(collections < 60, `${collections} collections`);
});
