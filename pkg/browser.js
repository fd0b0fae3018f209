// The entry for browsers and bundlers: `await init()` once, before anything else.

import { load } from "./load.js";
import { schemasModule } from "./modules/schemas.js";

export * from "./api/index.js";

/** Each file is named in a way that bundlers understand. */
const FILES = {
  validate: () => new URL("./wasm/prefect_events_validate.wasm", import.meta.url),
  author: () => new URL("./wasm/prefect_events_author.wasm", import.meta.url),
  schemas: () => new URL("./wasm/prefect_events_schemas.wasm", import.meta.url),
};

/** @param {import("./index.js").InitOptions} [options] */
export const init = (options) => load(FILES, options, schemasModule);
