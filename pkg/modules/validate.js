// Validates events.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_validate.js";

export const validateModule = new Instance(
  "validate",
  glue,
  "prefect-events has not been started: call `await init()` first",
);
