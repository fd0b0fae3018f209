// Builds the Python wheel, and tests it in a virtual environment of its own: `node tools/python.js [build]`. `PYTHON` names the
// Python. With `build` it is only built and installed. Without Python 3.10 or newer nothing happens, which is an error where `CI` is set.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "python");
const windows = process.platform === "win32";
const { CI, PYTHON = windows ? "python" : "python3" } = process.env;
const PIP = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps"];

if (spawnSync(PYTHON, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"]).status === 0) {
  const python = environment();
  generate();
  const built = build(python);
  run(python, [...PIP, "--force-reinstall", built.wheel]);
  if (process.argv[2] !== "build") test(python, built);
} else {
  console.log("THE PYTHON PACKAGE WAS NEITHER BUILT NOR TESTED: it needs Python 3.10 or newer");
  process.exitCode = CI ? 1 : 0;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
function run(program, args, options) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
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
  run(python, [...PIP, "--requirement", file]);
  writeFileSync(stamp, wanted);
  return python;
}

/** Writes what the package has from elsewhere: the types of results, and the licences. */
function generate() {
  const types = join(root, "python/prefect_events/_types.py");
  run(process.execPath, [join(root, "tools/pack/python.js"), join(root, "pkg/types.d.ts"), types]);
  run(process.execPath, [join(root, "tools/pack/notices.js"), "python"]);
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"])
    copyFileSync(join(root, name), join(root, "python", name));
}

/**
 * The wheel and the sdist.
 * @param {string} python
 */
function build(python) {
  const folder = join(target, "dist");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { cwd: join(root, "python") };
  run(python, ["-m", "maturin", "build", "--quiet", "--locked", "--out", folder], options);
  run(python, ["-m", "maturin", "sdist", "--quiet", "--out", folder], options);
  const file = (/** @type {string} */ ending) => {
    const [name, ...others] = readdirSync(folder).filter((name) => name.endsWith(ending));
    if (name === undefined || others.length > 0) throw new Error(`not one ${ending} in ${folder}`);
    return join(folder, name);
  };
  return { wheel: file(".whl"), sdist: file(".tar.gz") };
}

/**
 * Tests the installed package: outside the source, which Python would import instead.
 * @param {string} python
 * @param {{ wheel: string, sdist: string }} built
 */
function test(python, { wheel, sdist }) {
  const tests = join(root, "python/tests");
  const options = {
    cwd: target,
    env: {
      ...process.env,
      PREFECT_EVENTS_PYTHON: python,
      PREFECT_EVENTS_WHEEL: wheel,
      PREFECT_EVENTS_SDIST: sdist,
    },
  };
  run(python, ["-m", "mypy", "--strict", "--cache-dir", join(target, "mypy"), tests], options);
  run(python, ["-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests], options);
  const proofs = join(root, "tests/python");
  const files = readdirSync(proofs).filter((name) => name.endsWith(".test.js"));
  const paths = files.map((name) => join(proofs, name));
  // One after the other: one of them uses both processors.
  const how = ["--test", "--test-reporter=spec", "--test-concurrency=1"];
  run(process.execPath, [...how, ...paths], options);
}
