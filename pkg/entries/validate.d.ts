import type { InitOptions } from "../index.js";

export type * from "../index.js";
export {
  applyFixes,
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

/** Starts the module behind these functions: needed once in a browser. In Node.js it is ready when imported. */
export function init(options?: Pick<InitOptions, "validate" | "schemas">): Promise<void>;
