// Both command lines print the same, byte for byte: `tests/cases/command-line.json` through `pkg/cli/main.js` and through the
// program that PREFECT_EVENTS_PROGRAM names, the script of an installed Python package. `make python` runs it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, suite, test } from "node:test";

import { MAIN } from "../node/helpers/run.js";

/**
 * @typedef {object} Case
 * @property {string[]} arguments
 * @property {number | null} status
 * @property {string} [input]
 * @property {{ [name: string]: string }} [environment]
 * @property {string} [stdout] a part of it
 * @property {string} [stderr] likewise
 * @property {true} [layout] the text is the layout of a library: only its stream is compared
 */

/** @type {{ files: { [name: string]: string }, cases: Case[] }} */
const TABLE = JSON.parse(
  readFileSync(new URL("../cases/command-line.json", import.meta.url), "utf8"),
);
const { PREFECT_EVENTS_PROGRAM } = process.env;
if (!PREFECT_EVENTS_PROGRAM) throw new Error("PREFECT_EVENTS_PROGRAM must name the other program");
const PROGRAMS = [[process.execPath, MAIN], [PREFECT_EVENTS_PROGRAM]];

const parent = mkdtempSync(join(tmpdir(), "prefect-events-cases-"));
after(() => rmSync(parent, { recursive: true, force: true }));

suite("the same from both", { concurrency: 2 }, () => {
  for (const [index, one] of TABLE.cases.entries()) {
    test(JSON.stringify(one.arguments.join(" ")), async () => {
      const [js, python] = await Promise.all(
        PROGRAMS.map((program, number) => run(program, one, join(parent, `${index}-${number}`))),
      );
      assert.deepEqual(python, js);
      if (one.status !== null) assert.equal(js?.status, one.status, JSON.stringify(js));
      for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
        const part = one[stream] ?? "";
        assert.ok(js?.[stream].includes(part), `${part} is not in ${js?.[stream]}`);
      }
    });
  }
});

/**
 * @param {string[]} program
 * @param {Case} one
 * @param {string} folder
 */
async function run([command = "", ...first], one, folder) {
  for (const [name, text] of Object.entries(TABLE.files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PREFECT_|FORCE_COLOR|NO_COLOR)/.test(name),
  );
  const child = spawn(command, [...first, ...one.arguments], {
    cwd: folder,
    env: { ...Object.fromEntries(own), HOME: folder, ...one.environment },
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of /** @type {const} */ (["stdout", "stderr"]))
    child[stream].setEncoding("utf8").on("data", (piece) => {
      output[stream] += piece;
    });
  child.stdin.on("error", () => {});
  child.stdin.end(one.input ?? "");
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const { stdout, stderr } = output;
  const streams = { stdout: stdout && "some", stderr: stderr && "some" };
  return { status, ...(one.layout ? streams : output), files: contents(folder) };
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
