// Every link in the pages for users and contributors has a target.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { suite, test } from "node:test";

import { anchors, links, PAGES, read, root } from "./helpers/documentation.js";

const OTHERS = ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

for (const path of [...PAGES, ...OTHERS]) {
  suite(path, () => {
    for (const target of links(read(path))) {
      if (/^https:/.test(target)) continue;
      test(target, () => {
        assert.doesNotMatch(target, /^(\w+:|\/)/, "links are relative, or https");
        const [file = "", anchor] = target.split("#");
        const found = file ? normalize(join(dirname(path), file)) : path;
        assert.ok(existsSync(join(root, found)), `${found} does not exist`);
        if (anchor)
          assert.ok(anchors(read(found)).has(anchor), `${found} has no heading #${anchor}`);
      });
    }
  });
}

test("every page is in the index", () => {
  const index = new Set(links(read("docs/README.md")).map((target) => normalize(`docs/${target}`)));
  assert.deepEqual(
    PAGES.filter((path) => !index.has(path) && path !== "docs/README.md"),
    [],
  );
});

test("CONTRIBUTING.md: the files it names exist", () => {
  const text = read("CONTRIBUTING.md");
  for (const [, path = ""] of text.matchAll(/`((?:src|pkg|www|tests|build|tools)\/[\w./-]*)`/g)) {
    assert.ok(existsSync(join(root, path)), path);
  }
});

test("CONTRIBUTING.md and the Makefile have the same targets", () => {
  const named = read("CONTRIBUTING.md").matchAll(/`make ([a-z-]+)`/g);
  const targets = read("Makefile").matchAll(/^([a-z-]+):.*## /gm);
  assert.deepEqual(
    [...new Set(Array.from(named, ([, target]) => target))].sort(),
    [...new Set(Array.from(targets, ([, target]) => target))].sort(),
  );
});
