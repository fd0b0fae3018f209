import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { folder, run } from "./helpers/run.js";

const cwd = folder();
const GOOD =
  '{"occurred":"2026-03-01T12:00:00Z","event":"shop.order.placed","resource":{"prefect.resource.id":"shop.order.1"},"id":"3f0c1f8e-2f0a-4d6b-9d0e-0a4d4be2b9a1"}';
writeFileSync(join(cwd, "good.json"), GOOD);

/**
 * Writes a file and checks it together with a good one.
 * @param {string} name
 * @param {string | Uint8Array} [content]
 */
async function check(name, content) {
  if (content !== undefined) writeFileSync(join(cwd, name), content);
  const { status, stdout, stderr } = await run(["validate", name, "good.json"], { cwd });
  assert.equal(status, 2);
  assert.match(stdout, /^1 event in 1 file: .*1 file could not be read\n$/);
  return stderr;
}

/** @type {[string, string | Uint8Array | undefined, string][]} */
const CASES = [
  ["missing.json", undefined, "does not exist"],
  ["good.json/inside", undefined, "does not exist: part of its path is a file"],
  ["empty.json", "", "is empty"],
  ["events.json.gz", gzipSync(GOOD), "is compressed with gzip: decompress it first (gunzip)"],
  ["archive.zip", Buffer.from("PK\u0003\u0004..."), "is a zip archive: extract it first (unzip)"],
  ["utf-16-le.json", Buffer.from(`\ufeff${GOOD}`, "utf16le"), "is UTF-16 text: save it as UTF-8"],
  [
    "utf-16-be.json",
    Buffer.from(`\ufeff${GOOD}`, "utf16le").swap16(),
    "is UTF-16 text: save it as UTF-8",
  ],
  ["utf-16-no-mark.json", Buffer.from(GOOD, "utf16le"), "is UTF-16 text: save it as UTF-8"],
  [
    "utf-16-be-no-mark.json",
    Buffer.from(GOOD, "utf16le").swap16(),
    "is UTF-16 text: save it as UTF-8",
  ],
  ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]), "is a binary file, not text"],
];

for (const [name, content, reason] of CASES) {
  test(`${name}: ${reason}; the others are checked`, async () => {
    assert.equal(await check(name, content), `prefect-events: ${name} ${reason}\n`);
  });
}

test("a directory", async () => {
  mkdirSync(join(cwd, "directory"));
  assert.equal(
    await check("directory"),
    "prefect-events: directory is a directory: name its files\n",
  );
});

test("a circle of symbolic links", async () => {
  symlinkSync("circle", join(cwd, "circle"));
  assert.match(
    await check("circle"),
    /^prefect-events: circle cannot be read: its symbolic links form a loop\n$/,
  );
});

test("no permission", async (context) => {
  const name = "secret.json";
  writeFileSync(join(cwd, name), GOOD);
  chmodSync(join(cwd, name), 0);
  chmodSync(cwd, 0o755);
  // Root can read everything, so as root this runs as the user nobody.
  const root = process.getuid?.() === 0;
  const { status, stderr, stdout } = await run(["validate", name, "good.json"], {
    cwd,
    ...(root && { uid: 65534 }),
  }).catch(() => ({ status: null, stderr: "", stdout: "" }));
  if (root && status !== 2) return context.skip("this machine does not let nobody run Node.js");
  assert.equal(status, 2);
  assert.equal(stderr, `prefect-events: ${name} cannot be read: permission denied\n`);
  assert.match(stdout, /^1 event in 1 file/);
});

test("control characters in a file name are escaped", async () => {
  const { stderr } = await run(["validate", "\u001b[31mred"], { cwd });
  assert.equal(stderr, "prefect-events: \u241b[31mred does not exist\n");
});

test("every machine-readable format reports it too", async () => {
  for (const format of ["json", "github", "sarif", "junit"]) {
    const { status, stdout } = await run(["validate", "--format", format, "empty.json"], { cwd });
    assert.equal(status, 2, format);
    assert.match(stdout, /is empty/, format);
  }
});

test("empty standard input", async () => {
  const { status, stderr } = await run(["validate", "-"]);
  assert.equal(status, 2);
  assert.equal(stderr, "prefect-events: <stdin> is empty\n");
});
