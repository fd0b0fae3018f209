// Builds the Python wheel, and tests it in a virtual environment of its own: `node tools/python.js [build]`. `PYTHON` names the
// Python. With `build` it is only built and installed. Without Python 3.10 or newer nothing happens, which is an error where `CI` is set.

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
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { CARGO_TARGET_DIR = join(root, "target") } = process.env;
const target = join(CARGO_TARGET_DIR, "python");
/** All builds share what they compile. */
const CARGO = { ...process.env, CARGO_TARGET_DIR };
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

/** Writes what the package has from elsewhere: the types of results, the commands, and the licences. */
function generate() {
  const types = join(root, "python/prefect_events/_types.py");
  run(process.execPath, [join(root, "tools/pack/python.js"), join(root, "pkg/types.d.ts"), types]);
  // Both command lines have the same commands.
  const commands = join(root, "python/prefect_events/_cli/commands.json");
  copyFileSync(join(root, "pkg/cli/commands.json"), commands);
  const licences = join(root, "python/licenses");
  mkdirSync(licences, { recursive: true });
  run(process.execPath, [join(root, "tools/pack/notices.js"), "python"]);
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"])
    copyFileSync(join(root, name), join(licences, name));
}

/**
 * The sdist, and the wheel that is built from it: what it lacks, the wheel cannot have.
 * @param {string} python
 */
function build(python) {
  const folder = join(target, "dist");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = (/** @type {string} */ ending) => {
    const [name, ...others] = readdirSync(folder).filter((name) => name.endsWith(ending));
    if (name === undefined || others.length > 0) throw new Error(`not one ${ending} in ${folder}`);
    return join(folder, name);
  };
  const maturin = ["-m", "maturin"];
  run(python, [...maturin, "sdist", "--out", folder], { cwd: join(root, "python") });
  const sdist = file(".tar.gz");
  const source = unpack(python, sdist);
  leaveOutPaths(source);
  run(python, [...maturin, "build", "--quiet", "--out", folder], { cwd: source, env: CARGO });
  return { wheel: file(".whl"), sdist, source };
}

/**
 * Tells cargo to leave the folders of the sources out of the wheel, which is 3 KB smaller then.
 * @param {string} source
 */
function leaveOutPaths(source) {
  const { CARGO_HOME = join(homedir(), ".cargo") } = process.env;
  const registry = join(CARGO_HOME, "registry", "src");
  const kept = existsSync(registry) ? readdirSync(registry) : [];
  const folders = [source, ...kept.map((name) => join(registry, name))];
  const flags = folders.map((folder) => `--remap-path-prefix=${folder}=/`);
  mkdirSync(join(source, ".cargo"), { recursive: true });
  writeFileSync(
    join(source, ".cargo", "config.toml"),
    `[build]\nrustflags = ${JSON.stringify(flags)}\n`,
  );
}

/**
 * Unpacks the sdist where it was before, and touches only files that have changed: all files in it are from 2006, and cargo
 * compiles what is newer than its output.
 * @param {string} python
 * @param {string} sdist
 */
function unpack(python, sdist) {
  const [fresh, source] = [join(target, "unpacked"), join(target, "source")];
  rmSync(fresh, { recursive: true, force: true });
  run(python, ["-m", "tarfile", "-e", sdist, fresh]);
  const [name = ""] = readdirSync(fresh);
  replace(join(fresh, name), source);
  rmSync(fresh, { recursive: true, force: true });
  return source;
}

/**
 * Makes a folder equal to another.
 * @param {string} from
 * @param {string} to
 */
function replace(from, to) {
  mkdirSync(to, { recursive: true });
  const entries = readdirSync(from, { withFileTypes: true });
  const wanted = new Set(entries.map(({ name }) => name));
  for (const name of readdirSync(to))
    if (!wanted.has(name)) rmSync(join(to, name), { recursive: true });
  for (const entry of entries) {
    const [one, other] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) replace(one, other);
    else if (!existsSync(other) || !readFileSync(one).equals(readFileSync(other)))
      writeFileSync(other, readFileSync(one));
  }
}

/**
 * Tests the installed package: outside the source, which Python would import instead.
 * @param {string} python
 * @param {{ wheel: string, sdist: string, source: string }} built
 */
function test(python, { wheel, sdist, source }) {
  const tests = join(root, "python/tests");
  const options = {
    cwd: target,
    env: {
      ...CARGO,
      PREFECT_EVENTS_PYTHON: python,
      PREFECT_EVENTS_WHEEL: wheel,
      PREFECT_EVENTS_SDIST: sdist,
      PREFECT_EVENTS_SOURCE: source,
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
  const env = { ...process.env, PREFECT_EVENTS_PROGRAM: program };
  run(process.execPath, ["--test", "--test-reporter=dot", ...files], { env });
}
