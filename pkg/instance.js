// A WebAssembly module and its one instance: starting it, calling it, using objects of it, replacing it.
// Everything that can leave it unusable (a trap) or large (its memory never shrinks) is dealt with here.

import { PrefectEventsError } from "./error.js";

/** After a call which needed more memory than this, the instance is replaced to give it back. */
const KEEP_BYTES = 256 * 1024 * 1024;
const PAGE_BYTES = 64 * 1024;

/** How each sentence of the modules on a mistake of the caller begins (`misuse` in `wasm/boundary`). */
const MISUSE = "prefect-events: ";

const STALE = "this ended when another call to prefect-events failed: start it again";

/**
 * What wasm-bindgen makes for each module.
 * @typedef {{
 *   default: (source: any) => Promise<{ memory: WebAssembly.Memory }>,
 *   initSync: (source: any) => { memory: WebAssembly.Memory },
 *   __wbg_reset_state: () => void,
 * }} Glue
 */

/** @typedef {import("./options.js").ModuleName} ModuleName */

/**
 * The modules behind what has been imported: a bundler leaves out the others, and nobody waits for them.
 * @type {Map<ModuleName, Instance<any>>}
 */
export const present = new Map();

/**
 * Firefox has a kind of error of its own for it.
 * @param {unknown} error
 */
function isStackOverflow(error) {
  return error instanceof Error && /^(RangeError|InternalError)$/.test(error.name);
}

/** @param {unknown} [cause] */
function stale(cause) {
  return new PrefectEventsError("stale", STALE, cause === undefined ? undefined : { cause });
}

/** What a function of the caller's threw: the caller gets it, and the module that called the function is as it was. */
class Thrown {
  /** @param {unknown} error */
  constructor(error) {
    this.error = error;
  }
}

/**
 * A function of the caller's, for a module to call. What it throws is no end of the instance.
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
  /** @type {(() => BufferSource) | undefined} */
  #bytes;
  /** Running calls, and objects that are in use: while there are any, the instance is not replaced for its size. */
  #users = 0;
  /** Running calls: a function of the caller's, called by a module, can call again. */
  #running = 0;
  /** Counts the instances. */
  #generation = 0;
  /** Whether the instance is not to be used any more. */
  #ended = false;
  #missing;

  /**
   * @param {ModuleName} name
   * @param {G} glue
   * @param {string} missing the sentence for those who call it before it is there
   */
  constructor(name, glue, missing) {
    this.#glue = glue;
    this.#missing = missing;
    present.set(name, this);
  }

  /**
   * Starts from bytes or a compiled module, at once.
   * @param {BufferSource | WebAssembly.Module} module
   */
  start(module) {
    const failed = this.#ended;
    this.#ended = true;
    this.#glue.initSync({ module });
    this.#ready = true;
    // After a start that failed half-way, the glue takes what there is for started: then it is replaced.
    this.#ended = failed;
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
   * @param {string | object} source
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

  /** The bytes of memory that the instance takes. */
  memory() {
    return this.#memory().buffer.byteLength;
  }

  #memory() {
    // Once started, this returns the exports of the present instance and starts nothing.
    return this.#glue.initSync(undefined).memory;
  }

  /** Makes a fresh instance: the old one's memory goes with it. */
  #replace() {
    this.#glue.__wbg_reset_state();
    this.#ended = false;
  }

  /** Gives memory back as soon as nobody uses the instance. */
  #settle() {
    if (this.#users > 0) return;
    if (!this.#ended && this.memory() > KEEP_BYTES) {
      this.#generation += 1;
      this.#ended = true;
    }
    if (this.#ended) this.#replace();
  }

  /**
   * Calls into the instance. No code of the caller may run in `action`, but in functions of `passing`: whatever else is
   * thrown there, but for a sentence of the module on a mistake of the caller, is taken for the end of the instance.
   * @template T
   * @param {(glue: G) => T} action
   * @param {number} [size] of the input
   * @returns {T}
   */
  call(action, size = 0) {
    if (!this.#ready) {
      if (this.#bytes === undefined) throw new PrefectEventsError("not-loaded", this.#missing);
      this.start(this.#bytes());
    }
    if (this.#ended) {
      // The call around this one goes on with what is left of it, to its own end.
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
      // A call within this one failed, and this one went on with what was left.
      if (!alive) throw stale(error);
      sound = error instanceof TypeError && error.message.startsWith(MISUSE);
      throw sound ? error : this.#failure(error, size);
    } finally {
      // After a stack overflow every call may fail, here too: what must happen is no call.
      this.#users -= 1;
      this.#running -= 1;
      if (!sound) {
        // Its memory may be in any state, and what it has borrowed stays so. What is open ends with it.
        this.#generation += 1;
        this.#ended = true;
      }
      this.#settle();
    }
  }

  /**
   * Why a call ended as no call should.
   * @param {unknown} error
   * @param {number} size of the input
   */
  #failure(error, size) {
    const options = { cause: error };
    // Growing would need room on the stack too.
    if (isStackOverflow(error))
      return new PrefectEventsError(
        "stack-overflow",
        "the call stack is exhausted: call prefect-events from a shallower stack; if that does not help, please report it",
        options,
      );
    try {
      // Lists grow by doubling, and what is read takes room beside its text. Nobody uses this memory any more.
      this.#memory().grow(Math.ceil(Math.max(this.memory(), 2 * size) / PAGE_BYTES));
    } catch {
      return new PrefectEventsError(
        "out-of-memory",
        "the input is too large for one call: out of memory (for NDJSON, use validateStream)",
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
   * An object of the module's. Whoever makes it closes it.
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
       * Calls into the instance with the object, as `call` does.
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
        // An object of an instance that was replaced went with it.
        if (born === this.#generation) this.call(() => object.free());
      },
    };
  }
}
