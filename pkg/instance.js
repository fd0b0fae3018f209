// A WebAssembly module and its one instance: starts it, calls it, uses its objects, replaces it.
// Handles everything that can leave an instance unusable (a trap) or large (its memory never shrinks).

import { PrefectEventsError } from "./error.js";

/** After a call that needed more memory than this, in bytes, the instance is replaced to release it. */
const KEEP_BYTES = 256 * 1024 * 1024;
const PAGE_BYTES = 64 * 1024;

/** The beginning of each message of the modules to the caller (`wasm/boundary`): a `TypeError` about misuse, a `RangeError` about
 * a result that is too large. */
const OWN = "prefect-events: ";

/** For modules that validate. */
export const STREAMS = " (for NDJSON, use validateStream)";

const STALE = "this ended when another call to prefect-events failed: start it again";

/**
 * The glue that wasm-bindgen generates for each module.
 * @typedef {{
 *   default: (source: any) => Promise<{ memory: WebAssembly.Memory }>,
 *   initSync: (source: any) => { memory: WebAssembly.Memory },
 *   __wbg_reset_state: () => void,
 * }} Glue
 */

/** @typedef {import("./options.js").ModuleName} ModuleName */

/**
 * The modules that the imported functions need. A bundler leaves out the others.
 * @type {Map<ModuleName, Instance<any>>}
 */
export const present = new Map();

/**
 * Firefox has its own type of error for a stack overflow.
 * @param {unknown} error
 */
function isStackOverflow(error) {
  // No regular expression: V8 ends the process if it has no stack left to compile one.
  return error instanceof Error && (error.name === "RangeError" || error.name === "InternalError");
}

/** @param {unknown} [cause] */
function stale(cause) {
  return new PrefectEventsError("stale", STALE, cause === undefined ? undefined : { cause });
}

/** Wraps an error from a function of the caller: the caller receives that error, and the module stays usable. */
class Thrown {
  /** @param {unknown} error */
  constructor(error) {
    this.error = error;
  }
}

/**
 * Prepares a function of the caller for a module to call. If it throws, the instance stays usable.
 * @template {any[]} A
 * @param {(...values: A) => unknown} action
 */
export function passing(action) {
  return (/** @type {A} */ ...values) => {
    try {
      action(...values);
    } catch (error) {
      throw new Thrown(error);
    }
  };
}

/** @template {Glue} G */
export class Instance {
  /** @type {G} */
  #glue;
  #ready = false;
  /** @type {(() => BufferSource | WebAssembly.Module) | undefined} */
  #source;
  /** Number of running calls and objects in use: while there are any, the instance is not replaced for its size. */
  #users = 0;
  /** Number of running calls: calls can nest, because a module can call a function of the caller. */
  #running = 0;
  /** Counts the instances. */
  #generation = 0;
  /** Whether the instance must not be used any more. */
  #ended = false;
  #missing;
  #hint;

  /**
   * @param {ModuleName} name
   * @param {G} glue
   * @param {string} missing the message for calls before the module is loaded
   * @param {string} [hint] what reads an input that is too large for one call
   */
  constructor(name, glue, missing, hint = "") {
    this.#glue = glue;
    this.#missing = missing;
    this.#hint = hint;
    present.set(name, this);
  }

  /**
   * Starts from bytes or a compiled module, synchronously.
   * @param {BufferSource | WebAssembly.Module} module
   */
  start(module) {
    const failed = this.#ended;
    this.#ended = true;
    this.#glue.initSync({ module });
    this.#ready = true;
    // After a failed start, the glue considers itself started: then the instance is replaced.
    this.#ended = failed;
  }

  /**
   * Starts from these bytes or this compiled module at the first call.
   * @param {() => BufferSource | WebAssembly.Module} source
   */
  startWhenCalled(source) {
    this.#source = source;
  }

  /**
   * Starts from anything that can be fetched or compiled; a second call does nothing.
   * @param {string | object} source
   */
  async load(source) {
    await this.#glue.default({ module_or_path: source });
    this.#ready = true;
  }

