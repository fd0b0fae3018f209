// The notices list everything that is compiled in, with its licence.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { allowedLicences, compiledCrates, isAllowed, npmNotice } from "../../tools/pack/notices.js";

const pkg = new URL("../../pkg/", import.meta.url);
const notices = readFileSync(new URL("THIRD_PARTY_NOTICES.txt", pkg), "utf8");

for (const name of ["validate", "author", "schemas"]) {
  test(`the crates whose files the module ${name} names are in the notices`, () => {
    // Panic messages name the files of crates, which is evidence independent of cargo. Crates in `/rust/deps` belong to
    // Rust's standard library.
    const wasm = readFileSync(new URL(`wasm/prefect_events_${name}.wasm`, pkg), "latin1");
    const found = new Set(
      Array.from(
        wasm.matchAll(/(?<!\/rust\/deps)\/([a-z][\w-]*)-(\d+\.\d+\.\d+)\/src\//g),
        ([, crate, version]) => `${crate} ${version}`,
      ),
    );
    assert.ok(found.size > 2, [...found].join());
    for (const crate of found) assert.ok(notices.includes(`\n${crate} (`), crate);
  });
}

test("every crate that cargo compiles into a module is in the notices", () => {
  const crates = compiledCrates();
  assert.ok(crates.length > 20);
  for (const crate of crates) assert.ok(notices.includes(`\n${crate} (`), crate);
});

test("only permissive licences are allowed", () => {
  assert.ok(allowedLicences().length > 5);
  for (const licence of allowedLicences())
    assert.doesNotMatch(licence, /GPL|MPL|EPL|CDDL|SSPL|BUSL/);
  assert.ok(isAllowed("MIT/Apache-2.0"));
  assert.ok(isAllowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
  assert.ok(!isAllowed("GPL-3.0-only"));
  assert.ok(!isAllowed("MIT AND GPL-3.0-only"));
});

test("npm's packages that users install have permissive licences", () => {
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", pkg), "utf8"));
  const waiting = Object.keys(packages.pkg.dependencies);
  for (const name of waiting) {
    assert.ok(npmNotice(name).texts.length > 0, name);
    for (const more of Object.keys(packages[`node_modules/${name}`].dependencies ?? {}))
      if (!waiting.includes(more)) waiting.push(more);
  }
  assert.ok(waiting.length > 5);
});
