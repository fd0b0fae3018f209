// What is known of events and of codes.

import {
  applyFixes,
  describeEvent,
  diagnosticCodes,
  eventTypes,
  explain,
  init,
  jsonSchema,
} from "prefect-events";

await init({ author: false });

/** What can be found in events, as examples of what is wrong: one for each code. */
function mistakes() {
  return diagnosticCodes()
    .flatMap((code) => explain(code) ?? [])
    .filter(({ about, wrongOptions }) => about === "events" && wrongOptions === undefined)
    .map(({ code, title, severity }) => ({ code, title, severity }));
}

export { applyFixes, describeEvent, eventTypes, explain, jsonSchema, mistakes };
