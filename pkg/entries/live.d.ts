import type {
  Backtest,
  BacktestOptions,
  CompareOptions,
  Comparison,
  TestOptions,
  WasmSource,
  Why,
  WhyOptions,
} from "../index.js";
import type { ConnectOptions as ConnectionOptions, EventFilter, PullProgress } from "../types.js";

export type * from "../index.js";
export { PrefectEventsError } from "../index.js";

/** Where the module for live servers comes from. */
export interface LiveInitOptions {
  /** The module (`prefect_events_live.wasm`). Default: `true`, from the folder of the script. */
  live?: WasmSource | boolean | undefined;
}

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: LiveInitOptions): Promise<void>;

/**
 * Replays automations over captured events, and compares their firings with those that the server recorded
 * (`prefect.automation.triggered`). Each difference has a cause. Errors in the texts do not throw: `errors` lists them.
 *
 * @param automations One automation or several, JSON or YAML, as for `replay`.
 * @param events NDJSON, a list, pages of the events API or websocket frames. Several texts are one history.
 * @throws TypeError for a wrong option.
 */
export function backtest(
  automations: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: BacktestOptions,
): Backtest;

/**
 * Plays captured events to two versions of automations, and compares the firings. What the recorded actions of the automation
 * caused is not played. Errors in the texts do not throw: `errors` lists them.
 *
 * @throws TypeError for a wrong option.
 */
export function compareAutomations(
  old: string | Uint8Array | ArrayBuffer,
  young: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: CompareOptions,
): Comparison;

/**
 * Explains what happened to one run: why an automation fired for it, or why it did not, and one changed line with which it would
 * not have, or would have.
 *
 * @param run Its name or id, or the beginning of one.
 * @param automations Those to look at. Default: those that the events describe.
 * @throws TypeError if the run is unknown or ambiguous, if an input cannot be read, or for a wrong option.
 */
export function whyRun(
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  run: string,
  automations?: string | Uint8Array | ArrayBuffer,
  options?: WhyOptions,
): Why;

/**
 * Freezes the firings of scenarios as their expectations, which `testScenarios` then checks: returns the text with a new
 * `expect`. All other bytes stay the same.
 *
 * @throws TypeError if a scenario cannot be read or played.
 */
export function freezeFirings(
  scenarios: string | Uint8Array | ArrayBuffer,
  options?: TestOptions,
): string;

/** Which server, and how to authenticate. */
export interface ConnectOptions extends ConnectionOptions {
  /** In Node.js, without `url`: the profile of Prefect's `profiles.toml` to use instead of the active one. */
  profile?: string;
}

/**
 * A server to read from. In Node.js, without `url`, the address and the credentials come from where Prefect reads its
 * settings: the environment, `.env`, `prefect.toml`, `pyproject.toml`, and the profile. Sends no request yet.
 *
 * @throws TypeError if the options or settings name no server.
 */
export function connect(options?: ConnectOptions): PrefectServer;

/** A server. Its methods only read. */
export interface PrefectServer {
  /** The address of its API, without secrets. */
  readonly url: string;
  /**
   * The events that the filter selects, in order of time, each as one line of JSON without a line break. The end is
   * fixed at the beginning.
   *
   * @throws PrefectEventsError if the server's failure is final.
   */
  events(filter?: EventFilter, options?: ReadOptions): AsyncGenerator<string, void, void>;
  /** The same, many lines at a time: each ends with a line break. */
  eventBatches(filter?: EventFilter, options?: ReadOptions): AsyncGenerator<EventBatch, void, void>;
  /**
   * The events that the filter selects, as they happen: first those since `since` (default: now), then by websocket. After an
   * interruption it connects again, and reads what it missed. It has no end: leave the loop, or use the option `signal`.
   *
   * @throws PrefectEventsError if the server's failure is final.
   */
  stream(filter?: EventFilter, options?: ReadOptions): AsyncGenerator<string, void, void>;
  /** The same, as lines that end with a line break. */
  streamBatches(
    filter?: EventFilter,
    options?: ReadOptions,
  ): AsyncGenerator<EventBatch, void, void>;
  /** All automations, as the API writes them. */
  automations(options?: ReadOptions): Promise<object[]>;
  /** The automation with this name or id, as the API writes it. */
  automation(nameOrId: string, options?: ReadOptions): Promise<object>;
}

/** Events, one per line. */
export interface EventBatch {
  /** NDJSON. */
  lines: string;
  /** How many events. */
  count: number;
}

/** What happens while reading. */
export interface ReadOptions {
  /** Ends reading: it rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** Called after each slice of time. */
  onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Called before each pause that the server asked for, or that follows a failure. */
  onWait?: ((wait: ServerWait) => void) | undefined;
}

/** A pause before the next request. */
export interface ServerWait {
  /** How long. */
  milliseconds: number;
  /** Why. */
  reason: string;
}
