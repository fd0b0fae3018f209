// The command `archive` is in the Python package: this command line says so.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { MAIN } from "./helpers/run.js";

test("archive is in the Python package", () => {
  const args = [MAIN, "archive", "validate", "events"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: the command `archive` is in the Python package: pip install 'prefect-events\[archive\]'$/m,
  );
});
