import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { EVENT, wrongCase } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
const path = (/** @type {string} */ name) => join(cwd, name);
const read = (/** @type {string} */ name) => readFileSync(path(name), "utf8");

const WRONG = `\ufeff${wrongCase()}\r\n\r\n${JSON.stringify(EVENT)}`;
const RIGHT = WRONG.replace('"running"', '"RUNNING"');

test("applies certain fixes, changes nothing else, and reports what remains", async () => {
  writeFileSync(path("a.ndjson"), `${WRONG}\r\n{"event":1}`);
  chmodSync(path("a.ndjson"), 0o640);
  const { status, stdout, stderr } = await run(["validate", "--fix", "a.ndjson"], { cwd });
  assert.equal(read("a.ndjson"), `${RIGHT}\r\n{"event":1}`);
  assert.equal(statSync(path("a.ndjson")).mode & 0o777, 0o640);
  assert.deepEqual([status, stderr], [1, ""]);
  assert.doesNotMatch(stdout, /wrong-label-value/);
  assert.match(stdout, /^error\[[\s\S]*3 events in 1 file: .*; 1 fixed\n$/);
});

test("if everything is fixed, the exit status is 0", async () => {
  writeFileSync(path("b.ndjson"), WRONG);
  const { status, stdout } = await run(["validate", "--fix", "b.ndjson"], { cwd });
  assert.deepEqual([status, stdout], [0, "2 events in 1 file: no problems found; 1 fixed\n"]);
  assert.equal(read("b.ndjson"), RIGHT);
});

test("without --fix, no file is changed", async () => {
  writeFileSync(path("c.ndjson"), WRONG);
  await run(["validate", "c.ndjson"], { cwd });
  assert.equal(read("c.ndjson"), WRONG);
});

test("a file without anything to fix is not written", async () => {
  writeFileSync(path("d.ndjson"), RIGHT);
  const then = new Date(1_000_000_000_000);
  utimesSync(path("d.ndjson"), then, then);
  const { stdout } = await run(["validate", "--fix", "d.ndjson"], { cwd });
  assert.equal(stdout, "2 events in 1 file: no problems found\n");
  assert.deepEqual(statSync(path("d.ndjson")).mtime, then);
});

test("a fix that another fix reveals is applied too", async () => {
  const text = wrongCase().replace('"prefect.state-type"', '"prefect.state-typ"');
  writeFileSync(path("e.json"), text);
  const { status, stdout } = await run(["validate", "--fix", "e.json"], { cwd });
  assert.deepEqual([status, stdout], [0, "1 event in 1 file: no problems found; 2 fixed\n"]);
  assert.equal(read("e.json"), wrongCase().replace('"running"', '"RUNNING"'));
});

test("a symbolic link stays a link", async () => {
  writeFileSync(path("f.ndjson"), WRONG);
  symlinkSync("f.ndjson", path("link"));
  await run(["validate", "--fix", "link"], { cwd });
  assert.ok(lstatSync(path("link")).isSymbolicLink());
  assert.equal(read("f.ndjson"), RIGHT);
});

test("with -, the text goes to standard output and the report to standard error", async () => {
  for (const input of [WRONG, RIGHT]) {
    const { status, stdout, stderr } = await run(["validate", "--fix", "-"], { input });
    assert.equal(status, 0);
    assert.equal(stdout, RIGHT);
    assert.match(stderr, /^2 events in 1 file: no problems found/);
  }
});

test("a file that is not UTF-8 is not written", async () => {
  const bytes = Buffer.from(WRONG.replace("acme", "?cme"));
  bytes[bytes.indexOf("?cme")] = 0xff;
  writeFileSync(path("g.ndjson"), bytes);
  const { status } = await run(["validate", "--fix", "g.ndjson"], { cwd });
  assert.equal(status, 1);
  assert.deepEqual(readFileSync(path("g.ndjson")), bytes);
});

test("--format json reports how many were fixed", async () => {
  writeFileSync(path("h.ndjson"), WRONG);
  const { stdout } = await run(["validate", "--fix", "--format", "json", "h.ndjson"], { cwd });
  assert.equal(JSON.parse(stdout).files[0].fixed, 1);
});

test("an unreadable file cannot be fixed", async () => {
  const { status, stderr } = await run(["validate", "--fix", "missing.json"], { cwd });
  assert.deepEqual([status, stderr], [2, "prefect-events: missing.json does not exist\n"]);
});

test("no temporary file is left behind", () => {
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name.startsWith(".")),
    [],
  );
});
