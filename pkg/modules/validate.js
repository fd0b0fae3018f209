// Validates events.

import { Instance, STREAMS } from "../instance.js";
import * as glue from "../wasm/prefect_events_validate.js";

export const validateModule = new Instance(
  "validate",
  glue,
  "prefect-events is not initialized: call `await init()` first",
  STREAMS,
);
