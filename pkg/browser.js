// The entry for browsers and bundlers: call `await init()` once, before anything else.

import { load } from "./load.js";
import { schemasModule } from "./modules/schemas.js";

export * from "./api/index.js";

/** Bundlers recognise the files in this form. */
const FILES = {
  validate: () => new URL("./wasm/prefect_events_validate.wasm", import.meta.url),
  author: () => new URL("./wasm/prefect_events_author.wasm", import.meta.url),
  schemas: () => new URL("./wasm/prefect_events_schemas.wasm", import.meta.url),
};

/** @param {import("./index.js").InitOptions} [options] */
export const init = (options) => load(FILES, options, schemasModule);
