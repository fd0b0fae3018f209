// Runs both command lines: `pkg/cli/main.js`, and the program that PREFECT_EVENTS_PROGRAM names, the script of an installed
// Python package.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { MAIN } from "../../node/helpers/run.js";

/**
 * @typedef {object} Case
 * @property {string[]} arguments
 * @property {number | null} [status] null: only that both agree
 * @property {string} [input]
 * @property {{ [name: string]: string }} [environment]
 * @property {string} [stdout] a part of it
 * @property {string} [stderr] likewise
 * @property {true} [layout] the text is the layout of a library: only its stream is compared
 *
 * @typedef {{ status: number | null, stdout: string, stderr: string, files: { [name: string]: string } }} Result
 */

/** @type {{ files: { [name: string]: string }, cases: Case[] }} */
export const TABLE = JSON.parse(
  readFileSync(new URL("../../cases/command-line.json", import.meta.url), "utf8"),
);
const { PREFECT_EVENTS_PROGRAM } = process.env;
if (!PREFECT_EVENTS_PROGRAM) throw new Error("PREFECT_EVENTS_PROGRAM must name the other program");
const JAVASCRIPT = [process.execPath, MAIN];
const PYTHON = [PREFECT_EVENTS_PROGRAM];

/**
 * @param {Case} one
 * @returns {Promise<[Result, Result]>} of JavaScript and of Python
 */
export function both(one) {
  return Promise.all([run(JAVASCRIPT, one), run(PYTHON, one)]);
}

/**
 * @param {string[]} program
 * @param {Case} one
 * @returns {Promise<Result>}
 */
async function run([command = "", ...first], { arguments: args, input = "", environment }) {
  const folder = mkdtempSync(join(tmpdir(), "prefect-events-case-"));
  try {
    for (const [name, text] of Object.entries(TABLE.files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(PREFECT_|FORCE_COLOR|NO_COLOR)/.test(name),
    );
    const child = spawn(command, [...first, ...args], {
      cwd: folder,
      env: { ...Object.fromEntries(own), HOME: folder, ...environment },
    });
    const output = { stdout: "", stderr: "" };
    for (const stream of /** @type {const} */ (["stdout", "stderr"]))
      child[stream].setEncoding("utf8").on("data", (piece) => {
        output[stream] += piece;
      });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    /** @type {number | null} */
    const status = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { status, ...output, files: contents(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function contents(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true });
  const names = files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(folder.length), readFileSync(name, "latin1")]),
  );
}
