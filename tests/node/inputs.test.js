// The inputs of events, and programs that send events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { buildEvent, describeEvent, eventTypes, toCurl, toPython, validate } from "prefect-events";

test("with the examples of its required values, each event is built and valid", () => {
  for (const type of eventTypes()) {
    /** @type {any} */
    const input = {};
    for (const { key, example } of type.inputs.filter(({ required }) => required)) {
      const path = key.split(".");
      const last = path.pop() ?? "";
      let object = input;
      for (const part of path) object = object[part] ??= {};
      object[last] = example;
    }
    const { event } = /** @type {{ event: string }} */ (type.example);
    const built = buildEvent(event, input, { seed: 7, now: "2026-03-31T18:30:00Z" });
    assert.deepEqual(validate(built).diagnostics, [], type.namePattern);
  }
});

test("the inputs of an event are known by each of its names", () => {
  const keys = describeEvent("prefect.flow-run.MyState")?.inputs.map(({ key }) => key);
  assert.ok(keys?.includes("state.type"));
  assert.deepEqual(
    keys,
    describeEvent("prefect.flow-run.Running")?.inputs.map(({ key }) => key),
  );
});

test("events are written as a shell command and as Python", () => {
  const event = buildEvent("acme.order.paid", { resource: { "prefect.resource.id": "it's" } });
  assert.ok(toCurl([event]).includes(`"prefect.resource.id":"it'\\''s"`));
  assert.match(toPython([event]), /^emit_event\(\n {4}event="acme.order.paid",$/m);
});
