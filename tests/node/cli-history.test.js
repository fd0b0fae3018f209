// Several files of events are one history.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { REAL } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
const LINES = REAL.toString().trimEnd().split("\n");
const write = (/** @type {string} */ name, /** @type {string} */ content) => {
  writeFileSync(join(cwd, name), content);
  return name;
};
const page = (/** @type {string[]} */ lines) =>
  `{"events": [${lines.join(",\n")}], "total": ${LINES.length}}`;

const middle = LINES.length / 2;
const first = write("first.ndjson", `${LINES.slice(0, middle).join("\n")}\n`);
const second = write("second.ndjson", `${LINES.slice(middle).join("\n")}\n`);

test("a history in two files gives the same report as in one, in either order", async () => {
  const alone = await run(["validate", second], { cwd });
  assert.match(alone.stdout, /\n400 events in 1 file: 15 infos\n$/);
  for (const files of [
    [first, second],
    [second, first],
  ]) {
    const both = await run(["validate", ...files], { cwd });
    assert.equal(both.stdout, "800 events in 2 files: nothing wrong\n");
    assert.equal(both.status, 0);
  }
});

test("overlapping pages cause one info per page, not one per event", async () => {
  const pages = [
    write("1.json", page(LINES.slice(0, 410))),
    write("2.json", page(LINES.slice(395))),
  ];
  const { stdout, status } = await run(["validate", ...pages], { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /^info\[repeated-event-id\]: event 395 of `1\.json` has the same id/);
  assert.match(stdout, /and 14 others here are in an earlier input too/);
  assert.match(stdout, /2\.json:1:\d+/);
  assert.match(stdout, /\n815 events in 2 files: 1 info\n$/);
});

test("late findings are in the report of their own file, with an excerpt", async () => {
  const part = write("part.ndjson", `${LINES.slice(middle, -1).join("\n")}\n`);
  const last = write("last.ndjson", `${LINES.at(-1)}\n`);
  const { stdout } = await run(["validate", part, last], { cwd });
  const alone = await run(["validate", part], { cwd });
  // The last event does not affect the events before it.
  assert.equal(stdout.replace(/\n[^\n]*\n$/, ""), alone.stdout.replace(/\n[^\n]*\n$/, ""));
  const json = await run(["validate", "--format", "json", part, last], { cwd });
  assert.deepEqual(
    JSON.parse(json.stdout).files.map((/** @type {any} */ { file, events, infos }) => [
      file,
      events,
      infos,
    ]),
    [
      [part, 399, 15],
      [last, 1, 0],
    ],
  );
});

test("`--fix` fixes each file, and reports on all files as one history", async () => {
  const broken = LINES.slice(middle);
  const fixable = String(broken[0]).replace(/"occurred": ?"/, (key) =>
    key.replace("occurred", "ocurred"),
  );
  assert.notEqual(fixable, broken[0]);
  const name = write("fixable.ndjson", `${[fixable, ...broken.slice(1)].join("\n")}\n`);
  const { stdout } = await run(["validate", "--fix", first, name], { cwd });
  assert.match(stdout, /nothing wrong/);
  assert.doesNotMatch(stdout, /follows-not-found/);
  assert.equal(readFileSync(join(cwd, name), "utf8"), readFileSync(join(cwd, second), "utf8"));
});

test("an unreadable file does not end the history of the others", async () => {
  const { stdout, stderr, status } = await run(["validate", first, "absent.json", second], { cwd });
  assert.match(stderr, /absent\.json does not exist/);
  assert.equal(status, 2);
  assert.doesNotMatch(stdout, /follows-not-found/);
});
