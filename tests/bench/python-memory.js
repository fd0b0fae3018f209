// Peak memory of `validate_file` of the Python package on 1 GB of NDJSON, and its time on one processor and on two. It needs the
// wheel: `node tools/python.js build`.

import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { write } from "./gigabyte.js";
import { quantile } from "./measure.js";

const LIMIT_MB = 200;
const TIMES = 1.8;
const ROUNDS = 3;

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "python/venv/bin/python");
const file = join(root, "target/bench/python.ndjson");

const CODE = `
import json, os, resource, sys, time
import prefect_events as pe
path, processors = sys.argv[1:]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(processors)])
begun = time.perf_counter()
report = pe.validate_file(path, max_diagnostics=0)
took = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
# macOS counts bytes.
megabytes = peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
print(json.dumps({"count": report.count, "errors": report.errors, "seconds": took, "megabytes": megabytes}))
`;

/** @param {number} processors @returns {{ count: number, errors: number, seconds: number, megabytes: number }} */
function run(processors) {
  const args = ["-c", CODE, file, String(processors)];
  const { status, stdout } = spawnSync(python, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`Python ended with status ${status}`);
  return JSON.parse(stdout);
}

try {
  const { written, events } = await write(file);
  /** @type {[number[], number[]]} */
  const seconds = [[], []];
  let peak = 0;
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [place, list] of seconds.entries()) {
      const { count, errors, seconds: took, megabytes } = run(place + 1);
      if (count !== events) throw new Error(`${count} of ${events} events were validated`);
      if (errors > 0) throw new Error(`${errors} errors in events of a real server`);
      list.push(took);
      peak = Math.max(peak, megabytes);
    }
  const [one = 0, two = 0] = seconds.map((list) => quantile(list, 0));
  const times = one / two;
  console.log(
    `validate_file of ${(written / 1e9).toFixed(2)} GB, ${events} events: ${one.toFixed(1)} s on one processor, ` +
      `${two.toFixed(1)} s on two, which is ${times.toFixed(2)} times as fast; peak memory ${peak.toFixed(0)} MB`,
  );
  if (peak >= LIMIT_MB) throw new Error(`peak memory is over ${LIMIT_MB} MB`);
  if (times < TIMES) throw new Error(`two processors are less than ${TIMES} times as fast as one`);
} finally {
  await rm(file, { force: true });
}
