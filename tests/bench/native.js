// Compares the modules with the same code natively: the same work on the same input, in turns.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { authorModule } from "../../pkg/modules/author.js";
import { simulate, validate } from "../../pkg/node.js";
import { program } from "./cargo.js";
import { COMPARED, repeat } from "./events.js";
import { quantile } from "./measure.js";
import { scenario } from "./zombies.js";

const ROUNDS = 21;
const WARM_UP = 4;

const events = Buffer.from(repeat(COMPARED, 5_000));
const played = Buffer.from(JSON.stringify(scenario(1_000, 50)));
const run = Buffer.from(JSON.stringify({ ends: "800h", heartbeat: { frequency: 30 } }));
const how = { seed: 1, now: "2026-03-01T12:00:00Z" };

const folder = mkdtempSync(join(tmpdir(), "prefect-events-"));
writeFileSync(join(folder, "events.ndjson"), events);
writeFileSync(join(folder, "scenario.json"), played);
writeFileSync(join(folder, "run.json"), run);

const native = spawn(program("native"), [folder], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: native.stdout })[Symbol.asyncIterator]();

/** @type {Record<string, () => unknown>} */
const TASKS = {
  validate: () => validate(events),
  simulate: () => simulate(played),
  build: () =>
    authorModule.call((core) => {
      const history = new core.History(run, how);
      while (history.part() !== undefined);
      history.free();
    }),
};

console.log(`Best of ${ROUNDS} rounds, in milliseconds, Node.js ${process.versions.node}\n`);
for (const [name, task] of Object.entries(TASKS)) {
  /** @type {[number[], number[]]} */
  const [theirs, ours] = [[], []];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    native.stdin.write(`${name}\n`);
    const nanoseconds = Number((await answers.next()).value);
    globalThis.gc?.();
    const begun = performance.now();
    task();
    const milliseconds = performance.now() - begun;
    if (round < WARM_UP) continue;
    theirs.push(nanoseconds / 1e6);
    ours.push(milliseconds);
  }
  const [best, module] = [quantile(theirs, 0), quantile(ours, 0)];
  const ratios = ours.map((time, round) => time / Number(theirs[round]));
  console.log(
    `${name.padEnd(10)} natively ${best.toFixed(1).padStart(7)}, in the module ${module.toFixed(1).padStart(7)}: ` +
      `${(module / best).toFixed(2)} times as long (median of the rounds ${quantile(ratios, 0.5).toFixed(2)})`,
  );
}
native.stdin.end();
rmSync(folder, { recursive: true });
