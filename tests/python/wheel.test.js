// What the wheel contains.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { compiledCrates } from "../../tools/pack/notices.js";
import { folder } from "../node/helpers/run.js";
import { PYTHON, run, WHEEL } from "./helpers/python.js";

const MOST = 6_000_000;

const root = fileURLToPath(new URL("../..", import.meta.url));
const content = folder();
run(PYTHON, ["-m", "zipfile", "-e", WHEEL, content]);
const names = run(PYTHON, [
  "-c",
  "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')",
  WHEEL,
])
  .trim()
  .split("\n");
const info =
  names.find((name) => name.endsWith(".dist-info/METADATA"))?.replace("METADATA", "") ?? "";
const read = (/** @type {string} */ name) => readFileSync(join(content, name), "utf8");
const notices = read(`${info}licenses/licenses/THIRD_PARTY_NOTICES.txt`);

test("one wheel for CPython 3.10 and newer, of 6 MB at most", (t) => {
  assert.match(basename(WHEEL), /^prefect_events-[\d.]+-cp310-abi3-\w+\.whl$/);
  const { size } = statSync(WHEEL);
  t.diagnostic(`${(size / 1e6).toFixed(2)} MB`);
  assert.ok(size <= MOST, String(size));
});

test("it contains the package and nothing else", () => {
  const source = join(root, "python/prefect_events");
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(pyi?|json|typed)$/.test(entry.name))
    .map(({ parentPath, name }) => relative(source, join(parentPath, name)).replaceAll("\\", "/"));
  assert.ok(files.includes("py.typed") && files.includes("_types.py"));
  const native = names.find((name) => /^prefect_events\/_core\.(abi3\.so|pyd)$/.test(name));
  assert.deepEqual(
    names.filter((name) => !name.startsWith(info)).sort(),
    [...files.map((name) => `prefect_events/${name}`), native].sort(),
  );
});

test("it contains both licences, and those of what is linked", () => {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"])
    assert.equal(read(`${info}licenses/licenses/${name}`), readFileSync(join(root, name), "utf8"));
  const crates = compiledCrates("python");
  assert.ok(crates.length > 20 && crates.some((name) => name.startsWith("pyo3 ")));
  for (const crate of crates) assert.ok(notices.includes(`\n${crate} (`), crate);
});

test("the crates whose files the native module names are in the notices", () => {
  const native = names.find((name) => name.includes("/_core.") && !name.endsWith(".pyi")) ?? "";
  const bytes = readFileSync(join(content, native), "latin1");
  const found = new Set(
    Array.from(
      bytes.matchAll(
        /(?<!\/rust\/deps)[/\\]([a-z][\w-]*)-(\d+\.\d+\.\d+)(?:\+[\w.-]*)?[/\\]src[/\\]/g,
      ),
      ([, crate, version]) => `${crate} ${version}`,
    ),
  );
  assert.ok(found.size > 2, [...found].join());
  for (const crate of found) assert.ok(notices.includes(`\n${crate}`), crate);
});

test("its metadata are those of the repository, and valid", () => {
  const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
  const [, version = ""] = /^version = "(.*)"$/m.exec(cargo) ?? [];
  const [, repository = ""] = /^repository = "(.*)"$/m.exec(cargo) ?? [];
  const [head = "", readme = ""] = read(`${info}METADATA`).split(/\n\n(.*)/s);
  const lines = head.split("\n");
  for (const line of [
    `Version: ${version}`,
    "License-Expression: MIT OR Apache-2.0",
    "License-File: licenses/LICENSE-APACHE",
    "License-File: licenses/LICENSE-MIT",
    "License-File: licenses/THIRD_PARTY_NOTICES.txt",
    "Requires-Python: >=3.10",
    "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
  ])
    assert.ok(lines.includes(line), `${line}\n${head}`);
  assert.ok(
    lines.some((line) => line.startsWith("Project-URL:") && line.includes(repository)),
    head,
  );
  assert.equal(readme.trim(), readFileSync(join(root, "python/PYPI.md"), "utf8").trim());
  // What an index checks on upload.
  run(PYTHON, [
    "-c",
    `
import pathlib, sys
from packaging.metadata import Metadata
from trove_classifiers import classifiers
metadata = Metadata.from_email(pathlib.Path(sys.argv[1]).read_bytes(), validate=True)
unknown = set(metadata.classifiers) - classifiers
assert not unknown, unknown`,
    join(content, `${info}METADATA`),
  ]);
});
