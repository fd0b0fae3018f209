// What commands read from a server.

import { serverOf } from "./connection.js";
import { pullProgress } from "./progress-bar.js";

/**
 * Its events: NDJSON.
 * @param {{ since?: string, until?: string, profile?: string }} request
 */
export async function* pull({ since, until, profile }) {
  const server = serverOf({ profile });
  const bar = pullProgress();
  const filter = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  try {
    const batches = server.eventBatches(filter, {
      onProgress: (progress) => bar.update(progress),
      onWait: ({ milliseconds, reason }) => bar.wait(milliseconds, reason),
    });
    for await (const { lines } of batches) yield lines;
  } finally {
    bar.stop();
  }
}

/**
 * Its automations, or one of them: a JSON list.
 * @param {{ name?: string, profile?: string }} request
 */
export async function* automations({ name, profile }) {
  const server = serverOf({ profile });
  yield JSON.stringify(
    name === undefined ? await server.automations() : [await server.automation(name)],
  );
}
