// Where the fuzzer begins: one real event of each name, and short NDJSON of them.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const events = gunzipSync(readFileSync(new URL("../cases/events.ndjson.gz", import.meta.url)));
/** @type {Map<string, string>} */
const byName = new Map();
for (const line of events.toString().trimEnd().split("\n")) byName.set(JSON.parse(line).event, line);
const lines = [...byName.values()];

/**
 * @param {string} target
 * @param {string[]} texts
 */
function write(target, texts) {
  const folder = new URL(`corpus/${target}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [index, text] of texts.entries()) writeFileSync(new URL(`seed-${index}`, folder), text);
}

write("validate", [...lines, `[${lines.slice(0, 3)}]`, `{"events":[${lines[0]}],"total":1}`, `{"type":"event","event":${lines[0]}}`]);
// The first byte says how many lines make a chunk.
write("chunks", lines.map((line, index) => `${String.fromCharCode(1 + (index % 3))}${line}\n${lines.at(-index)}\n{}\n`));
