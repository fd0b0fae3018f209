// The TypeScript compiler with the strictest settings that a user's project can have.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TSC = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
const FLAGS = [
  "--noEmit",
  "--strict",
  "--skipLibCheck",
  "false",
  "--types",
  "",
  "--target",
  "ES2022",
];

/**
 * The messages of TypeScript on a file; empty if there are none.
 * @param {string} cwd
 * @param {string} file
 * @param {{ module?: string, moduleResolution?: string, lib?: string }} [options]
 * @returns {string}
 */
export function tsc(
  cwd,
  file,
  { module = "NodeNext", moduleResolution = "NodeNext", lib = "ES2022" } = {},
) {
  const where = ["--module", module, "--moduleResolution", moduleResolution, "--lib", lib];
  const { stdout, error } = spawnSync(TSC, [...FLAGS, ...where, join(cwd, file)], {
    cwd,
    encoding: "utf8",
  });
  if (error) throw error;
  return stdout;
}
