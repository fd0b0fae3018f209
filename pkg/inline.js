// The entry that contains the modules as text, for pages without a file server and programs in one file.
// Ready when imported, as in Node.js.

import * as api from "./api/index.js";
import { authorModule } from "./modules/author.js";
import { validateModule } from "./modules/validate.js";
import { base64 as authorText } from "./wasm/prefect_events_author.base64.js";
import { base64 as validateText } from "./wasm/prefect_events_validate.base64.js";

export {
  applyFixes,
  customEventInputs,
  diagnosticCodes,
  eventTypes,
  explain,
  PrefectEventsError,
  toCurl,
  toPython,
  version,
} from "./api/index.js";

// Each export depends on the text of its own module, so that a bundler includes only the text that is needed.

/**
 * @template F
 * @param {F} usable
 */
function validates(usable) {
  contains(validateModule, validateText);
  return usable;
}

/**
 * @template F
 * @param {F} usable
 */
function authors(usable) {
  contains(authorModule, authorText);
  return usable;
}

/** @typedef {import("./instance.js").Instance<any>} AnyInstance */

/** The texts of the modules in the bundle. @type {Map<AnyInstance, string>} */
const texts = new Map();

/** @param {AnyInstance} module @param {string} text */
function contains(module, text) {
  texts.set(module, text);
  module.startWhenCalled(() => bytes(text));
}

/** @param {string} base64 */
function bytes(base64) {
  const binary = atob(base64);
  const code = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) code[at] = binary.charCodeAt(at);
  return code;
}

/**
 * Compiles the modules in the background, so that the first call need not.
 * @param {undefined} [options]
 */
export async function init(options) {
  if (options !== undefined)
    throw new TypeError(
      "init of prefect-events/inline has no options: the modules are in the script",
    );
  compiled ??= Promise.all(
    Array.from(texts, async ([module, text]) => {
      const code = await WebAssembly.compile(bytes(text));
      module.startWhenCalled(() => code);
    }),
  );
  try {
    await compiled;
  } catch (error) {
    compiled = undefined;
    throw error;
  }
}

/** @type {Promise<unknown> | undefined} */
let compiled;

export const buildEvent = /* @__PURE__ */ authors(api.buildEvent);
export const buildEventLines = /* @__PURE__ */ authors(api.buildEventLines);
export const buildRun = /* @__PURE__ */ authors(api.buildRun);
export const checkAutomation = /* @__PURE__ */ authors(api.checkAutomation);
export const compareReplays = /* @__PURE__ */ authors(api.compareReplays);
export const compareVersions = /* @__PURE__ */ authors(api.compareVersions);
export const describeEvent = /* @__PURE__ */ validates(api.describeEvent);
export const exampleRuns = /* @__PURE__ */ authors(api.exampleRuns);
export const heartbeatAdvice = /* @__PURE__ */ authors(api.heartbeatAdvice);
export const isNdjson = /* @__PURE__ */ validates(api.isNdjson);
export const jsonSchema = /* @__PURE__ */ validates(api.jsonSchema);
export const replay = /* @__PURE__ */ authors(api.replay);
export const scenarioFiles = /* @__PURE__ */ authors(api.scenarioFiles);
export const simulate = /* @__PURE__ */ authors(api.simulate);
export const testScenarios = /* @__PURE__ */ authors(api.testScenarios);
export const validate = /* @__PURE__ */ validates(api.validate);
export const validateStream = /* @__PURE__ */ validates(api.validateStream);
