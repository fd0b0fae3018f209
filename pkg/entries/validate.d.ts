import type { InitOptions } from "../index.js";

export type * from "../index.js";
export {
  applyFixes,
  customEventInputs,
  describeEvent,
  diagnosticCodes,
  eventTypes,
  explain,
  isNdjson,
  jsonSchema,
  PrefectEventsError,
  validate,
  validateStream,
  version,
} from "../index.js";

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: Pick<InitOptions, "validate" | "schemas">): Promise<void>;
