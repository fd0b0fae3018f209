// Validates events, with JSON Schemas of the user's own too.

import { Instance, STREAMS } from "../instance.js";
import * as glue from "../wasm/prefect_events_schemas.js";

export const schemasModule = new Instance(
  "schemas",
  glue,
  "the option `schemas` needs a module that has not been loaded: call `await init({ schemas: true })` first, or give " +
    "the source of `prefect_events_schemas.wasm` instead of `true`",
  STREAMS,
);
