// The entry for programs that provide the modules themselves, as bytes or compiled: workers, Deno, pages with strict policies.
// It refers to no file, and can start synchronously.

import { present } from "./instance.js";
import { schemasModule } from "./modules/schemas.js";
import { fileOf, NAMES, source, sources } from "./options.js";

export * from "./api/index.js";

/** @param {import("./index.slim.js").SlimOptions<import("./index.js").WasmSource>} options */
export async function init(options) {
  await Promise.all(given(options, "init").map(([module, from]) => module.load(from)));
}

/** @param {import("./index.slim.js").SlimOptions<import("./index.js").WasmCode>} options */
export function initSync(options) {
  for (const [module, code] of given(options, "initSync"))
    module.start(/** @type {WebAssembly.Module} */ (code));
}

/**
 * The modules with their sources.
 * @param {object} options
 * @param {string} callee
 */
function given(options, callee) {
  const all = sources(options, callee);
  const found = NAMES.flatMap((name) => {
    const { [name]: from = false } = all;
    if (from === false) return [];
    if (from === true) throw new TypeError(noFile(name));
    const module = name === "schemas" ? schemasModule : present.get(name);
    /** @type {[import("./instance.js").Instance<any>, string | object][]} */
    const one = module ? [[module, source(from, name, callee)]] : [];
    return one;
  });
  if (NAMES.every((name) => (all[name] ?? false) === false))
    throw new TypeError(noFile("validate"));
  return found;
}

/** @param {import("./options.js").ModuleName} name */
function noFile(name) {
  return `prefect-events/slim does not locate files: pass \`${fileOf(name)}\`, its bytes or the compiled module, as \`${name}\``;
}
