// The commands `archive` and `watch` are in the Python package: this command line says so.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { MAIN } from "./helpers/run.js";

/** @type {[args: string[], extra: string][]} */
const ELSEWHERE = [
  [["archive", "validate", "events"], "archive"],
  [["watch", "--automation", "zombies.yaml"], "stream"],
];

for (const [args, extra] of ELSEWHERE) {
  const [name] = args;
  test(`${name} is in the Python package`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.equal(stdout, "");
    const install = `pip install 'prefect-events[${extra}]'`;
    const expected = `error: the command \`${name}\` is in the Python package: ${install}\n`;
    assert.ok(stderr.startsWith(expected), stderr);
  });
}
