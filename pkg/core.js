// The one instance of the WebAssembly module: starting it, calling it, replacing it.
// Everything that can leave it unusable (a trap) or large (its memory never shrinks) is dealt with here.

import { optionsText } from "./input.js";
import * as glue from "./wasm/prefect_events.js";

/** After a call which needed more memory than this, the instance is replaced to give it back. */
const KEEP_BYTES = 256 * 1024 * 1024;
/** A trap with less memory than this in use, or wanted, was hardly for want of memory. */
const LARGE_BYTES = 1024 * 1024 * 1024;

let ready = false;
/** Counts the instances. */
let generation = 0;
/** Open streams and running calls: while there are any, the instance cannot be replaced. */
let users = 0;

/**
 * Starts from bytes or a compiled module, at once.
 * @param {BufferSource | WebAssembly.Module} module
 */
export function start(module) {
  glue.initSync({ module });
  ready = true;
}

/**
 * Starts from anything that can be fetched or compiled; a second call does nothing.
 * @param {import("./index.js").WasmSource} source
 */
export async function load(source) {
  await glue.default({ module_or_path: /** @type {any} */ (source) });
  ready = true;
}

function replace() {
  generation += 1;
  glue.__wbg_reset_state();
}

/** The bytes of memory that the instance takes. */
export function memory() {
  // Once started, this returns the exports of the present instance and starts nothing.
  return glue.initSync(/** @type {any} */ (undefined)).memory.buffer.byteLength;
}

/** @param {unknown} error */
function isTrap(error) {
  // A RangeError is a stack overflow, or a buffer larger than the engine makes.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/**
 * Calls into the instance.
 * @template T
 * @param {(core: typeof glue) => T} action
 * @param {number} [size] of the input
 * @returns {T}
 */
export function call(action, size = 0) {
  if (!ready) {
    throw new Error("prefect-events has not been started: call `await init()` first");
  }
  users += 1;
  try {
    return action(glue);
  } catch (error) {
    if (!isTrap(error)) throw error;
    const large = Math.max(memory(), size) >= LARGE_BYTES;
    replace();
    throw new Error(
      large
        ? "the input is too large for one call: its check ran out of memory (for NDJSON there is validateStream)"
        : "prefect-events failed on this input, which is a fault of prefect-events: please report it, with the input if you can",
      { cause: error },
    );
  } finally {
    users -= 1;
    if (users === 0 && memory() > KEEP_BYTES) replace();
  }
}

/**
 * Opens a stream of NDJSON chunks; whoever opens it closes it.
 * @param {import("./index.js").ValidateOptions} [options]
 */
export function openStream(options) {
  const stream = call((core) => new core.Stream(optionsText(options)));
  const born = generation;
  users += 1;
  let open = true;

  /**
   * @template T
   * @param {() => T} action
   * @returns {T}
   */
  const guarded = (action) => {
    if (born !== generation) {
      throw new Error(
        "this stream ended when another call to prefect-events failed: start it anew",
      );
    }
    return call(action);
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
      users -= 1;
      // A stream of an earlier instance went with it.
      if (born === generation) call(() => stream.free());
    },
  };
}
