// `build --set`: names that objects of JavaScript inherit are keys like any other.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, run } from "./helpers/run.js";

const cwd = folder();
const FIXED = ["--now", "2026-01-01T00:00:00Z", "--seed", "1"];
const ID = ["--set", "resource.prefect.resource.id=a"];

const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length"];

test("in an event and in a run they are rejected as unknown", async () => {
  for (const name of INHERITED) {
    for (const key of [name, `${name}.x`, `${name}.prototype.x`]) {
      for (const [args, subject] of /** @type {[string[], string][]} */ ([
        [["acme.x", ...ID], "`acme.x`"],
        [["--run"], "`a run`"],
      ])) {
        const { status, stdout, stderr } = await run(["build", ...args, "--set", `${key}=1`]);
        assert.deepEqual([status, stdout], [2, ""], key);
        assert.ok(stderr.startsWith(`prefect-events: ${subject} has no \`${name}\``), stderr);
      }
    }
  }
  const inner = await run(["build", "--run", "--set", "flow_run.__proto__.b=1"]);
  assert.equal(inner.status, 2);
  assert.match(inner.stderr, /has no `__proto__` in `flow_run`/);
});

test("in a payload, and among labels, they are accepted", async () => {
  for (const name of INHERITED) {
    const set = [`payload.${name}.x=1`, `payload.a.${name}=2`, `resource.${name}=3`];
    const args = ["build", "acme.x", ...ID, ...FIXED, ...set.flatMap((one) => ["--set", one])];
    const { status, stdout, stderr } = await run(args);
    assert.deepEqual([status, stderr], [0, ""], name);
    const { payload, resource } = JSON.parse(stdout);
    // As text, because an object literal with this name has another meaning.
    assert.equal(JSON.stringify(payload), `{"${name}":{"x":1},"a":{"${name}":2}}`);
    assert.equal(JSON.stringify(resource), `{"prefect.resource.id":"a","${name}":"3"}`);
    for (const as of ["curl", "python"])
      assert.match((await run([...args, "--as", as])).stdout, new RegExp(`"${name}": ?"3"`));
  }
});

test("in a file, and with --set on top of a file", async () => {
  writeFileSync(
    join(cwd, "event.json"),
    '{"resource":{"prefect.resource.id":"a","__proto__":"of the file"},"payload":{"__proto__":{"y":1}}}',
  );
  const args = ["build", "acme.x", ...FIXED, "--from", "event.json"];
  const { stdout } = await run([...args, "--set", "payload.__proto__.x=2"], { cwd });
  const { payload, resource } = JSON.parse(stdout);
  assert.equal(JSON.stringify(payload), '{"__proto__":{"y":1,"x":2}}');
  assert.equal(JSON.stringify(resource), '{"prefect.resource.id":"a","__proto__":"of the file"}');
  writeFileSync(join(cwd, "wrong.json"), '{"__proto__":{"x":1}}');
  const wrong = await run(["build", "acme.x", "--from", "wrong.json"], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^prefect-events: `acme\.x` has no `__proto__`/);
});

test("a list index must be a number", async () => {
  const list = ["--set", "payload.list=[1,{}]"];
  const build = (/** @type {string} */ set) =>
    run(["build", "acme.x", ...ID, ...FIXED, ...list, "--set", set]);
  for (const [set, expected] of /** @type {[string, unknown][]} */ ([
    ["payload.list.0=2", [2, {}]],
    ["payload.list.1.a=2", [1, { a: 2 }]],
    ["payload.list.2=3", [1, {}, 3]],
  ]))
    assert.deepEqual(JSON.parse((await build(set)).stdout).payload.list, expected);
  for (const name of ["3", "-1", "length", "x", "__proto__", "1e0"]) {
    const { status, stdout, stderr } = await build(`payload.list.${name}=4294967295`);
    assert.deepEqual([status, stdout], [2, ""], name);
    assert.equal(
      stderr,
      `prefect-events: --set: a list of 2 has no index \`${name}\`: indexes start at 0; 2 appends\n`,
    );
  }
});

test("one key does not change another", async () => {
  const set = ["payload.a.__proto__.x=1", "payload.b.__proto__.y=2"];
  const args = ["build", "acme.x", ...ID, ...FIXED, ...set.flatMap((one) => ["--set", one])];
  const { payload } = JSON.parse((await run(args)).stdout);
  assert.equal(JSON.stringify(payload), '{"a":{"__proto__":{"x":1}},"b":{"__proto__":{"y":2}}}');
});
