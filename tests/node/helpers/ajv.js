// Ajv in its strictest mode.

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** A compiler that collects its warnings. */
export function ajv() {
  /** @type {string[]} */
  const warnings = [];
  const keep = (/** @type {unknown[]} */ ...words) => warnings.push(words.join(" "));
  const logger = { log: keep, warn: keep, error: keep };
  const compiler = new Ajv2020({ strict: true, allErrors: true, logger });
  // Its types are for CommonJS.
  /** @type {any} */ (formats)(compiler);
  return { compiler, warnings };
}
