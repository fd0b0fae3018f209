// Checks automations, and calculates what their windows tolerate.

import { document, object, optionsOf } from "../input.js";
import { authorModule } from "../modules/author.js";

/**
 * @param {string | Uint8Array | ArrayBuffer | object} input
 * @param {import("../index.js").CheckOptions} [options]
 * @returns {import("../index.js").CheckReport}
 */
export function checkAutomation(input, options) {
  const { bytes, places, wtf8 } = document(input, "checkAutomation");
  const rest = optionsOf(options, "checkAutomation");
  return authorModule.call((core) => core.checkAutomation(bytes, rest, places, wtf8), bytes.length);
}

/**
 * @param {import("../index.js").HeartbeatConfig} input
 * @returns {import("../index.js").Advice}
 */
export function heartbeatAdvice(input) {
  const config = optionsOf(object(input, "heartbeatAdvice"), "heartbeatAdvice");
  return authorModule.call((core) => core.heartbeatAdvice(config), JSON.stringify(config).length);
}
