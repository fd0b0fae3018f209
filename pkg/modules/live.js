// Reads events from servers, compares firings, tunes windows over heartbeats.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_live.js";

export const liveModule = new Instance(
  "live",
  glue,
  "this needs the module `live`, which has not been loaded: call `await init()` of `prefect-events/live` first",
);
