// Checks events. For browsers and bundlers: call `await init()` once before anything else.

import { load } from "../load.js";
import { schemasModule } from "../modules/schemas.js";

export { customEventInputs, describeEvent, eventTypes } from "../api/describe.js";
export { diagnosticCodes, explain } from "../api/explain.js";
export { applyFixes } from "../api/fixes.js";
export { jsonSchema } from "../api/json-schema.js";
export { isNdjson, validate, validateStream } from "../api/validate.js";
export { version } from "../api/version.js";
export { PrefectEventsError } from "../error.js";

const FILES = {
  validate: () => new URL("../wasm/prefect_events_validate.wasm", import.meta.url),
  schemas: () => new URL("../wasm/prefect_events_schemas.wasm", import.meta.url),
};

/** @param {Pick<import("../index.js").InitOptions, "validate" | "schemas">} [options] */
export const init = (options) => load(FILES, options, schemasModule);