  /** The size of the instance's memory in bytes. */
  memory() {
    return this.#memory().buffer.byteLength;
  }

  #memory() {
    // Once started, this only returns the exports of the present instance.
    return this.#glue.initSync(undefined).memory;
  }

  /** Replaces the instance with a new one, which releases the memory of the old one. */
  #replace() {
    this.#glue.__wbg_reset_state();
    this.#ended = false;
  }

  /** Releases memory as soon as the instance is not in use. */
  #settle() {
    if (this.#users > 0) return;
    if (!this.#ended && this.memory() > KEEP_BYTES) {
      this.#generation += 1;
      this.#ended = true;
    }
    if (this.#ended) this.#replace();
  }

  /**
   * Calls into the instance. Code of the caller may run in `action` only in functions from `passing`. Any other error, except a
   * misuse message of the module, means that the instance is unusable.
   * @template T
   * @param {(glue: G) => T} action
   * @param {number} [size] of the input
   * @returns {T}
   */
  call(action, size = 0) {
    if (!this.#ready) {
      if (this.#source === undefined) throw new PrefectEventsError("not-loaded", this.#missing);
      this.start(this.#source());
    }
    if (this.#ended) {
      // The enclosing call still uses the old instance until it ends.
      if (this.#running > 0) throw stale();
      this.#replace();
    }
    let sound = false;
    const born = this.#generation;
    this.#users += 1;
    this.#running += 1;
    try {
      const result = action(this.#glue);
      if (born !== this.#generation) throw stale();
      sound = true;
      return result;
    } catch (error) {
      const alive = born === this.#generation;
      if (error instanceof Thrown) {
        sound = alive;
        throw error.error;
      }
      // A nested call failed, and this call continued on the old instance.
      if (!alive) throw stale(error);
      sound = error instanceof Error && error.message.startsWith(OWN);
      if (sound && error instanceof RangeError)
        throw new PrefectEventsError("out-of-memory", error.message.slice(OWN.length));
      throw sound ? error : this.#failure(error, size);
    } finally {
      // After a stack overflow every call may fail, so the necessary steps here are not calls.
      this.#users -= 1;
      this.#running -= 1;
      if (!sound) {
        // Its memory may be in any state, and its borrows are never released. Open streams end with it.
        this.#generation += 1;
        this.#ended = true;
      }
      this.#settle();
    }
  }

  /**
   * The error for a call that ended abnormally.
   * @param {unknown} error
   * @param {number} size of the input
   */
  #failure(error, size) {
    const options = { cause: error };
    // Growing would need stack space too.
    if (isStackOverflow(error))
      return new PrefectEventsError(
        "stack-overflow",
        "the call stack is exhausted: call prefect-events from a shallower stack",
        options,
      );
    try {
      // Lists grow by doubling, and the parsed data needs memory beside its text. This memory is no longer in use.
      this.#memory().grow(Math.ceil(Math.max(this.memory(), 2 * size) / PAGE_BYTES));
    } catch {
      return new PrefectEventsError(
        "out-of-memory",
        `the input is too large for one call: out of memory${this.#hint}`,
        options,
      );
    }
    return new PrefectEventsError(
      "internal",
      "internal error in prefect-events: please report it, with the input if you can",
      options,
    );
  }

  /**
   * Creates an object of the module. The caller must close it.
   * @template {{ free(): void }} O
   * @param {(glue: G) => O} make
   * @param {number} [size] of the input
   */
  open(make, size) {
    const object = this.call(make, size);
    const born = this.#generation;
    this.#users += 1;
    let open = true;
    return {
      /**
       * Calls into the instance with the object, like `call`.
       * @template T
       * @param {(object: O) => T} action
       * @param {number} [size]
       * @returns {T}
       */
      use: (action, size) => {
        if (!open || born !== this.#generation) throw stale();
        return this.call(() => action(object), size);
      },
      close: () => {
        if (!open) return;
        open = false;
        this.#users -= 1;
        // If the instance was replaced, its objects no longer exist.
        if (born === this.#generation) this.call(() => object.free());
      },
    };
  }
}
