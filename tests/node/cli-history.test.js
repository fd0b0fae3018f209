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
const ndjson = (/** @type {string} */ name, /** @type {string[]} */ lines) =>
  write(name, `${lines.join("\n")}\n`);
const page = (/** @type {string[]} */ lines) =>
  `{"events": [${lines.join(",\n")}], "total": ${LINES.length}}`;

const middle = Math.floor(LINES.length / 2);
const whole = ndjson("whole.ndjson", LINES);
const first = ndjson("first.ndjson", LINES.slice(0, middle));
const second = ndjson("second.ndjson", LINES.slice(middle));

/** @param {string[]} files */
async function validated(...files) {
  const { stdout, status } = await run(["validate", "--format", "json", ...files], { cwd });
  /** @type {{ file: string, count: number, diagnostics?: { code: string, index?: number }[] }[]} */
  const reports = JSON.parse(stdout).files;
  /** @type {Record<string, number>} */
  const codes = {};
  for (const { code } of reports.flatMap(({ diagnostics = [] }) => diagnostics))
    codes[code] = (codes[code] ?? 0) + 1;
  return { reports, codes, status };
}

test("a history that is cut in two is the history, in either order", async () => {
  const { codes } = await validated(whole);
  const alone = [await validated(first), await validated(second)];
  const missing = alone.map(({ codes }) => codes["follows-not-found"] ?? 0);
  assert.equal(
    missing.reduce((sum, number) => sum + number) >= (codes["follows-not-found"] ?? 0) + 15,
    true,
  );
  for (const files of [
    [first, second],
    [second, first],
  ]) {
    const both = await validated(...files);
    assert.deepEqual(both.codes, codes);
    assert.equal(both.status, 0);
    assert.equal(
      both.reports.reduce((sum, { count }) => sum + count, 0),
      LINES.length,
    );
  }
});

test("pages that overlap: one info for the page, not one per event", async () => {
  const pages = [
    write("1.json", page(LINES.slice(0, 410))),
    write("2.json", page(LINES.slice(395))),
  ];
  const { stdout, status } = await run(["validate", ...pages], { cwd });
  assert.equal(status, 0);
  assert.match(stdout, /info\[repeated-event-id\]: event 395 of `1\.json` has the same id/);
  assert.match(stdout, /and 14 others here are in an earlier input too/);
  assert.equal((await validated(...pages)).codes["repeated-event-id"], 1);
});

test("a late finding is in the report of its own file, with its text", async () => {
  const part = ndjson("part.ndjson", LINES.slice(middle, -1));
  const last = ndjson("last.ndjson", LINES.slice(-1));
  const [alone] = (await validated(part)).reports;
  const { reports } = await validated(part, last);
  assert.deepEqual(
    reports.map(({ file }) => file),
    [part, last],
  );
  // The last event changes nothing for those before it.
  assert.deepEqual(reports[0]?.diagnostics, alone?.diagnostics);
  const { stdout } = await run(["validate", part, last], { cwd });
  const late = stdout.split("\n\n").find((one) => one.includes("follows-not-found")) ?? "";
  assert.match(late, /part\.ndjson:\d+:\d+\n[\s\S]*"follows"[\s\S]*\^\^\^/);
});

test("`--fix` fixes file by file, and reports on all together", async () => {
  const broken = LINES.slice(middle);
  const fixable = String(broken[0]).replace(/"occurred": ?"/, (key) =>
    key.replace("occurred", "ocurred"),
  );
  assert.notEqual(fixable, broken[0]);
  const name = ndjson("fixable.ndjson", [fixable, ...broken.slice(1)]);
  const { codes } = await validated(whole);
  await run(["validate", "--fix", first, name], { cwd });
  assert.equal(readFileSync(join(cwd, name), "utf8"), readFileSync(join(cwd, second), "utf8"));
  assert.deepEqual((await validated(first, name)).codes, codes);
});

test("a file that cannot be read does not end the history of the others", async () => {
  const { codes } = await validated(whole);
  const { stderr, status } = await run(["validate", first, "absent.json", second], { cwd });
  assert.match(stderr, /absent\.json does not exist/);
  assert.equal(status, 2);
  assert.deepEqual((await validated(first, "absent.json", second)).codes, codes);
});
