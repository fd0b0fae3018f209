import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

/**
 * What the proof must give everywhere: what it gives here, in Node.js, from the project's package.
 * @param {string} folder of the project
 * @returns {Promise<string>}
 */
export async function result(folder) {
  const { proof } = await import("./proof.js");
  const api = await import(pathToFileURL(`${folder}/node_modules/prefect-events/node.js`).href);
  const text = proof(api);
  const { report, event, simulation } = JSON.parse(text);
  assert.deepEqual(
    report.diagnostics.map((/** @type {{ code: string }} */ { code }) => code),
    ["misspelt-label"],
  );
  assert.equal(event.event, "prefect.worker.started");
  assert.deepEqual(
    simulation.firings.map((/** @type {{ at: string }} */ { at }) => at),
    ["2026-03-01T12:03:35.000000Z"],
  );
  return text;
}
