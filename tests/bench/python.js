// The Python package against Prefect's own models, against JSON Schemas, and against the WebAssembly module in Node.js; and how
// long its import takes. CPU time; processes of Python and Node.js in turns.
//
// It needs the wheel and its environment (`node tools/python.js build`). `PREFECT_PYTHON` names the Python of another Prefect.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ALL } from "./events.js";
import { quantile } from "./measure.js";

const ROUNDS = 21;
const PROCESSES = 5;
const IMPORTS = 20;

/** How many times as fast as Prefect's models it must be. */
const TIMES = 15;
const IMPORT_MILLISECONDS = 50;

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"));
const packages = join(target, "bench/python");
/** Its environment has Prefect, if there is one for its version. */
const python = process.env.PREFECT_PYTHON ?? join(target, "python/venv/bin/python");
const measurer = join(root, "tests/bench/python.py");
const folder = mkdtempSync(join(tmpdir(), "prefect-events-"));

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(program, args, env) {
  const { status, stdout, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 << 20,
    env: { ...process.env, PREFECT_HOME: folder, PYTHONPATH: packages, ...env },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}`);
  return stdout;
}

/** Installs the wheel and jsonschema-rs beside this Prefect. @param {string} python */
function install(python) {
  const dist = join(target, "python/dist");
  const wheel = readdirSync(dist).find((name) => name.endsWith(".whl")) ?? "";
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages, { recursive: true });
  const pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install"];
  run(python, [...pip, "--target", packages, join(dist, wheel), "jsonschema-rs==0.60.3"]);
}

/** @param {number[]} list */
const median = (list) => quantile(list, 0.5);

/** Medians of the ratios of two contestants of the same rounds, with their quartiles. @param {number[]} one @param {number[]} other */
function times(one, other) {
  const ratios = one.map((time, round) => time / Number(other[round]));
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(1));
  return { middle: Number(middle), text: `${middle} [${low} to ${high}]` };
}

/** @type {string[]} */
const failed = [];

/** @param {string} python @param {string} events */
function compared(python, events) {
  /** @type {{ [name: string]: number[] }} */
  const found = JSON.parse(run(python, [measurer, events, String(ROUNDS)]));
  const version = run(python, ["--version"]).trim();
  console.log(
    `${ALL.length} events, ${ROUNDS} rounds, ${version}: CPU time per event; how many times as long as "each"\n`,
  );
  const own = found["validate, each"] ?? [];
  for (const [name, list] of Object.entries(found))
    console.log(
      `${name.padEnd(48)} ${median(list).toFixed(2).padStart(7)} us   ${times(list, own).text}`,
    );
  for (const [name, least] of /** @type {const} */ ([
    ["Prefect's Event", TIMES],
    ["Prefect's ReceivedEvent", TIMES],
    ["json.loads + jsonschema-rs, any event", 1],
    ["json.loads + jsonschema-rs, the event's family", 1],
  ])) {
    const { middle } = times(found[name] ?? [], own);
    if (!(middle > least)) failed.push(`${name}: ${middle} times as long, not ${least}`);
  }
}

/** @param {string} python @param {string} events */
function againstNode(python, events) {
  const script = join(root, "tests/bench/python-node.js");
  /** @type {{ [name: string]: number[] }} */
  const found = {};
  for (let turn = 0; turn < PROCESSES; turn += 1)
    for (const [where, text] of [
      ["Python", run(python, [measurer, events, "7", "--own"])],
      ["Node.js", run(process.execPath, ["--expose-gc", script, events, "7"])],
    ])
      for (const [name, list] of Object.entries(JSON.parse(String(text))))
        found[`${name}, ${where}`] = [...(found[`${name}, ${where}`] ?? []), median(list)];
  console.log(`\n${PROCESSES} processes each, in turns: medians of CPU time per event\n`);
  for (const [name, list] of Object.entries(found))
    console.log(`${name.padEnd(48)} ${median(list).toFixed(2).padStart(7)} us`);
  for (const name of ["validate, each", "validate, each as bytes", "validate, all at once"]) {
    const [here, there] = ["Python", "Node.js"].map((where) =>
      median(found[`${name}, ${where}`] ?? []),
    );
    if (!(Number(here) < Number(there))) failed.push(`${name}: not faster than in Node.js`);
  }
}

/** The least CPU time of programs in fresh processes, without Python's own start. */
const STARTS = `
import json, resource, subprocess, sys
def least(code):
    def once():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    once()  # Bytecode is there after the first time, as it is for users.
    return min(once() for _ in range(${IMPORTS}))
own = least("pass")
codes = ["import prefect_events", "import prefect_events; prefect_events.validate('{}')"]
print(json.dumps([1000 * (least(code) - own) for code in codes]))
`;

/** @param {string} python */
function imports(python) {
  const [took, first] = JSON.parse(run(python, ["-c", STARTS]));
  console.log(
    `\nimport prefect_events: ${took.toFixed(1)} ms, with the first call of validate ${first.toFixed(1)} ms ` +
      `(least CPU time of ${IMPORTS} processes, without Python's own start)`,
  );
  if (!(took < IMPORT_MILLISECONDS)) failed.push(`the import takes ${took} ms`);
}

try {
  install(python);
  const events = join(folder, "events.ndjson");
  writeFileSync(events, ALL.join("\n"));
  compared(python, events);
  againstNode(python, events);
  imports(python);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length > 0) throw new Error(failed.join("\n"));
