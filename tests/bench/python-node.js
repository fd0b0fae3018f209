// What `python.py` measures of this package, in Node.js: `python-node.js EVENTS ROUNDS`.

import { readFileSync } from "node:fs";

import { validate } from "../../pkg/node.js";
import { cpu } from "./measure.js";

const WARM_UP = 2;

const [file = "", rounds = ""] = process.argv.slice(2);
const whole = readFileSync(file);
const lines = whole.toString().split("\n");
const texts = lines.map((line) => Buffer.from(line));

/** @type {{ [name: string]: () => unknown }} */
const CONTESTANTS = {
  "validate, each": () => {
    for (const line of lines) validate(line);
  },
  "validate, each as bytes": () => {
    for (const text of texts) validate(text);
  },
  "validate, all at once": () => validate(whole),
};

const entries = Object.entries(CONTESTANTS);
/** @type {{ [name: string]: number[] }} */
const times = Object.fromEntries(entries.map(([name]) => [name, []]));
for (let round = 0; round < WARM_UP + Number(rounds); round += 1)
  for (const [name, action] of entries) {
    const took = cpu(action);
    if (round >= WARM_UP) times[name]?.push(took / lines.length);
  }
console.log(JSON.stringify(times));
