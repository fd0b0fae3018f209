// The option `--schemas`: a folder of JSON Schemas.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { schemasModule } from "../modules/schemas.js";
import { openInput, readAll, readReason, Unreadable } from "./read-input.js";

const ENDING = ".json";

/**
 * The schemas in the files `*.json` of a folder, each under the file's name without its extension.
 * @param {string} folder
 * @returns {Promise<NonNullable<import("../index.js").ValidateOptions["schemas"]>>}
 * @throws {TypeError} that names the file and the location in it
 */
export async function readSchemaFolder(folder) {
  const names = await readdir(folder).catch((error) => {
    throw problemWith(folder, error.code === "ENOTDIR" ? "is not a directory" : readReason(error));
  });
  const own = names.filter((name) => name.endsWith(ENDING)).sort();
  if (own.length === 0) throw problemWith(folder, `contains no schema: no file ends in ${ENDING}`);
  const files = await Promise.all(
    own.map(async (name) => {
      const file = join(folder, name);
      return { file, key: name.slice(0, -ENDING.length), text: await schemaText(file) };
    }),
  );
  return schemasModule.call((core) => JSON.parse(core.readSchemas(files)));
}

/** @param {string} file */
async function schemaText(file) {
  try {
    const bytes = await readAll(await openInput(file));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Unreadable) throw problemWith(file, error.message);
    throw problemWith(file, "is not UTF-8 text");
  }
}

/**
 * @param {string} subject
 * @param {string} problem
 */
function problemWith(subject, problem) {
  return new TypeError(`${subject} ${problem}`);
}
