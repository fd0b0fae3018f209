// Builds the Python wheel, and tests it in a virtual environment of its own: `node tools/python.js`. `PYTHON` names the Python.
// Without Python 3.10 or newer nothing happens, which is an error where `CI` is set.

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "python");
const windows = process.platform === "win32";
const { CI, PYTHON = windows ? "python" : "python3" } = process.env;

if (spawnSync(PYTHON, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).status === 0) {
  test(build(environment()));
} else {
  console.log("THE PYTHON PACKAGE WAS NOT BUILT: it needs Python 3.10 or newer");
  process.exitCode = CI ? 1 : 0;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} [cwd]
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(program, args, cwd = root, env = process.env) {
  const { status, error } = spawnSync(program, args, { cwd, env, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The Python of the environment, with what builds and tests the wheel. */
function environment() {
  const venv = join(target, "venv");
  const python = join(venv, windows ? "Scripts/python.exe" : "bin/python");
  const stamp = join(venv, "requirements.txt");
  const file = join(root, "python/requirements-dev.txt");
  const wanted = readFileSync(file, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  run(PYTHON, ["-m", "venv", "--clear", venv]);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps"];
  run(python, ["-m", "pip", "install", ...options, "--requirement", file]);
  writeFileSync(stamp, wanted);
  return python;
}

/**
 * Builds the wheel, and installs it.
 * @param {string} python
 */
function build(python) {
  const types = join(root, "python/prefect_events/_types.py");
  run(process.execPath, [join(root, "tools/pack/python.js"), join(root, "pkg/types.d.ts"), types]);
  // Both command lines have the same commands.
  const commands = join(root, "python/prefect_events/_cli/commands.json");
  copyFileSync(join(root, "pkg/cli/commands.json"), commands);
  const wheels = join(target, "wheels");
  rmSync(wheels, { recursive: true, force: true });
  mkdirSync(wheels, { recursive: true });
  run(python, ["-m", "maturin", "build", "--quiet", "--out", wheels], join(root, "python"));
  const [wheel = ""] = readdirSync(wheels);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"];
  run(python, ["-m", "pip", "install", ...options, join(wheels, wheel)]);
  return python;
}

/**
 * Tests the installed package: outside the source, which Python would import instead.
 * @param {string} python
 */
function test(python) {
  const tests = join(root, "python/tests");
  run(python, ["-m", "mypy", "--strict", "--cache-dir", join(target, "mypy"), tests], target);
  run(python, ["-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests], target);
  testCommandLine(join(dirname(python), windows ? "prefect-events.exe" : "prefect-events"));
}

/**
 * The tests of the command line in JavaScript, run on this one; and whether both print the same.
 * @param {string} program
 */
function testCommandLine(program) {
  const node = join(root, "tests/node");
  const files = [
    ...readdirSync(node)
      .filter((name) => /^cli-.*[.]test[.]js$/.test(name))
      .map((name) => join(node, name)),
    ...["arguments", "cases"].map((name) => join(root, `tests/command-line/${name}.test.js`)),
  ];
  run(process.execPath, ["--test", "--test-reporter=dot", ...files], root, {
    ...process.env,
    PREFECT_EVENTS_PROGRAM: program,
  });
}
