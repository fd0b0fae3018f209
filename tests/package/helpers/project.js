// An empty project with the packed tarball installed, like a user's project.

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

const package_ = fileURLToPath(new URL("../../../pkg", import.meta.url));
const tools = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));

/** @typedef {{ folder: string, tarball: string, files: string[], run: typeof run, add: (name: string, text: string) => string }} Project */

/**
 * The standard output of a program; if it fails, throws with its whole output.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function run(program, args, { cwd, env } = {}) {
  try {
    const { FORCE_COLOR, ...inherited } = process.env;
    const options = { cwd, env: { ...inherited, NO_COLOR: "1", ...env } };
    return (await execute(program, args, { ...options, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** @param {string} name of a program of this repository's */
export const tool = (name) => join(tools, name);

/**
 * Packs the package and installs it; the project is removed after the tests of the file.
 * @returns {Promise<Project>}
 */
export async function project() {
  // Some tools resolve the links of the folder for temporary files.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "prefect-events-package-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const packed = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: package_,
  });
  const [{ filename, files }] = JSON.parse(packed);
  const tarball = join(folder, filename);
  /** @type {Project["add"]} */
  const add = (name, text) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  add("package.json", '{ "name": "consumer", "private": true }');
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball];
  await run("npm", install, { cwd: folder });
  cpSync(new URL("proof.js", import.meta.url), join(folder, "proof.mjs"));
  return {
    folder,
    tarball,
    files: files.map((/** @type {{ path: string }} */ { path }) => path),
    run: (program, args, options) => run(program, args, { cwd: folder, ...options }),
    add,
  };
}
