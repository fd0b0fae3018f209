// A websocket whose messages one waits for.

/** @typedef {{ code: number, reason: string }} Closed */

/** Where browsers and Node.js 22 have a class, others load one. @type {() => Promise<any>} */
let load = async () => {
  throw new Error("this platform has no WebSocket");
};

/** @param {() => Promise<any>} other for platforms without WebSocket */
export function useSockets(other) {
  load = other;
}

/** For a socket that could not be opened, or whose peer said nothing. */
const ABNORMAL = 1006;

export class Socket {
  /** @type {any} */
  #socket;
  /** What came and was not read yet. @type {(string | Closed)[]} */
  #queue = [];
  /** @type {((next: string | Closed) => void) | undefined} */
  #waiting;
  #signal;

  /** @param {AbortSignal | undefined} signal ends waiting */
  constructor(signal) {
    this.#signal = signal;
  }

  /**
   * @param {string} url
   * @returns {Promise<Closed | undefined>} why it could not be opened
   */
  async open(url) {
    this.close();
    const WebSocket = globalThis.WebSocket ?? (await load());
    const socket = new WebSocket(url, ["prefect"]);
    this.#socket = socket;
    const put = (/** @type {string | Closed} */ next) => {
      if (socket !== this.#socket) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting) waiting(next);
      else this.#queue.push(next);
    };
    let problem = "";
    let isOpen = false;
    socket.onopen = () => {
      isOpen = true;
      put("");
    };
    socket.onmessage = (/** @type {any} */ { data }) => {
      if (typeof data === "string") put(data);
    };
    socket.onerror = (/** @type {any} */ { message, error }) => {
      problem = String(message || error?.message || "");
    };
    socket.onclose = (/** @type {any} */ { code, reason }) =>
      put({ code: code || ABNORMAL, reason: String(reason) || (isOpen ? "" : problem) });
    const first = await this.receive();
    return typeof first === "object" ? first : undefined;
  }

  /** @param {string} text */
  send(text) {
    // If it has been closed, `receive` says so.
    if (this.#socket?.readyState === 1) this.#socket.send(text);
  }

  /**
   * @param {number} [milliseconds] the longest time to wait
   * @returns {Promise<string | Closed | undefined>}
   */
  receive(milliseconds) {
    const next = this.#queue.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiting = undefined;
        clearTimeout(timer);
        this.#signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        done();
        reject(this.#signal?.reason);
      };
      this.#signal?.addEventListener("abort", abort, { once: true });
      /** @param {string | Closed} [came] */
      const end = (came) => {
        done();
        resolve(came);
      };
      const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
      this.#waiting = end;
    });
  }

  close() {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#queue = [];
    socket?.close();
  }
}
