// The trigger engine: the automation for zombie runs over runs with a heartbeat every 30 seconds. Native and in the
// module, from few runs to many; and the real Prefect on a scenario that is small enough for it.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { simulate } from "../../pkg/node.js";
import { program } from "./cargo.js";
import { cpu, quantile } from "./measure.js";
import { scenario } from "./zombies.js";

const ROUNDS = 7;
const EVENTS = 1_000_000;
const RUNS = [10, 1_000, 10_000, 100_000];

/** @param {string} path in this repository */
const file = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** @param {number[]} nanoseconds of an event, per round */
function shown(nanoseconds) {
  const [best, median] = [0, 0.5].map((share) => quantile(nanoseconds, share));
  const rate = (1000 / Number(best)).toFixed(2);
  return `${Number(median).toFixed(0).padStart(6)} ${Number(best).toFixed(0).padStart(6)} ns   ${rate.padStart(5)} million/s`;
}

/** @type {Map<string, number[]>} */
const times = new Map();

/** @param {string} name @param {number} value */
function note(name, value) {
  times.set(name, [...(times.get(name) ?? []), value]);
}

const engine = program("engine");
/** @type {Map<number, { slowest: number[], bytes: number[] }>} */
const beside = new Map();

// In wasm a scenario is played as users play one: the histories of the runs are generated first. Playing the same
// scenario with the automation switched off measures that part.
const played = scenario(10_000, 50);
const count = simulate(played, { events: true }).events?.length ?? 0;
for (let round = 0; round < ROUNDS; round++) {
  for (const runs of RUNS) {
    const output = execFileSync(engine, [String(runs), String(EVENTS)], { encoding: "utf8" });
    const { ns, slowest_tick_us: slowest, bytes_per_run: bytes } = JSON.parse(output);
    note(`native, ${runs} runs`, ns);
    const others = beside.get(runs) ?? { slowest: [], bytes: [] };
    beside.set(runs, { slowest: [...others.slowest, slowest], bytes: [...others.bytes, bytes] });
  }
  const whole = cpu(() => simulate(played));
  const without = cpu(() => simulate(scenario(10_000, 50, false)));
  note("wasm, 10000 runs, with their histories made", (whole * 1000) / count);
  note("wasm, 10000 runs, deciding alone", ((whole - without) * 1000) / count);
}

console.log(
  `${EVENTS} events (in wasm ${count}), ${ROUNDS} rounds, Node.js ${process.versions.node}`,
);
console.log("Time per event: median, best, and the rate at the best\n");
for (const [name, list] of times) console.log(`${name.padEnd(46)} ${shown(list)}`);
const [few, most] = [10, 100_000].map((runs) => times.get(`native, ${runs} runs`) ?? []);
const growth = (most ?? []).map((ns, round) => ns / Number(few?.[round]));
console.log(
  `\n100,000 runs to 10 runs, time per event: ${quantile(growth, 0.5).toFixed(2)} (median of the rounds)`,
);
console.log("Slowest tick, and memory that the engine takes per run");
for (const [runs, { slowest, bytes }] of beside)
  console.log(
    `${String(runs).padStart(7)} runs ${String(quantile(slowest, 0)).padStart(7)} us ${String(quantile(bytes, 0.5)).padStart(7)} bytes`,
  );

/** @type {Map<string, number[]>} */
const streams = new Map();
for (let round = 0; round < ROUNDS; round++) {
  const output = execFileSync(program("stream"), ["100000", String(EVENTS)], { encoding: "utf8" });
  for (const [name, value] of Object.entries(JSON.parse(output)))
    streams.set(name, [...(streams.get(name) ?? []), value]);
}
const best = (/** @type {string} */ name) => quantile(streams.get(name) ?? [], 0);
const rate = (/** @type {string} */ name) => (1000 / Number(best(name))).toFixed(2);
console.log(
  `\nA stream over 100,000 live runs, best of the rounds: ${rate("stream_ns")} million events/s, with the text read ${rate("text_ns")}, ` +
    `the sequencer alone ${rate("sequencer_ns")}; its state is ${best("snapshot_bytes")} bytes, saved in ${best("save_ms")} ms and taken ` +
    `up in ${best("restore_ms")} ms; after the first tenth of the events its memory grows by ${best("grown_bytes")} bytes`,
);

await compareWithPrefect();

async function compareWithPrefect() {
  const python = process.env.PREFECT_PYTHON ?? file("target/oracle/prefect-3.9.1/bin/python");
  if (!existsSync(python)) {
    console.log("\nPrefect itself was not measured: `make oracle COUNT=1` installs it");
    return;
  }
  const small = scenario(20, 10);
  const { events = [] } = simulate(small, { events: true });
  const text = {
    ...small,
    runs: undefined,
    heartbeat: undefined,
    events,
    end: "2026-03-01T12:10:00Z",
    tick_seconds: 5,
  };
  const home = file("target/oracle/home");
  mkdirSync(home, { recursive: true });
  const server = spawn(python, [file("tests/oracle/server.py")], {
    env: { ...process.env, PREFECT_HOME: home },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const answers = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const line = JSON.stringify(text);
  /** @type {{ theirs: number, ours: number }[]} */
  const ratios = [];
  for (let round = 0; round < 4; round++) {
    const begun = process.hrtime.bigint();
    server.stdin.write(`${line}\n`);
    const { value } = await answers.next();
    const theirs = Number(process.hrtime.bigint() - begun) / 1e6;
    const ours = cpu(() => simulate(line)) / 1e3;
    const [result] = JSON.parse(String(value));
    if (JSON.stringify(result.firings) !== "[]")
      throw new Error("Prefect fires where nothing is to fire");
    // The first round opens files and fills caches.
    if (round > 0) ratios.push({ theirs, ours });
  }
  server.stdin.end();
  const [theirs, ours] = ["theirs", "ours"].map((who) =>
    quantile(
      ratios.map((ratio) => ratio[/** @type {"theirs"} */ (who)]),
      0.5,
    ),
  );
  console.log(
    `\nPrefect 3.9.1 on ${events.length} events of 20 runs: ${Number(theirs).toFixed(0)} ms; this package, reading included: ` +
      `${Number(ours).toFixed(1)} ms: ${(Number(theirs) / Number(ours)).toFixed(0)} times as fast`,
  );
}
