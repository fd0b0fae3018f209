// A module of the package whose memory cannot grow beyond a limit, so that a real trap happens soon.

import { readFileSync } from "node:fs";

const MEMORY_SECTION = 5;
const PAGE_BYTES = 64 * 1024;

/**
 * @param {"validate" | "author" | "schemas" | "live"} name
 * @param {number} megabytes
 */
export function limited(name, megabytes) {
  const file = new URL(`../../../pkg/wasm/prefect_events_${name}.wasm`, import.meta.url);
  const bytes = [...readFileSync(file)];
  // Behind the magic number and the version: sections of an id, a length and as many bytes.
  for (let at = 8; ; ) {
    const id = bytes[at];
    const { value: length, next } = number(bytes, at + 1);
    if (id === MEMORY_SECTION) {
      // One memory without a maximum, then its initial pages.
      const pages = bytes.slice(next + 2, next + length);
      const maximum = encoded((megabytes * 1024 * 1024) / PAGE_BYTES);
      const body = [1, 1, ...pages, ...maximum];
      bytes.splice(at, next + length - at, MEMORY_SECTION, ...encoded(body.length), ...body);
      return new WebAssembly.Module(new Uint8Array(bytes));
    }
    at = next + length;
  }
}

/**
 * A number in LEB128.
 * @param {number[]} bytes
 * @param {number} at
 */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0, next = at; ; shift += 7) {
    const byte = bytes[next++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next };
  }
}

/** @param {number} value @returns {number[]} */
function encoded(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encoded(value >> 7)];
}
