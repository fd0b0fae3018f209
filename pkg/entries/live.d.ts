import type {
  Backtest,
  BacktestOptions,
  CompareOptions,
  Comparison,
  RenderedFirings,
  ReplayOptions,
  SimulateOptions,
  TestOptions,
  WasmSource,
  WebStream,
  Why,
  WhyOptions,
} from "../index.js";
import type {
  ActionSettings,
  ConnectOptions as ConnectionOptions,
  EventBatch,
  EventFilter,
  ObservedHeartbeats,
  ObserveOptions,
  PullProgress,
  RenderOptions,
  ServerWait,
  WindowCurve,
  WindowCurveOptions,
} from "../types.js";

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
  older: string | Uint8Array | ArrayBuffer,
  newer: string | Uint8Array | ArrayBuffer,
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

/** What happens while reading. */
export interface ReadOptions {
  /** Ends reading: it rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** Called after each slice of time. */
  onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Called before each pause that the server asked for, or that follows a failure. */
  onWait?: ((wait: ServerWait) => void) | undefined;
}

/**
 * Calculates how often windows over heartbeats fire although the run is alive, and how long it takes to find a dead run:
 * exactly where heartbeats are only lost at random, otherwise by simulation, from a seed.
 */
export function windowCurve(options?: WindowCurveOptions): WindowCurve;

/** The same as text for a terminal, or as indented JSON. */
export function renderWindowCurve(options?: WindowCurveOptions, how?: RenderOptions): string;

/**
 * Captured events: a text of any form that `replay` reads, or a stream of NDJSON in parts of any length; or several of
 * them.
 */
export type CapturedHeartbeats = HeartbeatSource | HeartbeatSource[];

/** A text or a stream of captured events. */
export type HeartbeatSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | AsyncIterable<Uint8Array | string>
  | WebStream;

/**
 * Reads the heartbeats among captured events: their gaps by deployment, delays, bursts and losses, and the windows that
 * they call for. Memory grows with the number of runs, not of events.
 */
export function observeHeartbeats(
  events: CapturedHeartbeats,
  options?: ObserveOptions,
): Promise<ObservedHeartbeats>;

/** The same as text for a terminal, or as indented JSON. */
export function renderHeartbeats(
  events: CapturedHeartbeats,
  options?: ObserveOptions,
  how?: RenderOptions,
): Promise<string>;

/** The options of `renderActions`: those of `simulate`, or with `events` those of `replay`. */
export interface RenderActionsOptions
  extends Omit<SimulateOptions, "events">,
    ReplayOptions,
    ActionSettings {
  /**
   * Captured events, which are played to the automation: NDJSON, a list, pages of the events API, and so on. Several texts
   * are one history. Default: the input is a scenario.
   */
  events?: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[];
  /**
   * What only the server knows, in the form of its API: by variable (`flow_run`, `deployment`, `flow`, `task_run`,
   * `work_pool`, `work_queue`, `concurrency_limit`, `variables`), or by resource (`"prefect.flow-run.…"`). Null: it does
   * not exist.
   */
  given?: { [name: string]: object | null };
}

/**
 * Plays a scenario, or events to an automation, and renders what the actions of each firing do, as the server would: texts
 * of notifications, parameters of flow runs with their types, and what an action acts on.
 *
 * @param input A scenario. With the option `events`: one automation or several, JSON or YAML.
 * @throws TypeError for a wrong option.
 */
export function renderActions(
  input: string | Uint8Array | ArrayBuffer | object,
  options?: RenderActionsOptions,
): RenderedFirings;
