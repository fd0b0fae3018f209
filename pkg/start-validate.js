// For Node.js: the modules that validate events are ready when imported.

import { readFileSync } from "node:fs";

import { schemasModule } from "./modules/schemas.js";
import { validateModule } from "./modules/validate.js";

/**
 * Registers the files, for the first call. The package declares that its files have no side effects, so a bundler would drop
 * a bare statement; therefore the exports depend on this function. Bundlers recognise the files in this form.
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
