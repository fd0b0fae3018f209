// The Pythons of these tests, and what `tools/python.js` has built.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const windows = process.platform === "win32";
const {
  PREFECT_EVENTS_PYTHON = "python3",
  PREFECT_EVENTS_WHEEL = "",
  PREFECT_EVENTS_SDIST = "",
  PREFECT_EVENTS_SOURCE = "",
  PATH = "",
  PYENV_ROOT = join(homedir(), ".pyenv"),
  RUNNER_TOOL_CACHE,
} = process.env;

/** The one in which the wheel and what tests it are installed. */
export const PYTHON = PREFECT_EVENTS_PYTHON;
export const WHEEL = PREFECT_EVENTS_WHEEL;
export const SDIST = PREFECT_EVENTS_SDIST;
/** The unpacked sdist, from which the wheel was built. */
export const SOURCE = PREFECT_EVENTS_SOURCE;

/** The versions that the wheel is for. */
const VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14"];

/** @param {string} folder */
const within = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** @param {string} folder of an interpreter or a virtual environment */
export const pythonIn = (folder) =>
  join(folder, windows ? "Scripts" : "bin", windows ? "python.exe" : "python");

/** Files that may be interpreters: on the path, of pyenv, of hosted CI. */
function candidates() {
  const named = PATH.split(delimiter).flatMap((folder) =>
    VERSIONS.map((version) => join(folder, `python${version}`)),
  );
  const pyenv = within(join(PYENV_ROOT, "versions")).map((name) =>
    pythonIn(join(PYENV_ROOT, "versions", name)),
  );
  const cache = RUNNER_TOOL_CACHE ? join(RUNNER_TOOL_CACHE, "Python") : "";
  const hosted = within(cache).flatMap((name) =>
    within(join(cache, name)).map((machine) =>
      windows ? join(cache, name, machine, "python.exe") : pythonIn(join(cache, name, machine)),
    ),
  );
  return [PYTHON, ...pyenv, ...hosted, ...named].filter((file) => existsSync(file));
}

/** @param {string} python @returns {string | undefined} its version, such as `3.12`, if it is a CPython that runs */
function versionOf(python) {
  const code =
    "import sys, ensurepip; print(sys.implementation.name, *sys.version_info[:2], sep='.')";
  const { status, stdout } = spawnSync(python, ["-c", code], { encoding: "utf8" });
  const [, version] = /^cpython\.(\d+\.\d+)\s*$/.exec(stdout ?? "") ?? [];
  return status === 0 ? version : undefined;
}

/** One interpreter of each version on this machine. @returns {Map<string, string>} */
export function interpreters() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const file of candidates()) {
    const version = versionOf(file);
    if (version !== undefined && VERSIONS.includes(version) && !found.has(version))
      found.set(version, file);
  }
  return found;
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 * @returns {string} what it printed
 */
export function run(program, args, options) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return String(stdout);
}

/**
 * An empty virtual environment with these packages and what they need.
 * @param {string} python
 * @param {string} folder
 * @param {string[]} packages
 * @returns {string} its Python
 */
export function installed(python, folder, packages) {
  run(python, ["-m", "venv", "--without-pip", folder]);
  const own = pythonIn(folder);
  const pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "--python", own];
  run(PYTHON, [...pip, "install", ...packages]);
  return own;
}
