// The option `--schemas`: a folder of JSON Schemas.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { schemasModule } from "../modules/schemas.js";
import { openInput, reason, Unreadable } from "./read.js";
import { readAll } from "./report.js";

const ENDING = ".json";

/**
 * The schemas in the files `*.json` of a folder, each under the file's name without its ending.
 * @param {string} folder
 * @returns {Promise<NonNullable<import("../index.js").ValidateOptions["schemas"]>>}
 * @throws {TypeError} with a sentence that names the file, and the place in it
 */
export async function schemasIn(folder) {
  const names = await readdir(folder).catch((error) => {
    throw misuse(folder, error.code === "ENOTDIR" ? "is not a directory" : reason(error));
  });
  const own = names.filter((name) => name.endsWith(ENDING)).sort();
  if (own.length === 0) throw misuse(folder, `has no schema: no file in it ends in ${ENDING}`);
  const files = await Promise.all(
    own.map(async (name) => {
      const file = join(folder, name);
      return { file, key: name.slice(0, -ENDING.length), text: await text(file) };
    }),
  );
  return schemasModule.call((core) => JSON.parse(core.readSchemas(files)));
}

/** @param {string} file */
async function text(file) {
  try {
    const bytes = await readAll(await openInput(file));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Unreadable) throw misuse(file, error.message);
    throw misuse(file, "is not UTF-8 text");
  }
}

/**
 * @param {string} subject
 * @param {string} problem
 */
function misuse(subject, problem) {
  return new TypeError(`${subject} ${problem}`);
}
