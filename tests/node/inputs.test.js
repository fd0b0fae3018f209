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
  const { follows, ...first } = event;
  assert.equal(follows, null);
  assert.equal(toPython([first]), toPython([event]));
  assert.match(
    toPython([{ ...first, occurred: 0 }]),
    /fromisoformat\("1970-01-01T00:00:00.000\+00/,
  );
});

test("Python for events that lack something is a TypeError with its place", () => {
  const event = buildEvent("acme.order.paid", { resource: { "prefect.resource.id": "a" } });
  for (const [wrong, name] of /** @type {[object, string][]} */ ([
    [{ event: undefined }, "event"],
    [{ id: undefined }, "id"],
    [{ follows: 1 }, "follows"],
    [{ resource: [] }, "resource"],
    [{ occurred: undefined }, "occurred"],
    [{ occurred: 1e300 }, "occurred"],
    [{ occurred: 253_402_300_800 }, "occurred"],
    [{ occurred: Number.NaN }, "occurred"],
  ]))
    assert.throws(() => toPython(/** @type {any} */ ([event, { ...event, ...wrong }])), {
      name: "TypeError",
      message: new RegExp(`^toPython needs an array of events: \`${name}\` of item 1 must be `),
    });
  assert.throws(() => toPython(/** @type {any} */ ([{}])), TypeError);
});

test("values at any depth are written as Python, or rejected with a sentence", () => {
  /** @param {number} depth */
  const nested = (depth) => {
    /** @type {unknown} */
    let value = "it's";
    for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
    const event = buildEvent("acme.order.paid", { resource: { "prefect.resource.id": "x" } });
    return [{ ...event, payload: { nested: value } }];
  };
  assert.doesNotMatch(toPython(nested(15)), /json/);
  const python = toPython(nested(890));
  assert.match(python, /^import json$/m);
  assert.ok(python.length < 20_000);
  const limit = /^toPython needs events that are nested at most 900 levels deep: item 0 is deeper$/;
  assert.throws(() => toPython(nested(4000)), { name: "TypeError", message: limit });
  for (const write of [toPython, toCurl, validate])
    assert.throws(() => write(nested(100_000)), {
      name: "TypeError",
      message: /^this (array of events|object) cannot be written as JSON: it is nested too deeply$/,
    });
});
