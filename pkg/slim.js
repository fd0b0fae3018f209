// The entry for those who bring the modules themselves, as bytes or compiled: workers, Deno, pages with strict rules.
// It names no file, and starts at once where that is asked for.

import { present } from "./instance.js";
import { eventsModule } from "./modules/events.js";
import { schemasModule } from "./modules/schemas.js";

export * from "./api/index.js";

/** @typedef {import("./index.js").WasmSource} WasmSource */
/** @typedef {import("./index.slim.js").WasmCode} WasmCode */

/**
 * @param {WasmSource} source
 * @param {WasmSource | false} [authoring]
 * @param {WasmSource | false} [schemas]
 */
export async function init(source, authoring, schemas) {
  const load = given(source, authoring, schemas).map(([module, code]) => module.load(code));
  await Promise.all(load);
}

/**
 * @param {WasmCode} source
 * @param {WasmCode | false} [authoring]
 * @param {WasmCode | false} [schemas]
 */
export function initSync(source, authoring, schemas) {
  for (const [module, code] of given(source, authoring, schemas)) module.start(code);
}

/**
 * The modules with what they are started from.
 * @template C
 * @param {C} source
 * @param {C | false} [authoring]
 * @param {C | false} [schemas]
 * @returns {[import("./instance.js").Instance<any>, C][]}
 */
function given(source, authoring = false, schemas = false) {
  /** @type {[import("./instance.js").Instance<any>, C][]} */
  const modules = [];
  for (const [name, module, code] of /** @type {const} */ ([
    ["prefect_events", eventsModule, source || undefined],
    ["prefect_events_authoring", present.get("prefect_events_authoring"), authoring],
    ["prefect_events_schemas", schemasModule, schemas],
  ])) {
    if (code === false) continue;
    if (code === undefined || code === true)
      throw new TypeError(
        `prefect-events/slim finds no file by itself: give \`${name}.wasm\`, its bytes or the compiled module`,
      );
    if (module) modules.push([module, code]);
  }
  return modules;
}
