// Checks automations, builds events, plays and tests scenarios, advises on windows over heartbeats.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_authoring.js";

export const authoringModule = new Instance(
  "prefect_events_authoring",
  glue,
  "this needs a module that has not been loaded: call `await init()` first, with `prefect_events_authoring.wasm` as its " +
    "second argument if you give the first",
);
