// Checks automations, builds events, plays and tests scenarios, advises on windows over heartbeats.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_author.js";

export const authorModule = new Instance(
  "author",
  glue,
  "this needs the module `author`, which has not been loaded: call `await init()` first, or with `prefect-events/slim` " +
    "give `init` the source of `prefect_events_author.wasm` as `author`",
);
