// The entry for browsers and bundlers: `await init()` once, before anything else.

import { present } from "./instance.js";
import { eventsModule } from "./modules/events.js";
import { schemasModule } from "./modules/schemas.js";

export * from "./api/index.js";

/**
 * @param {import("./index.js").WasmSource | false} [source] the main module, if it is not beside this file; `false` for none
 * @param {import("./index.js").WasmSource | false} [authoring] the module of those who write; `false` for none,
 *   which is also meant if only the main one is given
 * @param {import("./index.js").WasmSource | boolean} [schemas] the module behind the option `schemas`; `true`: it is
 *   beside this file
 */
export async function init(source, authoring = source ? false : undefined, schemas = false) {
  const load = [];
  if (source !== false) {
    const own = new URL("./wasm/prefect_events.wasm", import.meta.url);
    load.push(eventsModule.load(source ?? own));
  }
  const authoringModule = present.get("prefect_events_authoring");
  if (authoringModule && authoring !== false) {
    const own = new URL("./wasm/prefect_events_authoring.wasm", import.meta.url);
    load.push(authoringModule.load(authoring ?? own));
  }
  if (schemas !== false) {
    const own = new URL("./wasm/prefect_events_schemas.wasm", import.meta.url);
    load.push(schemasModule.load(schemas === true ? own : schemas));
  }
  await Promise.all(load);
}
