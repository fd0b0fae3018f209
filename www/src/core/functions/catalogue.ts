// What is known of events and of codes.

import { applyFixes, describe, eventTypes, explain, init, jsonSchema } from "prefect-events";
// The package tells of a code what is asked, but does not list them.
import { explanations } from "../../../../pkg/wasm/explanations.js";

await init(undefined, false);

/** What can be found in events, as examples of what is wrong: one for each code. */
function mistakes() {
  return explanations()
    .filter(({ about, wrong_options }) => about === "events" && wrong_options === undefined)
    .map(({ code, title, severity }) => ({ code, title, severity }));
}

export { applyFixes, describe, eventTypes, explain, jsonSchema, mistakes };
