// The three WebAssembly modules: events and automations at work, what helps to write them, and the user's own schemas.

import { optionsText } from "./input.js";
import { Instance } from "./instance.js";
import * as eventsGlue from "./wasm/prefect_events.js";
import * as authoringGlue from "./wasm/prefect_events_authoring.js";
import * as schemasGlue from "./wasm/prefect_events_schemas.js";

/** Validates events, and plays them to automations. */
export const eventsModule = new Instance(eventsGlue);
/** Checks automations, builds events, plays and tests scenarios, advises on windows over heartbeats. */
export const authoringModule = new Instance(authoringGlue);
/** Validates events, with JSON Schemas of the user's own too. */
export const schemasModule = new Instance(
  schemasGlue,
  "the option `schemas` needs a module that has not been loaded: give `init` " +
    "`prefect_events_schemas.wasm` as its third argument, or `true` if it lies beside the script",
);

/**
 * The module that validates.
 * @param {import("./index.js").ValidateOptions | undefined} options
 * @returns {Instance<import("./instance.js").Glue & Pick<typeof eventsGlue, "Stream" | "validate">>}
 */
export function validator(options) {
  return options?.schemas === undefined ? eventsModule : schemasModule;
}

/**
 * Opens a stream of NDJSON chunks; whoever opens it closes it.
 * @param {import("./index.js").ValidateOptions} [options]
 */
export function openStream(options) {
  const module = validator(options);
  const stream = module.call((core) => new core.Stream(optionsText(options)));
  const born = module.generation;
  module.retain();
  let open = true;

  /**
   * @template T
   * @param {() => T} action
   * @returns {T}
   */
  const guarded = (action) => {
    if (born !== module.generation) {
      throw new Error(
        "this stream ended when another call to prefect-events failed: start it anew",
      );
    }
    return module.call(action);
  };

  return {
    /**
     * @param {Uint8Array} lines
     * @returns {import("./index.js").Report}
     */
    chunk: (lines) => guarded(() => JSON.parse(stream.chunk(lines))),
    /** @returns {import("./index.js").Report} */
    finish: () => guarded(() => JSON.parse(stream.finish())),
    close() {
      if (!open) return;
      open = false;
      module.release();
      // A stream of an earlier instance went with it.
      if (born === module.generation) module.call(() => stream.free());
    },
  };
}
