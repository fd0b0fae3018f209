// The entry for browsers and bundlers: `await init()` once, before anything else.

import { present } from "./instance.js";
import { schemasModule } from "./modules/schemas.js";
import { NAMES, source, sources } from "./options.js";

export * from "./api/index.js";

/** Each file is named in a way that bundlers understand. */
const FILES = {
  validate: () => new URL("./wasm/prefect_events_validate.wasm", import.meta.url),
  author: () => new URL("./wasm/prefect_events_author.wasm", import.meta.url),
  schemas: () => new URL("./wasm/prefect_events_schemas.wasm", import.meta.url),
};

/** @param {import("./index.js").InitOptions} [options] */
export async function init(options) {
  const given = sources(options, "init");
  // All are looked at before the first is loaded.
  const load = NAMES.flatMap((name) => {
    const { [name]: from = name !== "schemas" } = given;
    if (from === false) return [];
    const address = from === true ? FILES[name]() : source(from, name, "init");
    // Nothing else names the one for schemas: whoever does not import `init` does not get it.
    const module = name === "schemas" ? schemasModule : present.get(name);
    return module ? [() => module.load(address)] : [];
  });
  await Promise.all(load.map((start) => start()));
}
