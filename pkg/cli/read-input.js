// Opens and reads inputs, and explains why one cannot be read.

import { open } from "node:fs/promises";

import { commandModule } from "../modules/command.js";

const PIECE_BYTES = 1024 * 1024;

/** Something that cannot be checked; the message is a sentence without its subject: "is a directory". */
export class Unreadable extends Error {}

/**
 * @typedef {object} Input
 * @property {number} [size] in bytes, where it is known
 * @property {import("node:fs").BigIntStats} [stats] of a file, before it is read
 * @property {AsyncGenerator<Uint8Array, void, void>} pieces each is valid until the next one is requested
 */

/**
 * @param {string} file a path, or - for standard input
 * @returns {Promise<Input>}
 */
export async function openInput(file) {
  if (file === "-") return { pieces: standardInput() };
  const handle = await open(file).catch(fail);
  const stats = await handle.stat({ bigint: true });
  if (stats.isDirectory()) {
    await handle.close();
    throw new Unreadable("is a directory: name its files");
  }
  const pieces = fileContents(handle);
  return stats.isFile() ? { size: Number(stats.size), stats, pieces } : { pieces };
}

async function* standardInput() {
  try {
    for await (const piece of process.stdin) yield piece;
  } catch (error) {
    fail(error);
  }
}

/** @param {import("node:fs/promises").FileHandle} handle */
async function* fileContents(handle) {
  // One buffer for all pieces: a Node.js stream would allocate one for each.
  const buffer = new Uint8Array(PIECE_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer).catch(fail);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * Why something cannot be done with a file: a sentence without its subject.
 * @param {import("../wasm/steps.js").FileAction} action
 * @param {NodeJS.ErrnoException} error
 * @returns {string}
 */
export function reasonOf(action, { code = "", message }) {
  return commandModule.call((core) => core.reasonOf(action, code, message));
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function fail(error) {
  throw new Unreadable(reasonOf("read", /** @type {NodeJS.ErrnoException} */ (error)), {
    cause: error,
  });
}

/**
 * All of an input.
 * @param {Input} input
 */
export async function readAll({ pieces }) {
  const all = [];
  for await (const piece of pieces) all.push(Uint8Array.from(piece));
  const bytes = Buffer.concat(all);
  const problem = commandModule.call((core) => core.notText(bytes), bytes.length);
  if (problem !== undefined) throw new Unreadable(problem);
  return bytes;
}
