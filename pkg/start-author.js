// For Node.js: the module for automations, simulation and building is ready when imported.

import { readFileSync } from "node:fs";

import { authorModule } from "./modules/author.js";

/**
 * Like `validates` in `start-validate.js`.
 * @template F
 * @param {F} usable
 * @returns {F}
 */
export function authors(usable) {
  authorModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_author.wasm", import.meta.url)),
  );
  return usable;
}
