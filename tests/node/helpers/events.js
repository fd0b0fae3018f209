// Real events, and a small one.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** NDJSON of the events of a Prefect server. */
export const REAL = gunzipSync(
  readFileSync(new URL("../../cases/events.ndjson.gz", import.meta.url)),
);

/** A custom event without findings. */
export const EVENT = {
  occurred: "2026-03-01T12:00:00.000000Z",
  event: "acme.order.placed",
  resource: { "prefect.resource.id": "acme.order.42" },
  related: [],
  payload: {},
  id: "0195519d-3a00-7c4e-8d5a-3a2b1c0d9e8f",
};

/**
 * A copy with changes.
 * @param {object} changes
 */
export const event = (changes) => ({ ...EVENT, ...changes });

/** A task run's event without `follows`, with a state type in the wrong case, which can be fixed. */
export function wrongCase() {
  const lines = REAL.toString().split("\n");
  const line = String(lines.find((one) => one.includes("prefect.task-run.Running")));
  const text = line.replace('"prefect.state-type": "RUNNING"', '"prefect.state-type": "running"');
  if (text === line) throw new Error("the bundled events are written in another way");
  return text.replace(/"follows": "[^"]*"/, '"follows": null');
}
