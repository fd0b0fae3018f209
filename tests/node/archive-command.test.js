// The commands `archive` and `watch` are in the Python package: this command line says so.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { MAIN } from "./helpers/run.js";

for (const [args, extra] of [
  [["archive", "validate", "events"], "archive"],
  [["watch", "--automation", "zombies.yaml"], "stream"],
])
  test(`${args[0]} is in the Python package`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      encoding: "utf8",
    });
    assert.equal(status, 2);
    assert.equal(stdout, "");
    const install = `pip install 'prefect-events[${extra}]'`;
    const expected = `error: the command \`${args[0]}\` is in the Python package: ${install}\n`;
    assert.ok(stderr.startsWith(expected), stderr);
  });
