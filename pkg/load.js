// Loads the modules of an entry for browsers.

import { present } from "./instance.js";
import { source, sources } from "./options.js";

/** @typedef {import("./options.js").ModuleName} ModuleName */

/**
 * @param {{ [N in ModuleName]?: () => URL }} files of the entry's modules
 * @param {object | undefined} options the source of each, by its name
 * @param {import("./instance.js").Instance<any>} [schemas] the module for schemas. Only `init` refers to it, so that a
 * bundle without `init` does not contain it
 */
export async function load(files, options, schemas) {
  const names = /** @type {ModuleName[]} */ (Object.keys(files));
  const given = sources(options, "init", names);
  // Check all sources before loading the first.
  const starts = names.flatMap((name) => {
    const { [name]: from = name !== "schemas" } = given;
    if (from === false) return [];
    const address = from === true ? files[name]?.() : source(from, name, "init");
    const module = name === "schemas" ? schemas : present.get(name);
    return module && address ? [() => module.load(address)] : [];
  });
  await Promise.all(starts.map((start) => start()));
}
