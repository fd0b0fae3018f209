// The two WebAssembly modules: events and automations at work, and what helps to write them.

import { optionsText } from "./input.js";
import { Instance } from "./instance.js";
import * as eventsGlue from "./wasm/prefect_events.js";
import * as authoringGlue from "./wasm/prefect_events_authoring.js";

/** Validates events, and plays them to automations. */
export const eventsModule = new Instance(eventsGlue);
/** Checks automations, plays and tests scenarios, advises on windows over heartbeats. */
export const authoringModule = new Instance(authoringGlue);

/**
 * Opens a stream of NDJSON chunks; whoever opens it closes it.
 * @param {import("./index.js").ValidateOptions} [options]
 */
export function openStream(options) {
  const stream = eventsModule.call((core) => new core.Stream(optionsText(options)));
  const born = eventsModule.generation;
  eventsModule.retain();
  let open = true;

  /**
   * @template T
   * @param {() => T} action
   * @returns {T}
   */
  const guarded = (action) => {
    if (born !== eventsModule.generation) {
      throw new Error(
        "this stream ended when another call to prefect-events failed: start it anew",
      );
    }
    return eventsModule.call(action);
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
      eventsModule.release();
      // A stream of an earlier instance went with it.
      if (born === eventsModule.generation) eventsModule.call(() => stream.free());
    },
  };
}
