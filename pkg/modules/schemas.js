// Validates events, with JSON Schemas of the user's own too.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_schemas.js";

export const schemasModule = new Instance(
  "prefect_events_schemas",
  glue,
  "the option `schemas` needs a module that has not been loaded: give `init` " +
    "`prefect_events_schemas.wasm` as its third argument, or `true` if it lies beside the script",
);
