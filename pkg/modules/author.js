// Checks automations, builds events, plays and tests scenarios, advises on windows over heartbeats.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_author.js";

export const authorModule = new Instance("author", glue);
