// Checks events. For Node.js: ready when imported.

import * as describeApi from "../api/describe.js";
import * as jsonSchemaApi from "../api/json-schema.js";
import * as validateApi from "../api/validate.js";
import { sources } from "../options.js";
import { validates } from "../start-validate.js";

export { customEventInputs, eventTypes } from "../api/describe.js";
export { diagnosticCodes, explain } from "../api/explain.js";
export { applyFixes } from "../api/fixes.js";
export { version } from "../api/version.js";
export { PrefectEventsError } from "../error.js";

/**
 * Does nothing. It exists so that the same code runs in browsers.
 * @param {Pick<import("../index.js").InitOptions, "validate" | "schemas">} [options]
 */
export async function init(options) {
  sources(options, "init", ["validate", "schemas"]);
}

export const describeEvent = /* @__PURE__ */ validates(describeApi.describeEvent);
export const jsonSchema = /* @__PURE__ */ validates(jsonSchemaApi.jsonSchema);
export const isNdjson = /* @__PURE__ */ validates(validateApi.isNdjson);
export const validate = /* @__PURE__ */ validates(validateApi.validate);
export const validateStream = /* @__PURE__ */ validates(validateApi.validateStream);
