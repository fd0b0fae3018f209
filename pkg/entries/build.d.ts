import type { InitOptions } from "../index.js";

export type * from "../index.js";
export {
  buildEvent,
  buildEventLines,
  buildRun,
  PrefectEventsError,
  toCurl,
  toPython,
} from "../index.js";

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: Pick<InitOptions, "author">): Promise<void>;
