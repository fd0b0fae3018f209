// Windows over heartbeats: the fast path against the trigger engine in native code, in turns, and the module.

import { execFileSync } from "node:child_process";

import { windowCurve } from "../../pkg/entries/live.node.js";
import { program } from "./cargo.js";
import { cpu, quantile } from "./measure.js";

const ROUNDS = 7;

const lines = execFileSync(program("tune"), [String(ROUNDS)], { encoding: "utf8" });
const rounds = lines
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const options = { frequency: 60, windows: [182], loss: 0.02, jitter: 5, runs: 500 };
const inModule = [];
for (let seed = 0; seed < ROUNDS; seed++) {
  let hours = 0;
  const time = cpu(() => {
    const { windows } = windowCurve({ ...options, seed, runHours: 5_000_000 });
    hours = windows[0]?.falseAlarms.runHours ?? 0;
  });
  inModule.push(hours / (time / 1e6));
}
const median = (/** @type {number[]} */ numbers) => quantile(numbers, 0.5);
const million = (/** @type {number} */ rate) => `${(rate / 1e6).toFixed(3).padStart(9)} million`;
const [fast, engine] = ["fast", "engine"].map((who) => median(rounds.map((round) => round[who])));
const ratio = median(rounds.map((round) => round.fast / round.engine));
console.log(`Hours of runs per second, median of ${ROUNDS} rounds`);
console.log(`fast path, native  ${million(Number(fast))}`);
console.log(`fast path, module  ${million(median(inModule))}`);
console.log(`engine, native     ${million(Number(engine))}`);
console.log(`the fast path is ${ratio.toFixed(0)} times as fast, median of the rounds`);
console.log(`peak memory: ${rounds.at(-1)?.peak_kilobytes} kB, of the program with both`);
