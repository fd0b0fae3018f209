// The native benchmarks.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Cargo's build of a benchmark in Rust: without users' schemas, like the modules. @param {string} name */
export function program(name) {
  const args = [
    "bench",
    "--bench",
    name,
    "--no-run",
    "--no-default-features",
    "--message-format=json",
  ];
  const lines = execFileSync("cargo", args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const line of lines.split("\n").filter(Boolean)) {
    const { target, executable } = JSON.parse(line);
    if (executable && target?.name === name) return String(executable);
  }
  throw new Error("cargo made no benchmark");
}
