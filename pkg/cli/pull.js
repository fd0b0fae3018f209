// The command `pull`: events of a live server, one per line.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";

import { PrefectEventsError } from "../error.js";
import { commandModule } from "../modules/command.js";
import { serverOf } from "./connection.js";
import { MISUSE, printError, stderr, stdout } from "./output.js";
import { pullProgress } from "./progress-bar.js";
import { openInput, readAll, reasonOf, Unreadable } from "./read-input.js";
import { displayName } from "./text.js";

/** As shells report a program that Ctrl-C ended. */
const INTERRUPTED = 130;
/** So much of an earlier capture decides what is new. */
const TAIL_BYTES = 16 * 1024 * 1024;

/**
 * @typedef {object} Options
 * @property {string} [since]
 * @property {string} [until]
 * @property {string} [for] a file with automations
 * @property {string[]} [run]
 * @property {string} [profile]
 * @property {string} [resume] an earlier capture
 * @property {boolean} [stream] follow new events
 */

/**
 * @param {Options} options
 * @returns {Promise<number>} the exit status
 */
export async function pullCommand(options) {
  const { since, until, run, resume, stream = false } = options;
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new Interrupted());
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  /** @type {Capture | undefined} */
  let capture;
  const bar = pullProgress();
  try {
    const automation = options.for === undefined ? undefined : await documentOf(options.for);
    const server = serverOf(options);
    capture = resume === undefined ? undefined : new Capture(resume);
    const filter = {
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...(run !== undefined && { runs: run }),
      ...(automation !== undefined && { automation }),
      ...(capture !== undefined && { resume: capture.tail() }),
    };
    /** @type {import("../entries/live.js").PullProgress | undefined} */
    let last;
    const batches = server[stream ? "streamBatches" : "eventBatches"](filter, {
      signal: interrupt.signal,
      onProgress(progress) {
        last = progress;
        if (!stream) bar.update(progress);
      },
      onWait: ({ milliseconds, reason }) => bar.wait(milliseconds, reason),
    });
    try {
      for await (const { lines } of batches) await write(lines, capture);
      capture?.cut();
    } catch (error) {
      bar.stop();
      if (last && !(error instanceof TypeError)) {
        const progress = last;
        const text = commandModule.call((core) =>
          core.pullInterrupted(progress, resume !== undefined),
        );
        stderr.write(`${text}\n`);
      }
      throw error;
    }
    bar.stop();
    const end = last;
    if (end) stderr.write(`${commandModule.call((core) => core.pullSummary(end))}\n`);
    return 0;
  } catch (error) {
    bar.stop();
    // A stream has no other end.
    if (error instanceof Interrupted) return stream ? 0 : INTERRUPTED;
    if (
      error instanceof PrefectEventsError ||
      error instanceof TypeError ||
      error instanceof Unreadable
    )
      return printError(error.message);
    throw error;
  } finally {
    capture?.close();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

class Interrupted extends Error {}

/** @param {string} file */
async function documentOf(file) {
  try {
    return new TextDecoder().decode(await readAll(await openInput(file)));
  } catch (error) {
    if (error instanceof Unreadable) throw new Unreadable(`${displayName(file)} ${error.message}`);
    throw error;
  }
}

/**
 * Waits until the output accepts more, so that a slow reader does not fill the memory.
 * @param {string} lines
 * @param {Capture | undefined} capture
 */
async function write(lines, capture) {
  if (capture) capture.append(lines);
  else {
    stdout.write(lines);
    await stdout.flush();
  }
}

/** An earlier capture, to which events are appended. */
class Capture {
  #file;
  #name;
  /** Where a line begins that was not written completely, and the size with it. @type {{ at: number, size: number } | undefined} */
  #incomplete;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    try {
      this.#file = openSync(name, "a+");
    } catch (error) {
      throw new Unreadable(
        `${name} ${reasonOf("read", /** @type {NodeJS.ErrnoException} */ (error))}`,
      );
    }
  }

  /** Its end, without a line that was not written completely. */
  tail() {
    const { size } = fstatSync(this.#file);
    const begin = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - begin);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.#file, bytes, at, bytes.length - at, begin + at);
      if (read === 0) break;
      at += read;
    }
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) {
      // Without any complete line it may be another file.
      if (end === 0)
        throw new Unreadable(`${this.#name} is not a capture: it must have one event per line`);
      this.#incomplete = { at: begin + end, size };
    }
    const first = begin === 0 ? 0 : bytes.indexOf(0x0a) + 1;
    return bytes.subarray(first, end).toString();
  }

  /** Removes the incomplete line. Until the core has read the rest, it may be another file, of which nothing is removed. */
  cut() {
    if (!this.#incomplete) return;
    const { at, size } = this.#incomplete;
    this.#incomplete = undefined;
    if (fstatSync(this.#file).size !== size)
      throw new Unreadable(`${this.#name} changed meanwhile: nothing was added to it`);
    ftruncateSync(this.#file, at);
  }

  /** @param {string} lines */
  append(lines) {
    this.cut();
    const bytes = Buffer.from(lines);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      printError(
        `${this.#name} ${reasonOf("write", /** @type {NodeJS.ErrnoException} */ (error))}`,
      );
      process.exit(MISUSE);
    }
  }

  close() {
    closeSync(this.#file);
  }
}
