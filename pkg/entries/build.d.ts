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

/** Starts the module behind these functions: needed once in a browser. In Node.js it is ready when imported. */
export function init(options?: Pick<InitOptions, "author">): Promise<void>;
