// Writes files that were read, for `--fix` and `--update`: completely or not at all.

import { randomUUID } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { reasonOf, Unreadable } from "./read-input.js";

/** A file that is not changed; the message is a sentence without its subject. */
export class FixRefused extends Unreadable {}

/** @typedef {import("node:fs").BigIntStats} Stats */
/** @typedef {{ bytes: Uint8Array, stats: Stats | undefined, option: string }} Original what was read, of which file, and for which option */

/** @param {Original} original */
const done = ({ option }) => (option === "--fix" ? "fixed" : "updated");
/** @param {Original} original */
const changed = (original) => `changed during the check: not ${done(original)}`;

/**
 * Rejects anything except regular files without opening it: opening a named pipe already disturbs its writer.
 * @param {string} file
 * @param {string} option that writes it
 */
export async function rejectSpecialFile(file, option) {
  const stats = await stat(file).catch((error) => {
    throw new Unreadable(reasonOf("read", error), { cause: error });
  });
  if (stats.isFile() || stats.isDirectory()) return;
  let kind = "device";
  if (stats.isFIFO()) kind = "named pipe";
  else if (stats.isSocket()) kind = "socket";
  const instead = option === "--fix" ? " (use - for standard input)" : "";
  throw new FixRefused(`is a ${kind}: ${option} changes only files${instead}`);
}

/**
 * Replaces the contents of a file completely or not at all, unless the file changed after it was read.
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {Original} original
 */
export async function writeBack(file, bytes, original) {
  const release = deferSignals();
  try {
    // Synchronous, so that no other code and no signal handler runs in between.
    writeNow(file, bytes, original);
  } catch (error) {
    if (error instanceof FixRefused) throw error;
    const failure = /** @type {NodeJS.ErrnoException} */ (error);
    throw new FixRefused(
      failure.code === "ENOENT" ? changed(original) : reasonOf("write", failure),
      { cause: error },
    );
  } finally {
    await release();
  }
}

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Holds back signals that end the program until there is no temporary file.
 * @returns {() => Promise<void>}
 */
function deferSignals() {
  /** @type {NodeJS.Signals | undefined} */
  let held;
  const hold = (/** @type {NodeJS.Signals} */ signal) => {
    held ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, hold);
  return async () => {
    // Node.js checks for signals between the two.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    for (const signal of SIGNALS) process.off(signal, hold);
    if (held) process.kill(process.pid, held);
  };
}

/** Errors after which the file itself can be written, but not replaced. */
const NO_REPLACEMENT = ["EACCES", "EPERM", "EBUSY", "EXDEV", "ENAMETOOLONG"];

/**
 * @param {string} file
 * @param {Uint8Array} bytes
 * @param {Original} original
 */
function writeNow(file, bytes, original) {
  // Keep symbolic links: write their target.
  const target = realpathSync(file);
  const stats = statSync(target, { bigint: true });
  // The superuser can write every file, but must not overwrite a read-only one.
  if ((stats.mode & 0o222n) === 0n) throw new FixRefused(`is read-only: not ${done(original)}`);
  accessSync(target, constants.W_OK);
  if (stats.nlink > 1n) return overwrite(target, bytes, original);
  try {
    replace(target, stats, bytes, original);
  } catch (error) {
    const { code = "" } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!NO_REPLACEMENT.includes(code)) throw error;
    overwrite(target, bytes, original);
  }
}

/**
 * Replaces the file by a new one, which readers see completely or not at all.
 * @param {string} target
 * @param {Stats} stats
 * @param {Uint8Array} bytes
 * @param {Original} original
 */
function replace(target, { mode, uid, gid }, bytes, original) {
  // Not derived from the file's name, which can already have the maximum length.
  const temporary = join(dirname(target), `.prefect-events-${randomUUID()}.tmp`);
  const file = openSync(temporary, "wx", Number(mode & 0o600n));
  try {
    try {
      const own = fstatSync(file, { bigint: true });
      if (own.uid !== uid || own.gid !== gid) fchownSync(file, Number(uid), Number(gid));
      fchmodSync(file, Number(mode & 0o7777n));
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    rejectChanged(target, original);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes the file in place: its other names, owner and location do not change.
 * @param {string} target
 * @param {Uint8Array} bytes
 * @param {Original} original
 */
function overwrite(target, bytes, original) {
  const file = openSync(target, "r+");
  try {
    rejectChanged(target, original, file);
    try {
      write(file, bytes);
    } catch (error) {
      write(file, original.bytes);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * @param {number} file
 * @param {Uint8Array} bytes
 */
function write(file, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  ftruncateSync(file, bytes.length);
  fsyncSync(file);
}

/**
 * @param {string} target
 * @param {Original} original
 * @param {number} [file] where it is open
 */
function rejectChanged(target, original, file) {
  const { bytes, stats } = original;
  const now = statSync(target, { bigint: true });
  const same =
    stats !== undefined &&
    isSame(now, stats) &&
    Buffer.compare(readFileSync(file ?? target), bytes) === 0;
  // Comparing takes long enough for someone to save the file. No program can set `ctime`.
  const then = same ? statSync(target, { bigint: true }) : now;
  if (!same || !isSame(then, now) || then.ctimeNs !== now.ctimeNs)
    throw new FixRefused(changed(original));
}

/** @param {Stats} one @param {Stats} other */
function isSame(one, other) {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs
  );
}
