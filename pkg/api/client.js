// Reads events and automations from a live server. The module says which requests to send; `fetch` sends them.

import { PrefectEventsError } from "../error.js";
import { optionsOf, string } from "../input.js";
import { liveModule } from "../modules/live.js";
import { Socket } from "../socket.js";

/** @typedef {import("../entries/live.js").ConnectOptions} ConnectOptions */
/** @typedef {import("../entries/live.js").EventFilter} EventFilter */
/** @typedef {import("../entries/live.js").ReadOptions} ReadOptions */
/** @typedef {import("../entries/live.js").ServerWait} ServerWait */
/** @typedef {import("../wasm/steps.js").ServerStep} Step of a task in the module */

/** A request without a response is given up after this time, like in Prefect's client. */
const REQUEST_MILLISECONDS = 60_000;
/** A page has 50 events: more than these bytes, unpacked, come from no Prefect. The same in Python (`_cli/http.py`). */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * @param {ConnectOptions} [options]
 * @returns {PrefectServer}
 */
export function connect(options) {
  return connectWith(optionsOf(options, "connect"));
}

/**
 * `options.settings`: what Prefect's settings are read from, if there is no `url`.
 * @param {{ [name: string]: any }} options
 */
export function connectWith(options) {
  const { clientId = globalThis.crypto.randomUUID() } = options;
  const all = { ...options, clientId };
  return new PrefectServer(
    all,
    liveModule.call((core) => core.serverUrl(all)),
  );
}

class PrefectServer {
  /** Its values are secret. */
  #options;

  /**
   * @param {{ [name: string]: any }} options
   * @param {string} url
   */
  constructor(options, url) {
    this.#options = options;
    /** @readonly */
    this.url = url;
  }

  /**
   * @param {EventFilter} [filter]
   * @param {ReadOptions} [options]
   */
  events(filter, options) {
    return lines(this.eventBatches(filter, options));
  }

  /**
   * @param {EventFilter} [filter]
   * @param {ReadOptions} [options]
   */
  eventBatches(filter, options) {
    return this.#batches("events", filter, options);
  }

  /**
   * @param {EventFilter} [filter]
   * @param {ReadOptions} [options]
   */
  stream(filter, options) {
    return lines(this.streamBatches(filter, options));
  }

  /**
   * @param {EventFilter} [filter]
   * @param {ReadOptions} [options]
   */
  streamBatches(filter, options) {
    return this.#batches("stream", filter, options);
  }

  /**
   * @param {"events" | "stream"} name
   * @param {EventFilter} [filter]
   * @param {ReadOptions} [options]
   * @returns {AsyncGenerator<{ lines: string, count: number }, void, void>}
   */
  async *#batches(name, filter, options = {}) {
    const rest = optionsOf(filter, name);
    const connection = this.#options;
    const open = (/** @type {any} */ { ServerTask }) =>
      name === "stream"
        ? ServerTask.stream(connection, rest, Date.now())
        : ServerTask.pull(connection, rest, Date.now());
    for await (const step of steps(open, options)) {
      if (step.kind !== "events") continue;
      options.onProgress?.(step.progress);
      if (step.count > 0) yield { lines: step.lines, count: step.count };
    }
  }

  /** @param {ReadOptions} [options] */
  async automations(options) {
    return this.#lookUp(undefined, options);
  }

  /**
   * @param {string} nameOrId
   * @param {ReadOptions} [options]
   */
  async automation(nameOrId, options) {
    const [one] = await this.#lookUp(string(nameOrId, "automation", "a name or id"), options);
    return one;
  }

  /**
   * @param {string | undefined} name
   * @param {ReadOptions} [options]
   */
  async #lookUp(name, options = {}) {
    const connection = this.#options;
    for await (const step of steps(
      (core) => core.ServerTask.automations(connection, name),
      options,
    ))
      if (step.kind === "found") return JSON.parse(step.text);
  }
}

/**
 * @param {AsyncIterable<{ lines: string }>} batches
 * @returns {AsyncGenerator<string, void, void>}
 */
async function* lines(batches) {
  for await (const { lines } of batches)
    for (let from = 0, to = 0; from < lines.length; from = to + 1) {
      to = lines.indexOf("\n", from);
      yield lines.slice(from, to);
    }
}

/**
 * Does what a task in the module says, and yields what it found.
 * @param {(core: any) => any} open
 * @param {ReadOptions} options
 * @returns {AsyncGenerator<Step, void, void>}
 */
async function* steps(open, { signal, onWait }) {
  const task = liveModule.open(open);
  const socket = new Socket(signal);
  /** @param {import("../socket.js").Closed} closed */
  const closed = ({ code, reason }) =>
    task.use((own) => own.closed(code, reason, Date.now(), Math.random()));
  try {
    for (;;) {
      signal?.throwIfAborted();
      /** @type {Step} */
      const step = task.use((own) => own.step(Date.now()));
      switch (step.kind) {
        case "failed":
          throw new PrefectEventsError(step.code, step.message);
        case "request": {
          const { status, retryAfter, body, lost } = await send(step, signal);
          const [now, jitter] = [Date.now(), Math.random()];
          if (lost !== undefined) task.use((own) => own.lost(lost, now, jitter));
          else task.use((own) => own.respond(status, retryAfter, body, now, jitter), body?.length);
          break;
        }
        case "wait":
          onWait?.({ milliseconds: step.milliseconds, reason: step.reason });
          await pause(step.milliseconds, signal);
          break;
        case "connect": {
          const failed = await socket.open(step.url);
          if (failed) closed(failed);
          else task.use((own) => own.opened());
          break;
        }
        case "send":
          socket.send(step.text);
          break;
        case "receive": {
          const next = await socket.receive(step.milliseconds);
          if (typeof next === "string") task.use((own) => own.received(next));
          else if (next) closed(next);
          break;
        }
        case "events":
          yield step;
          break;
        default:
          yield step;
          return;
      }
    }
  } finally {
    socket.close();
    task.close();
  }
}

/**
 * @param {Extract<Step, { kind: "request" }>} request
 * @param {AbortSignal} [signal]
 */
async function send({ method, url, headers, body }, signal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(
    () => controller.abort(new Error(`no response within ${REQUEST_MILLISECONDS / 1000} seconds`)),
    REQUEST_MILLISECONDS,
  );
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: controller.signal,
      ...(body === undefined ? {} : { body }),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after") ?? undefined,
      body: await bodyOf(response, url),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PrefectEventsError) throw error;
    return { lost: reasonOf(error) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * @param {Response} response
 * @param {string} url
 */
async function bodyOf(response, url) {
  const reader = response.body?.getReader();
  /** @type {Uint8Array[]} */
  const pieces = [];
  let length = 0;
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (value === undefined) break;
    pieces.push(value);
    length += value.length;
    if (length <= MOST_BYTES) continue;
    await reader?.cancel();
    throw new PrefectEventsError(
      "not-prefect",
      `the response of ${new URL(url).origin} is larger than ${MOST_BYTES / 1024 / 1024} MiB: no Prefect server sends so much at once`,
    );
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

/**
 * The platform's reason: Node.js says only "fetch failed", with the cause inside.
 * @param {unknown} error
 * @returns {string}
 */
function reasonOf(error) {
  const { cause, code, message, errors } = /** @type {any} */ (error);
  if (cause) return reasonOf(cause);
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  return String(message || code || error);
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
