// A file with events: read at once if it is one document, in pieces if it is NDJSON.

import { isNdjson } from "../api/validate.js";
import { openInput, readHead, readRest, Unreadable } from "./read-input.js";
import { displayName } from "./text.js";

/** If these first bytes do not show whether it is NDJSON, all that was read decides. */
const SNIFFED_BYTES = 64 * 1024;

/**
 * The whole file, or its pieces, so that the text of a large one of NDJSON is never in memory as a whole.
 * @param {string} file
 * @returns {Promise<Uint8Array | AsyncGenerator<Uint8Array>>}
 * @throws {Unreadable} also while the pieces are read
 */
export async function openEventFile(file) {
  try {
    const input = await openInput(file);
    const { head, ended } = await readHead(input);
    if (ended) return head;
    return (isNdjson(head.subarray(0, SNIFFED_BYTES)) ?? isNdjson(head))
      ? pieces(file, head, input.pieces)
      : await readRest(head, input.pieces);
  } catch (error) {
    throw named(file, error);
  }
}

/**
 * @param {string} file
 * @param {Uint8Array} head
 * @param {AsyncGenerator<Uint8Array>} rest
 */
async function* pieces(file, head, rest) {
  yield head;
  try {
    yield* rest;
  } catch (error) {
    throw named(file, error);
  }
}

/** The error with the name of its file. @param {string} file @param {unknown} error */
export function named(file, error) {
  return error instanceof Unreadable
    ? new Unreadable(`${displayName(file)} ${error.message}`)
    : error;
}
