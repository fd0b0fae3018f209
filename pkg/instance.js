// A WebAssembly module and its one instance: starting it, calling it, replacing it.
// Everything that can leave it unusable (a trap) or large (its memory never shrinks) is dealt with here.

/** After a call which needed more memory than this, the instance is replaced to give it back. */
const KEEP_BYTES = 256 * 1024 * 1024;
/** A trap with less memory than this in use, or wanted, was hardly for want of memory. */
const LARGE_BYTES = 1024 * 1024 * 1024;

/**
 * What wasm-bindgen makes for each module.
 * @typedef {{
 *   default: (source: any) => Promise<{ memory: WebAssembly.Memory }>,
 *   initSync: (source: any) => { memory: WebAssembly.Memory },
 *   __wbg_reset_state: () => void,
 * }} Glue
 */

/** @param {unknown} error */
function isTrap(error) {
  // A RangeError is a stack overflow, or a buffer larger than the engine makes.
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/**
 * The modules behind what has been imported, by the names of their files: a bundler leaves out the others, and nobody
 * waits for them.
 * @type {Map<string, Instance<any>>}
 */
export const present = new Map();

/** @template {Glue} G */
export class Instance {
  /** @type {G} */
  #glue;
  #ready = false;
  /** @type {(() => BufferSource) | undefined} */
  #bytes;
  /** Open streams and running calls: while there are any, the instance cannot be replaced. */
  #users = 0;
  /** Counts the instances. */
  generation = 0;
  #missing;

  /**
   * @param {string} name of its file
   * @param {G} glue
   * @param {string} [missing] what to do if it has not been started
   */
  constructor(
    name,
    glue,
    missing = "prefect-events has not been started: call `await init()` first",
  ) {
    this.#glue = glue;
    this.#missing = missing;
    present.set(name, this);
  }

  /**
   * Starts from bytes or a compiled module, at once.
   * @param {BufferSource | WebAssembly.Module} module
   */
  start(module) {
    this.#glue.initSync({ module });
    this.#ready = true;
  }

  /**
   * Starts from these bytes, at the first call.
   * @param {() => BufferSource} bytes
   */
  startWhenCalled(bytes) {
    this.#bytes = bytes;
  }

  /**
   * Starts from anything that can be fetched or compiled; a second call does nothing.
   * @param {import("./index.js").WasmSource} source
   */
  async load(source) {
    await this.#glue.default({ module_or_path: source });
    this.#ready = true;
  }

  /** Compiles the bytes of `startWhenCalled` now, and leaves the thread free meanwhile. */
  async prepare() {
    if (this.#ready || this.#bytes === undefined) return;
    const module = await WebAssembly.compile(this.#bytes());
    // A call may have come before.
    if (!this.#ready) this.start(module);
  }

  /** Whether it can be called. */
  get usable() {
    return this.#ready || this.#bytes !== undefined;
  }

  /** The bytes of memory that the instance takes. */
  memory() {
    // Once started, this returns the exports of the present instance and starts nothing.
    return this.#glue.initSync(undefined).memory.buffer.byteLength;
  }

  /** Keeps the instance from being replaced, until it is released. */
  retain() {
    this.#users += 1;
  }

  release() {
    this.#users -= 1;
  }

  #replace() {
    this.generation += 1;
    this.#glue.__wbg_reset_state();
  }

  /**
   * Calls into the instance.
   * @template T
   * @param {(glue: G) => T} action
   * @param {number} [size] of the input
   * @returns {T}
   */
  call(action, size = 0) {
    if (!this.#ready) {
      if (this.#bytes === undefined) throw new Error(this.#missing);
      this.start(this.#bytes());
    }
    this.retain();
    try {
      return action(this.#glue);
    } catch (error) {
      if (!isTrap(error)) throw error;
      const large = Math.max(this.memory(), size) >= LARGE_BYTES;
      this.#replace();
      throw new Error(
        large
          ? "the input is too large for one call: its check ran out of memory (for NDJSON there is validateStream)"
          : "prefect-events failed on this input, which is a fault of prefect-events: please report it, with the input if you can",
        { cause: error },
      );
    } finally {
      this.release();
      if (this.#users === 0 && this.memory() > KEEP_BYTES) this.#replace();
    }
  }
}
