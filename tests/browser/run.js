// Runs the tests of this folder, or the named files, with one browser per concurrent file; browsers pass from
// file to file (`make browser-test`). Each file is a process and each test has a context of its own in the browser; what
// all contexts of a browser share, such as the clipboard, is one file's as long as it runs.
// To run a single file: `node --test tests/browser/shell.test.js` starts a browser for itself.
// In another browser than Chromium, which BROWSER names, it runs the tests of `helpers/smoke.js` unless files are named.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

import { BROWSER, launchServer } from "./helpers/browser.js";
import { NoBrowser } from "./helpers/firefox.js";
import { smoke } from "./helpers/smoke.js";

/** Tests wait about as much as they work. */
const AT_ONCE = 2;

const here = fileURLToPath(new URL(".", import.meta.url));
const named = process.argv.slice(2);
const all = readdirSync(here)
  .filter((name) => name.endsWith(".test.js"))
  .map((name) => `${here}${name}`);
const chosen = named.length === 0 && BROWSER !== "chromium" ? smoke(all) : undefined;
const files = chosen?.files ?? (named.length > 0 ? named : all);

const browsers = await Promise.all(
  Array.from({ length: Math.min(AT_ONCE, files.length) }, launchServer),
).catch((error) => {
  // Chromium is where everything is tested, and must be there. What is there must start.
  if (!(error instanceof NoBrowser)) throw error;
  console.error(`THE BROWSER TESTS DO NOT RUN IN ${BROWSER.toUpperCase()}: ${error.message}`);
  process.exit(0);
});
const free = browsers.map((browser) => browser.wsEndpoint());
// Each connection receives the address of a free browser, and keeps it until the connection ends.
const lender = createServer((socket) => {
  const browser = free.pop();
  if (!browser) {
    socket.destroy();
    return;
  }
  socket.on("error", () => {});
  socket.on("close", () => free.push(browser));
  socket.write(`${browser}\n`);
});
await new Promise((ready) => lender.listen(0, "127.0.0.1", () => ready(undefined)));
const address = lender.address();
const port = typeof address === "object" ? address?.port : undefined;

const options = ["--test", "--test-reporter=spec", `--test-concurrency=${AT_ONCE}`];
const patterns = chosen?.patterns.map((pattern) => `--test-name-pattern=${pattern}`) ?? [];
const tests = spawn(process.execPath, [...options, ...patterns, ...files], {
  stdio: "inherit",
  env: { ...process.env, BROWSER_LENDER: String(port) },
});
process.exitCode = await new Promise((ended) => {
  tests.on("error", (error) => {
    console.error(String(error));
    ended(1);
  });
  tests.on("close", (code) => ended(code ?? 1));
});
await Promise.all(browsers.map((browser) => browser.close()));
lender.close();
