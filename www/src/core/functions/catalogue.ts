// What is known of events and of codes.

import { applyFixes, codes, describe, eventTypes, explain, init, jsonSchema } from "prefect-events";

await init({ author: false });

/** What can be found in events, as examples of what is wrong: one for each code. */
function mistakes() {
  return codes()
    .flatMap((code) => explain(code) ?? [])
    .filter(({ about, wrong_options }) => about === "events" && wrong_options === undefined)
    .map(({ code, title, severity }) => ({ code, title, severity }));
}

export { applyFixes, describe, eventTypes, explain, jsonSchema, mistakes };
