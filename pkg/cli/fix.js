// `--fix`: makes every fix that is certain, and writes a file back only if it changed.

import { chmod, chown, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { fixOnce } from "../api/fixes.js";
import { Unreadable } from "./read.js";

/** A fix can reveal another; none of ours needs more rounds than a few. */
const MOST_ROUNDS = 20;
const PER_ROUND = 1_000_000;

/**
 * @param {Uint8Array} bytes
 * @param {import("./report.js").Content} content
 * @param {import("./report.js").ReportOptions} options
 * @returns {{ bytes: Uint8Array, fixed: number }}
 */
export function fixAll(bytes, content, options) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // What is not UTF-8 cannot be written back unchanged: it is only reported.
    return { bytes, fixed: 0 };
  }
  let fixed = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { diagnostics } = content.report(text, { ...options, maxDiagnostics: PER_ROUND });
    const next = fixOnce(text, diagnostics);
    if (next.text === text) break;
    fixed += next.fixes;
    text = next.text;
  }
  return { bytes: fixed > 0 ? Buffer.from(text) : bytes, fixed };
}

/**
 * Replaces the contents of a file: whole or not at all, with the same mode and owner.
 * @param {string} file
 * @param {Uint8Array} bytes
 */
export async function writeBack(file, bytes) {
  // A symbolic link stays one.
  const target = await realpath(file);
  const { mode, uid, gid } = await stat(target);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, bytes, { flag: "wx", flush: true });
    await chown(temporary, uid, gid).catch(() => {});
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    const { message } = /** @type {Error} */ (error);
    throw new Unreadable(`cannot be written: ${message}`, { cause: error });
  }
}
