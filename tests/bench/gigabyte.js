// 1 GB of NDJSON: captured events, repeated with other ids.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import { ALL, repeat } from "./events.js";

const BYTES = 1_000_000_000;

/** @param {string} file */
export async function write(file) {
  await mkdir(dirname(file), { recursive: true });
  const out = createWriteStream(file);
  let written = 0;
  let events = 0;
  for (let copy = 0; written < BYTES; copy++) {
    const text = repeat(ALL, ALL.length, copy);
    written += Buffer.byteLength(text);
    events += ALL.length;
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return { written, events };
}
