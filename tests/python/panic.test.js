// A panic of the core, which no input may cause, becomes an exception that asks for a report. The native module with a function
// that panics is a build of its own: no wheel has it.

import assert from "node:assert/strict";
import { copyFileSync, cpSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { folder } from "../node/helpers/run.js";
import { PYTHON, run } from "./helpers/python.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("a panic becomes an exception, on the caller's thread and on another", () => {
  // Without `--package`: what all crates of the workspace share was compiled for the other tests.
  const args = [
    "build",
    "--quiet",
    "--locked",
    "--lib",
    "--features",
    "prefect-events-python/defect",
  ];
  const lines = run("cargo", [...args, "--message-format=json"], { cwd: root }).split("\n");
  const files = lines
    .filter((line) => line.includes('"_core"'))
    .flatMap((line) => JSON.parse(line).filenames ?? []);
  const [file = ""] = files.filter((name) => /\.(so|dylib|dll)$/.test(name));
  const place = folder();
  const own = join(place, "prefect_events");
  cpSync(join(root, "python/prefect_events"), own, { recursive: true });
  copyFileSync(file, join(own, process.platform === "win32" ? "_core.pyd" : "_core.abi3.so"));
  const code = `
import prefect_events as pe
from prefect_events import _core
for size in [0, 1 << 30]:
    try:
        _core.defect_of(size)
    except RuntimeError as error:
        print(error)
    # The next call works.
    assert pe.validate("[").errors == 1
`;
  const said = run(PYTHON, ["-c", code], { env: { ...process.env, PYTHONPATH: place } });
  const [, repository] =
    /^repository = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8")) ?? [];
  const sentence = `internal error in prefect-events: please report it, with the input if you can, at ${repository}/issues`;
  assert.deepEqual(said.trim().split("\n"), [sentence, sentence]);
});

test("the wheel has no function that panics", () => {
  const code = "from prefect_events import _core; print(hasattr(_core, 'defect_of'))";
  assert.equal(run(PYTHON, ["-c", code]).trim(), "False");
});

test("the wheel has no folder of this machine", () => {
  const code = "from prefect_events import _core; print(_core.__file__)";
  const bytes = readFileSync(run(PYTHON, ["-c", code]).trim());
  const { CARGO_HOME = join(homedir(), ".cargo") } = process.env;
  for (const path of [root, CARGO_HOME]) assert.ok(!bytes.includes(path), path);
});
