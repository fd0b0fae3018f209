// Peak memory of the command line on 1 GB of NDJSON.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { write } from "./gigabyte.js";

const LIMIT_MB = 150;

const main = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const file = fileURLToPath(new URL("../../target/bench/events.ndjson", import.meta.url));

// The child reports its peak memory when it ends, on a separate channel.
const REPORT = `data:text/javascript,
  import { writeSync } from "node:fs";
  process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

/** @returns {Promise<{ status: number, peak: number, output: string }>} peak in KB */
async function run() {
  const args = ["--import", REPORT, main, "validate", "--max-diagnostics", "0", file];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", "pipe"] });
  let output = "";
  let peak = "";
  child.stdio[1]?.on("data", (piece) => (output += piece));
  child.stdio[3]?.on("data", (piece) => (peak += piece));
  const [status] = await once(child, "close");
  return { status, peak: Number(peak), output };
}

try {
  const { written, events } = await write(file);
  const started = performance.now();
  const { status, peak, output } = await run();
  const seconds = (performance.now() - started) / 1000;
  const megabytes = peak / 1024;
  console.log(output.trim());
  console.log(
    `${events} events, ${(written / 1e9).toFixed(2)} GB in ${seconds.toFixed(1)} s: peak memory ${megabytes.toFixed(0)} MB`,
  );
  if (status === 2 || !output.includes(`${events} events`))
    throw new Error(`the command line ended with status ${status}`);
  if (megabytes >= LIMIT_MB) throw new Error(`peak memory is over ${LIMIT_MB} MB`);
} finally {
  await rm(file, { force: true });
}
