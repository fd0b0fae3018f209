// Opens and reads inputs, and explains why one cannot be read.

import { open } from "node:fs/promises";

const PIECE_BYTES = 1024 * 1024;
/** Maximum size in bytes of a file that is read whole. */
const WHOLE_BYTES = 8 * 1024 * 1024;
/** Maximum size in bytes; only NDJSON of events can be longer. */
const DOCUMENT_BYTES = 1024 * 1024 * 1024;

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

/** @type {{ [code: string]: string }} */
const REASONS = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: part of its path is a file",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
  EISDIR: "is a directory: name its files",
  EMFILE: "cannot be read: too many files are open",
  ELOOP: "cannot be read: its symbolic links form a loop",
  ENXIO: "cannot be read: it is a socket, or not connected",
  ENAMETOOLONG: "cannot be read: its name is too long",
};

/**
 * Why something cannot be read.
 * @param {NodeJS.ErrnoException} error
 */
export function readReason({ code = "", message }) {
  return REASONS[code] ?? `cannot be read: ${message}`;
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function fail(error) {
  throw new Unreadable(readReason(/** @type {NodeJS.ErrnoException} */ (error)), { cause: error });
}

/** The first bytes of the file types that are most often mistaken for text. @type {[number[], string][]} */
const SIGNATURES = [
  [[0x1f, 0x8b], "is compressed with gzip: decompress it first (gunzip)"],
  [[0x28, 0xb5, 0x2f, 0xfd], "is compressed with zstd: decompress it first (unzstd)"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz: decompress it first (unxz)"],
  [[0x42, 0x5a, 0x68], "is compressed with bzip2: decompress it first (bunzip2)"],
  [[0x50, 0x4b, 0x03, 0x04], "is a zip archive: extract it first (unzip)"],
  [[0xff, 0xfe], "is UTF-16 text: save it as UTF-8"],
  [[0xfe, 0xff], "is UTF-16 text: save it as UTF-8"],
];

/** Binary data has a NUL byte near its beginning. */
const SNIFFED_BYTES = 8192;

/**
 * Throws if this is not text that could be JSON or YAML.
 * @param {Uint8Array} head the beginning, or all
 */
function rejectNonText(head) {
  if (head.length === 0) throw new Unreadable("is empty");
  for (const [bytes, reason] of SIGNATURES) {
    if (bytes.every((byte, index) => head[index] === byte)) throw new Unreadable(reason);
  }
  const nul = head.subarray(0, SNIFFED_BYTES).indexOf(0);
  if (nul < 0) return;
  // JSON and YAML begin with an ASCII character, which in UTF-16 is one byte and a NUL.
  const utf16 = nul <= 1 && head[1 - nul] !== 0;
  throw new Unreadable(utf16 ? "is UTF-16 text: save it as UTF-8" : "is a binary file, not text");
}

/**
 * All of an input.
 * @param {Input} input
 */
export async function readAll(input) {
  const { head, ended } = await readHead(input);
  return ended ? head : readRest(head, input.pieces);
}

/**
 * All of a small input, or the beginning of a large one.
 * @param {Input} input
 */
export async function readHead({ pieces, size = 0 }) {
  let head = new Uint8Array(Math.min(size, WHOLE_BYTES) + PIECE_BYTES);
  let filled = 0;
  while (filled <= WHOLE_BYTES) {
    const { done, value } = await pieces.next();
    if (done) {
      head = head.subarray(0, filled);
      rejectNonText(head);
      return { head, ended: true };
    }
    if (filled + value.length > head.length) {
      const larger = new Uint8Array(2 * (filled + value.length));
      larger.set(head.subarray(0, filled));
      head = larger;
    }
    head.set(value, filled);
    filled += value.length;
  }
  head = head.subarray(0, filled);
  rejectNonText(head);
  return { head, ended: false };
}

/**
 * @param {Uint8Array} head
 * @param {AsyncGenerator<Uint8Array>} pieces
 */
export async function readRest(head, pieces) {
  const all = [head];
  let size = head.length;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > DOCUMENT_BYTES)
      throw new Unreadable("is larger than 1 GiB and not NDJSON: write one event per line");
    all.push(Buffer.from(piece));
  }
  return Buffer.concat(all);
}
