// Peak memory and speed of `pull`: 1,000,000 events from a stub of the server's API, which has a process of its own.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { spaced, stubServer } from "../node/helpers/stub-server.js";

const COUNT = 1_000_000;
const LIMIT_MB = 200;
const DAY = 86_400_000;
const START = Date.parse("2026-03-01T00:00:00Z");

const main = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));

// The child reports its peak memory when it ends, on a separate channel.
const REPORT = `data:text/javascript,
  import { writeSync } from "node:fs";
  process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

if (process.send) {
  const events = spaced({ count: COUNT, start: START, step: (6 * DAY) / COUNT });
  const { url } = await stubServer({ events });
  process.send(url);
} else {
  const server = fork(fileURLToPath(import.meta.url));
  const [url] = await once(server, "message");
  const range = ["--since", "2026-03-01T00:00:00Z", "--until", "2026-03-08T00:00:00Z"];
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", REPORT, main, "pull", ...range], {
    env: { ...process.env, PREFECT_API_URL: String(url) },
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  let [lines, bytes, peak] = [0, 0, ""];
  child.stdio[1]?.on("data", (piece) => {
    bytes += piece.length;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
  });
  child.stdio[3]?.on("data", (piece) => (peak += piece));
  const [status] = await once(child, "close");
  server.kill();
  const seconds = (performance.now() - started) / 1000;
  const megabytes = Number(peak) / 1024;
  console.log(
    `${lines} events, ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(0)} s: peak memory ${megabytes.toFixed(0)} MB`,
  );
  if (status !== 0 || lines !== COUNT || megabytes > LIMIT_MB) {
    console.error(`expected ${COUNT} events within ${LIMIT_MB} MB`);
    process.exitCode = 1;
  }
}
