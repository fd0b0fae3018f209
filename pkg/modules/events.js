// Validates events, and plays them to automations.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events.js";

export const eventsModule = new Instance("prefect_events", glue);
