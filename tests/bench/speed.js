// CPU time from NDJSON text to verdict: this package, JSON.parse with Ajv, and JSON.parse alone.
// All run in turns in one process, so that disturbances affect all of them.

import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

import { validate } from "../../pkg/node.js";
import { COMPARED, repeat } from "./events.js";
import { cpu, quantile } from "./measure.js";
import { flowRun, heartbeat, taskRun } from "./schemas.js";

const EVENTS = 5000;
const ROUNDS = 21;
const WARM_UP = 4;

/** @param {boolean} allErrors */
function compile(allErrors) {
  const ajv = new Ajv.default({ allErrors, strict: false });
  // The faster of Ajv's two modes for formats.
  addFormats.default(ajv, { mode: "fast" });
  const [forTaskRun, forFlowRun, forHeartbeat] = [taskRun, flowRun, heartbeat].map((schema) =>
    ajv.compile(schema),
  );
  return (/** @type {{ event: string }} */ event) => {
    if (event.event.startsWith("prefect.task-run.")) return forTaskRun;
    return event.event === "prefect.flow-run.heartbeat" ? forHeartbeat : forFlowRun;
  };
}

/** @param {ReturnType<typeof compile>} schemaFor */
const withAjv = (schemaFor) => (/** @type {string} */ text) => {
  let errors = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const event = JSON.parse(line);
    const check = schemaFor(event);
    if (!check?.(event)) errors += check?.errors?.length ?? 1;
  }
  return errors;
};

/** @param {string} text */
function parseOnly(text) {
  for (const line of text.split("\n")) if (line !== "") JSON.parse(line);
  return 0;
}

const first = withAjv(compile(false));
const every = withAjv(compile(true));
const text = repeat(COMPARED, EVENTS);
const bytes = Buffer.from(text);

const CONTESTANTS = {
  "prefect-events, text": () => validate(text).errors,
  "prefect-events, bytes": () => validate(bytes).errors,
  "JSON.parse + Ajv, text": () => first(text),
  "JSON.parse + Ajv, bytes": () => first(bytes.toString()),
  "JSON.parse + Ajv with all errors, text": () => every(text),
  "JSON.parse alone, text": () => parseOnly(text),
};

function compare() {
  const entries = Object.entries(CONTESTANTS);
  /** @type {{ [name: string]: number[] }} */
  const times = Object.fromEntries(entries.map(([name]) => [name, []]));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    // Each of them is first in turn.
    const shift = round % entries.length;
    for (const [name, action] of [...entries.slice(shift), ...entries.slice(0, shift)]) {
      const time = cpu(() => {
        const errors = action();
        if (errors !== 0) throw new Error(`${name} finds ${errors} errors in events without any`);
      });
      if (round >= WARM_UP) times[name]?.push(time);
    }
  }
  const base = times["JSON.parse + Ajv, text"] ?? [];
  const kilobytes = bytes.length / EVENTS / 1000;
  console.log(
    `${EVENTS} events of ${kilobytes.toFixed(1)} KB, ${ROUNDS} rounds, Node.js ${process.versions.node}`,
  );
  console.log(
    "CPU time per event, and its ratio to JSON.parse + Ajv on text: median [quartiles]\n",
  );
  for (const [name, list] of Object.entries(times)) {
    const ratios = list.map((time, round) => time / Number(base[round]));
    const low = quantile(ratios, 0.25);
    const high = quantile(ratios, 0.75);
    const noise = list !== base && low <= 1 && high >= 1 ? "  the difference is noise" : "";
    const ratio = `${quantile(ratios, 0.5).toFixed(2)} [${low.toFixed(2)} to ${high.toFixed(2)}]`;
    const [each, best] = [0.5, 0].map((share) =>
      (quantile(list, share) / EVENTS).toFixed(1).padStart(6),
    );
    console.log(`${name.padEnd(40)} ${each} ${best} us   ${ratio}${noise}`);
  }
}

function growth() {
  console.log("\nCPU time per event as the input grows");
  for (const count of [1_000, 10_000, 100_000]) {
    const input = Buffer.from(repeat(COMPARED, count));
    const rounds = Array.from({ length: count > 50_000 ? 3 : 7 }, () => cpu(() => validate(input)));
    console.log(
      `${String(count).padStart(7)} events ${(quantile(rounds, 0.5) / count).toFixed(2).padStart(6)} us`,
    );
  }
}

compare();
growth();
