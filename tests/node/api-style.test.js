// The style of the public types: keys are camelCase, and no name hides one that every program has.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (/** @type {string} */ name) => readFileSync(join(ROOT, "pkg", name), "utf8");

/** Types with the keys of Prefect or of scenarios, as written in documents. */
const AS_IN_SCENARIOS = [
  "InfrastructureSpec", // part of RunSpec
  "RunBreak", // part of RunSpec
  "RunSpec", // `runs` of a scenario has the same keys
  "SubflowSpec", // part of RunSpec
  "TaskSpec", // part of RunSpec
];

/**
 * The interfaces of a file with their texts.
 * @param {string} text
 */
function interfaces(text) {
  return Array.from(
    text.matchAll(/^export interface (\w+)[^\n]*\{\n(.*?)^\}/gms),
    ([, name = "", body = ""]) => ({ name, keys: keys(body) }),
  );
}

/** @param {string} body */
function keys(body) {
  const text = body.replaceAll(/\/\*.*?\*\//gs, "");
  return Array.from(
    text.matchAll(/(?:^|[;{,])\s*(?:readonly )?(?:"([^"]+)"|([\w$]+))\??:/gm),
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );
}

test("the keys of options and results are camelCase", () => {
  const all = [...interfaces(read("types.d.ts")), ...interfaces(read("index.d.ts"))];
  assert.ok(all.length > 60, String(all.length));
  for (const name of AS_IN_SCENARIOS)
    assert.ok(
      all.some((one) => one.name === name),
      `${name} is gone`,
    );
  // The versions of the server that are compared.
  const wrong = (/** @type {string} */ key) => !/^([a-z][a-zA-Z0-9]*|3\.[89])$/.test(key);
  const found = all
    .filter(({ name }) => !AS_IN_SCENARIOS.includes(name))
    .flatMap((one) => one.keys.filter(wrong).map((key) => `${one.name}.${key}`));
  assert.deepEqual(found, []);
});

test("no exported type has the name of a global type", () => {
  const names = globals();
  for (const name of ["Event", "Range", "Report", "Promise"]) assert.ok(names.has(name), name);
  const files = readdirSync(join(ROOT, "pkg")).filter((name) => name.endsWith(".d.ts"));
  const exported = files.flatMap((file) =>
    Array.from(
      read(file).matchAll(/^export (?:declare )?(?:interface|type|class|enum) (\w+)/gm),
      ([, name = ""]) => ({ file, name }),
    ),
  );
  assert.ok(exported.length > 150, String(exported.length));
  assert.deepEqual(
    exported.filter(({ name }) => names.has(name)),
    [],
  );
});

/** Names declared by TypeScript's libraries for browsers and the language. */
function globals() {
  const compilers = join(ROOT, "node_modules/@typescript");
  const folder = readdirSync(compilers)
    .map((name) => join(compilers, name, "lib"))
    .find((path) => existsSync(join(path, "lib.dom.d.ts")));
  assert.ok(folder, "TypeScript's libraries are not where they were");
  const names = new Set();
  for (const file of readdirSync(folder).filter((name) => /^lib\.(dom|es).*\.d\.ts$/.test(name)))
    for (const [, name] of readFileSync(join(folder, file), "utf8").matchAll(
      /^(?:declare )?(?:interface|type|var|const|class|namespace|function) (\w+)/gm,
    ))
      names.add(name);
  return names;
}
