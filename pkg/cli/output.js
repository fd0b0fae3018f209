// Writes results to standard output, messages to standard error.

import { fstatSync, writeSync } from "node:fs";

import { printable } from "./escape.js";
import { reasonOf } from "./read-input.js";

/** Exit status for misuse, and for files that cannot be read or written. */
export const MISUSE = 2;

/** @typedef {{ write: (text: string | Uint8Array) => unknown, readonly isTTY?: boolean, readonly columns?: number }} Out */
/** @typedef {Out & { flush: () => Promise<void> }} Flushable */

/** @type {Flushable} */
export const stdout = output(process.stdout);
/** @type {Flushable} */
export const stderr = output(process.stderr);

/**
 * Reports why something cannot be done.
 * @param {string} message a sentence, with or without the name of the program
 * @returns {number} the exit status
 */
export function printError(message) {
  stderr.write(`prefect-events: ${printable(message.replace(/^prefect-events: /, ""))}\n`);
  return MISUSE;
}

/**
 * Ends the program with a message if standard output cannot be written.
 */
export function endWhenOutputFails() {
  process.stdout.on("error", outputFailed);
  // The message has nowhere to go.
  process.stderr.on("error", () => process.exit(MISUSE));
}

/**
 * @param {NodeJS.WriteStream & { fd: number }} stream
 * @returns {Flushable}
 */
function output(stream) {
  return {
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    write(text) {
      if (isFile(stream.fd)) writeAll(stream.fd, text);
      else stream.write(text);
    },
    // After an error the program ends instead.
    flush: () =>
      new Promise((resolve) => stream.write("", (error) => (error ? undefined : resolve()))),
  };
}

/** @param {number} fd */
function isFile(fd) {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/**
 * Node.js streams write once, and drop what did not fit on a nearly full disk.
 * @param {number} fd
 * @param {string | Uint8Array} text
 */
function writeAll(fd, text) {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } catch (error) {
    if (fd !== process.stdout.fd) process.exit(MISUSE);
    outputFailed(/** @type {NodeJS.ErrnoException} */ (error));
  }
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {never}
 */
function outputFailed(error) {
  try {
    // Directly: the program ends here.
    writeSync(process.stderr.fd, `prefect-events: standard output ${reasonOf("write", error)}\n`);
  } catch {
    // Only the exit status can be reported.
  }
  process.exit(MISUSE);
}
