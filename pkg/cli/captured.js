// Captured events for commands, read part by part.

import { openEvents as open } from "../api/backtest.js";
import { isNdjson } from "../api/validate.js";
import { wholeLines } from "../lines.js";
import { connects } from "../start-live.js";
import { openInput, readHead, readRest, Unreadable } from "./read-input.js";
import { displayName } from "./text.js";

const openEvents = connects(open);

const LINE_BREAK = 10;
/** If these first bytes do not show whether it is NDJSON, all that was read decides. */
const SNIFFED_BYTES = 64 * 1024;

/** @typedef {ReturnType<typeof openEvents>} Captured */

/**
 * Reads files of one history. The caller must close the result.
 * @param {string[]} files
 * @returns {Promise<Captured>}
 */
export async function captureFiles(files) {
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
  try {
    const input = await openInput(file);
    const { head, ended } = await readHead(input);
    if (!ended && (isNdjson(head.subarray(0, SNIFFED_BYTES)) ?? isNdjson(head))) {
      let lines = 0;
      for await (const part of wholeLines(chain(head, input.pieces))) {
        if (!add(captured, part, lines, index)) return false;
        lines += part.reduce((count, byte) => (byte === LINE_BREAK ? count + 1 : count), 0);
      }
      return true;
    }
    return add(captured, ended ? head : await readRest(head, input.pieces), 0, index);
  } catch (error) {
    throw error instanceof Unreadable
      ? new Unreadable(`${displayName(file)} ${error.message}`)
      : error;
  }
}

/**
 * Adds whole lines of NDJSON, or a document; returns whether it could be read.
 * @param {Captured} captured
 * @param {Uint8Array} bytes
 * @param {number} lines how many came before in the same text
 * @param {number} [index] of the text, if there are several
 */
export function add(captured, bytes, lines, index) {
  return captured.use((open) => open.add(bytes, false, lines, index), bytes.length);
}

/**
 * @param {Uint8Array} head
 * @param {AsyncGenerator<Uint8Array>} pieces
 */
async function* chain(head, pieces) {
  yield head;
  yield* pieces;
}
