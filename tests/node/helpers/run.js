// Runs the command line as users do.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const MAIN = fileURLToPath(new URL("../../../pkg/cli/main.js", import.meta.url));

/** What is run: the command line of the package, or the one that PREFECT_EVENTS_PROGRAM names, such as that of Python. */
export const PROGRAM = process.env.PREFECT_EVENTS_PROGRAM
  ? [process.env.PREFECT_EVENTS_PROGRAM]
  : [process.execPath, MAIN];

/** A program and its arguments, for `spawn`. @param {string[]} args @returns {[string, string[]]} */
export function programWith(args) {
  const [command = "", ...first] = PROGRAM;
  return [command, [...first, ...args]];
}

/**
 * @param {string[]} args
 * @param {{ input?: string | Uint8Array, cwd?: string, env?: NodeJS.ProcessEnv, uid?: number }} [options]
 * @returns {Promise<{ status: number | null, stdout: string, stderr: string }>}
 */
export function run(args, { input = "", env = {}, ...options } = {}) {
  // Colour settings for the tests' own output must not apply here.
  const { FORCE_COLOR, NO_COLOR, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(...programWith(args), {
      ...options,
      env: { ...inherited, ...env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (piece) => (stdout += piece));
    child.stderr.setEncoding("utf8").on("data", (piece) => (stderr += piece));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** A folder for one test file, removed after its tests. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "prefect-events-test-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
