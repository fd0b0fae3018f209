// Runs the tests of this folder against real servers that they share: `node tests/live/run.js [FILE...]`.
// `PREFECT_PYTHON` names the Python of an installed Prefect; otherwise it is installed into target/. Without Python 3.10 or
// newer nothing runs, which is an error where `CI` is set.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OLDEST = "import sys; sys.exit(sys.version_info < (3, 10))";

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} files */
async function main(files) {
  const { PREFECT_PYTHON, CI } = process.env;
  const python = PREFECT_PYTHON ?? "python3";
  if (spawnSync(python, ["-c", OLDEST]).status !== 0) {
    console.log("the live tests need Python 3.10 or newer: skipped");
    return CI ? 1 : 0;
  }
  const session = spawn(
    python,
    [`${HERE}server.py`, ...(PREFECT_PYTHON ? ["--python", PREFECT_PYTHON] : [])],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  try {
    const lines = createInterface({ input: session.stdout })[Symbol.asyncIterator]();
    const { value: described } = await lines.next();
    if (described === undefined) return 1;
    // A request restarts the first server; it is answered when the server is back.
    const control = createServer(async (_, response) => {
      session.stdin.write("restart\n");
      for (const said of ["stopped", "started"])
        if ((await lines.next()).value !== said) response.statusCode = 500;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(control, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (control.address());
    const live = JSON.stringify({
      ...JSON.parse(described),
      restart: `http://127.0.0.1:${port}`,
    });
    const tests =
      files.length > 0
        ? files
        : readdirSync(HERE)
            .filter((name) => name.endsWith(".test.js"))
            .map((name) => `${HERE}${name}`);
    const node = spawn(
      process.execPath,
      ["--test", "--test-reporter=spec", "--test-concurrency=1", ...tests],
      { stdio: "inherit", env: { ...process.env, PREFECT_EVENTS_LIVE: live } },
    );
    const status = await new Promise((resolve) => node.on("close", resolve));
    control.close();
    return status ?? 1;
  } finally {
    session.stdin.end();
    await new Promise((resolve) =>
      session.exitCode === null ? session.on("close", resolve) : resolve(undefined),
    );
  }
}
