// The input of the benchmarks: real events, repeated.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const file = new URL("../cases/events.ndjson.gz", import.meta.url);
const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");

/** The families that schemas.js describes. */
const FAMILIES = /^prefect\.(task-run\.[^.]+|flow-run\.[^.]+)$/;

/** All events, once. */
export const ALL = lines;

/** Those of the compared families, once. */
export const COMPARED = lines.filter((line) => FAMILIES.test(JSON.parse(line).event));

const UUID = /\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/g;

/**
 * NDJSON of copies of these events, each with new ids: otherwise every event would be a duplicate.
 * @param {string[]} events
 * @param {number} count how many events
 * @param {number} [copy] the number of the first copy
 */
export function repeat(events, count, copy = 0) {
  const copies = [];
  for (let left = count; left > 0; left -= events.length, copy++) {
    const renamed = (/** @type {string} */ start) =>
      ((Number.parseInt(start, 16) ^ copy) >>> 0).toString(16).padStart(8, "0");
    copies.push(events.slice(0, left).join("\n").replace(UUID, renamed));
  }
  return `${copies.join("\n")}\n`;
}
