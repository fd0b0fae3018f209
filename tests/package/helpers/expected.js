import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

import { proof, proofOfSchemas } from "./proof.js";

/**
 * The expected results of the proofs everywhere: their results here, in Node.js, from the project's package.
 * @param {string} folder of the project
 * @returns {Promise<{ expected: string, expectedOfSchemas: string }>}
 */
export async function results(folder) {
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
  const expectedOfSchemas = proofOfSchemas(api);
  assert.match(expectedOfSchemas, /`total`/);
  return { expected: text, expectedOfSchemas };
}
