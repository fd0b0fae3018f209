// For Node.js: the module for live servers is ready when imported.

import { readFileSync } from "node:fs";

import { liveModule } from "./modules/live.js";

/**
 * Like `validates` in `start-validate.js`.
 * @template F
 * @param {F} usable
 * @returns {F}
 */
export function connects(usable) {
  liveModule.startWhenCalled(() =>
    readFileSync(new URL("./wasm/prefect_events_live.wasm", import.meta.url)),
  );
  return usable;
}
