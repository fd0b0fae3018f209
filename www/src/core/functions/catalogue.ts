// Descriptions of events and codes.

import {
  applyFixes,
  customEventInputs,
  describeEvent,
  diagnosticCodes,
  eventTypes,
  explain,
  init,
  jsonSchema,
} from "prefect-events";

await init({ author: false });

/** An example of each mistake in events: one for each code. */
function mistakes() {
  return diagnosticCodes()
    .flatMap((code) => explain(code) ?? [])
    .filter(({ about, wrongOptions }) => about === "events" && wrongOptions === undefined)
    .map(({ code, title, severity }) => ({ code, title, severity }));
}

export { applyFixes, customEventInputs, describeEvent, eventTypes, explain, jsonSchema, mistakes };
