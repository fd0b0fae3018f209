// For Node.js: the modules that validate events are ready when imported.

import { readFileSync } from "node:fs";

import { schemasModule } from "./modules/schemas.js";
import { validateModule } from "./modules/validate.js";

/**
 * Names the files, for the first call. As the package declares that its files do nothing by themselves, a bundler would
 * leave out a mere statement: so what is exported depends on it. And each file is named in a way that bundlers understand.
 * @template F
 * @param {F} usable
 * @returns {F}
 */
export function validates(usable) {
  validateModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_validate.wasm", import.meta.url)),
  );
  schemasModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_schemas.wasm", import.meta.url)),
  );
  return usable;
}
