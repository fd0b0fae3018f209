// What is known of events and of codes.

import { applyFixes, describe, eventTypes, explain, init, jsonSchema } from "prefect-events";

await init(undefined, false);

export { applyFixes, describe, eventTypes, explain, jsonSchema };
