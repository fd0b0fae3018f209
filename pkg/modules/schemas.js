// Validates events, with JSON Schemas of the user's own too.

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_schemas.js";

export const schemasModule = new Instance("schemas", glue);
