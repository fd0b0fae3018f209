import type { InitOptions } from "../index.js";

export type * from "../index.js";
export {
  compareReplays,
  compareVersions,
  PrefectEventsError,
  replay,
  scenarioFiles,
  simulate,
  testScenarios,
} from "../index.js";

/** Starts the module behind these functions: needed once in a browser. In Node.js it is ready when imported. */
export function init(options?: Pick<InitOptions, "author">): Promise<void>;
