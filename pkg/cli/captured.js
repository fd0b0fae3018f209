// Captured events for commands, read part by part: from files, or from a server.

import { openEvents as open } from "../api/backtest.js";
import { PrefectEventsError } from "../error.js";
import { wholeLines } from "../lines.js";
import { connects } from "../start-live.js";
import { serverOf } from "./connection.js";
import { named, openEventFile } from "./event-file.js";
import { printError } from "./output.js";
import { pullProgress } from "./progress-bar.js";
import { openInput, readAll, Unreadable } from "./read-input.js";

const openEvents = connects(open);

const LINE_BREAK = 10;

/** @typedef {ReturnType<typeof openEvents>} Captured */
/** @typedef {import("../entries/live.js").PrefectServer} PrefectServer */

/**
 * @typedef {object} Source where events come from
 * @property {string[]} [events] files; without them, the server
 * @property {string} [since] with the server
 * @property {string} [until] with the server
 * @property {string} [profile] of the server
 */

/**
 * Runs a command on captured events, and reports errors.
 * @param {Source} source
 * @param {(captured: Captured, server: PrefectServer | undefined) => number | Promise<number>} action
 * @returns {Promise<number>} the exit status
 */
export async function withCaptured(source, action) {
  /** @type {Captured | undefined} */
  let captured;
  try {
    const server = source.events === undefined ? serverOf(source) : undefined;
    captured = server ? await pull(server, source) : await captureFiles(source.events ?? []);
    return await action(captured, server);
  } catch (error) {
    if (
      error instanceof Unreadable ||
      error instanceof TypeError ||
      error instanceof PrefectEventsError
    )
      return printError(error.message);
    throw error;
  } finally {
    captured?.close();
  }
}

/**
 * Whether the options of the server are given beside files.
 * @param {Source} source
 */
export function isMixed({ events, since, until, profile }) {
  return events !== undefined && [since, until, profile].some((one) => one !== undefined);
}

/**
 * @param {PrefectServer} server
 * @param {Source} source
 */
async function pull(server, { since, until }) {
  const bar = pullProgress();
  const captured = openEvents();
  const filter = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  const encoder = new TextEncoder();
  try {
    const batches = server.eventBatches(filter, {
      onProgress: (progress) => bar.update(progress),
      onWait: ({ milliseconds, reason }) => bar.wait(milliseconds, reason),
    });
    for await (const { lines } of batches) add(captured, encoder.encode(lines), 0);
    return captured;
  } catch (error) {
    captured.close();
    throw error;
  } finally {
    bar.stop();
  }
}

/**
 * Reads files of one history. The caller must close the result.
 * @param {string[]} files
 * @returns {Promise<Captured>}
 */
async function captureFiles(files) {
  const captured = openEvents();
  try {
    for (const [index, file] of files.entries())
      if (!(await addFile(captured, file, files.length > 1 ? index : undefined))) break;
    return captured;
  } catch (error) {
    captured.close();
    throw error;
  }
}

/**
 * Adds the events of a file: a large one of NDJSON in parts, so that its text is never in memory as a whole.
 * @param {Captured} captured
 * @param {string} file
 * @param {number | undefined} index of the file, if there are several
 */
async function addFile(captured, file, index) {
  const input = await openEventFile(file);
  if (input instanceof Uint8Array) return add(captured, input, 0, index);
  let lines = 0;
  for await (const part of wholeLines(input)) {
    if (!add(captured, part, lines, index)) return false;
    lines += part.reduce((count, byte) => (byte === LINE_BREAK ? count + 1 : count), 0);
  }
  return true;
}

/**
 * Adds whole lines of NDJSON, or a document; returns whether it could be read.
 * @param {Captured} captured
 * @param {Uint8Array} bytes
 * @param {number} lines how many came before in the same text
 * @param {number} [index] of the text, if there are several
 */
function add(captured, bytes, lines, index) {
  return captured.use((open) => open.add(bytes, false, lines, index), bytes.length);
}

/** @param {string} file */
export async function readDocument(file) {
  try {
    return await readAll(await openInput(file));
  } catch (error) {
    throw named(file, error);
  }
}
