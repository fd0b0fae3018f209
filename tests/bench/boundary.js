// Compares ways to pass results, bytes and options between WebAssembly and JavaScript, in one interleaved run. `cargo run -p prefect-events-pack -- bench` builds the module. A ratio above 1: the second way is slower.
//
// Measured last, with Node.js 20.20, the lowest and the highest ratio of four runs:
//   Objects by serde-wasm-bindgen, against JSON text and JSON.parse
//     reports of `validate`      0.38 to 0.46 without findings, 0.50 to 0.51 with one, 0.59 to 0.63 with 1,000
//     reports on automations     0.55 to 0.65
//     advice, curves of windows, captured heartbeats    0.43 to 0.48
//     why a run crashed          0.58 to 0.75
//     simulations                0.95 to 1.07; with their trace 0.96 to 1.03; two of them, compared, 0.97 to 1.02
//     reports on tests           0.74 to 0.85
//     backtests, comparisons of automations             0.64 to 0.82
//     rendered actions           0.89 to 0.92
//     built events               1.6 to 1.7 for one, 1.6 to 1.9 for 605
//   So the first four are objects. The others stay text: they have maps of labels, and in an object a label `__proto__`
//   would be lost.
//   Bytes as js_sys::Uint8Array, against &[u8]: 1.7 to 2.5 for 1 KB, 1.1 for 100 KB, 1.0 for 10 MB.
//   Both copy once; for &[u8] the glue reserves the memory and copies, without a call back. So it is &[u8].
//   Options by serde-wasm-bindgen took 0.5 to 0.8 of the time of our own reader before it.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { buildRun } from "../../pkg/node.js";
import { REAL as BYTES } from "../node/helpers/events.js";

const made = new URL("../../target/bench/", import.meta.url);
const core = await import(new URL("prefect_events_bench.js", made).href);
core.initSync({ module: readFileSync(new URL("prefect_events_bench.wasm", made)) });

const REAL = BYTES.toString();

const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
const ROUNDS = 41;

/** @param {() => unknown} action @param {number} times */
function time(action, times) {
  const start = performance.now();
  for (let time = 0; time < times; time++) action();
  return performance.now() - start;
}

/**
 * The best of many rounds of both, in turns.
 * @param {string} what
 * @param {() => unknown} one
 * @param {() => unknown} other
 */
function compare(what, one, other) {
  const times = Math.max(1, Math.ceil(10 / Math.max(time(one, 3) / 3, time(other, 3) / 3)));
  let [first, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    first = Math.min(first, time(one, times));
    second = Math.min(second, time(other, times));
  }
  const micros = ((first / times) * 1000).toFixed(1);
  console.log(`  ${what}: ${micros} µs, the other way ${(second / first).toFixed(2)} of that`);
}

const asText = () => JSON.parse(core.asText());
const asObject = () => core.asObject();

const wrong = REAL.split("\n").slice(0, 300).join("\n").replaceAll('"prefect.', '"prefct.');
const AUTOMATION = `name: crash
trigger:
  posture: Proactive
  expect: [prefect.flow-run.heartbeat]
  match: {prefect.resource.id: prefect.flow-run.*}
  for_each: [prefect.resource.id]
  after: [prefect.flow-run.heartbeat]
  within: 90
actions: [{type: change-flow-run-state, state: CRASHED}]
`;
const automations =
  `- ${AUTOMATION.replace("Proactive", "proactive").trim().replaceAll("\n", "\n  ")}\n`.repeat(200);
/** @param {number} runs */
const scenario = (runs) => ({
  automation: "crash-zombie-flows",
  runs: Array.from({ length: runs }, (_, n) => ({ name: `run-${n}`, starts: n * 60, dies: 3600 })),
  expect: [{ fires: runs }],
});
const tests = Array.from({ length: 50 }, () => scenario(1));
const played = (/** @type {number} */ runs) => encode(JSON.stringify(scenario(runs)));
const events = buildRun({ tasks: Array.from({ length: 200 }, (_, n) => ({ name: `t${n}` })) });

// Of a live server.
const cases = new URL("../cases/live/", import.meta.url);
const captured = gunzipSync(readFileSync(new URL("captured.ndjson.gz", cases)));
const automation = (/** @type {string} */ name) =>
  readFileSync(new URL(`automations/${name}`, cases), "utf8");
const zombies = automation("crash-zombie-flows.json");
const watching = encode(`[${readdirSync(new URL("automations/", cases)).map(automation)}]`);
const changed = encode(
  zombies.replace('"within":90', '"within":40').replace('"within": 90', '"within": 40'),
);
const crashed = "b98b2e10-b74a-449b-92da-0c24ac796175";

console.log("Results: JSON text that is parsed, and objects by serde-wasm-bindgen");
for (const [what, keep] of /** @type {[string, () => void][]} */ ([
  ["a report without findings", () => core.keepReport(encode(REAL.slice(0, REAL.indexOf("\n"))))],
  ["a report with one finding", () => core.keepReport(encode('{"event":"acme.order"'))],
  ["a report with 1,000 diagnostics", () => core.keepReport(encode(wrong))],
  ["a check report without findings", () => core.keepCheckReport(encode(AUTOMATION))],
  ["a check report with 200 automations", () => core.keepCheckReport(encode(automations))],
  ["a simulation of one run", () => core.keepSimulation(played(1), false)],
  ["a simulation of 20 runs", () => core.keepSimulation(played(20), false)],
  ["a simulation of 20 runs with its trace", () => core.keepSimulation(played(20), true)],
  ["a comparison of versions", () => core.keepComparison(played(20))],
  ["a report on a test", () => core.keepTestReport(played(1))],
  ["a report on 50 tests", () => core.keepTestReport(encode(JSON.stringify(tests)))],
  ["one built event", () => core.keepJson(JSON.stringify(events[0]))],
  [`${events.length} built events`, () => core.keepJson(JSON.stringify(events))],
  ["a backtest of one automation", () => core.keepBacktest(encode(zombies), captured)],
  ["a backtest of all automations", () => core.keepBacktest(watching, captured)],
  ["why a run crashed", () => core.keepWhy(encode(zombies), captured, crashed)],
  ["two versions of an automation", () => core.keepAutomations(encode(zombies), changed, captured)],
  ["rendered actions", () => core.keepActions(encode(zombies), captured)],
  ["a curve of windows", () => core.keepWindowCurve({ frequency: 30 })],
  ["captured heartbeats", () => core.keepHeartbeats(captured)],
  ["advice", () => core.keepAdvice({ frequency: 30, within: 90 })],
])) {
  keep();
  compare(`${what} (${JSON.stringify(asText()).length} characters)`, asText, asObject);
}

console.log("Bytes: &[u8], and js_sys::Uint8Array");
for (const size of [1000, 100_000, 10_000_000]) {
  const bytes = new Uint8Array(size);
  compare(
    `${size} bytes`,
    () => core.bytesAsSlice(bytes),
    () => core.bytesAsArray(bytes),
  );
}

console.log("Options: plain objects by serde-wasm-bindgen, and JSON text");
for (const plain of [
  {},
  { profile: "server", maxDiagnostics: 5, severity: { "missing-label": "off" } },
]) {
  compare(
    JSON.stringify(plain),
    () => core.optionsPlain(plain),
    () => core.optionsText(JSON.stringify(plain)),
  );
}
