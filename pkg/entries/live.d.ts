import type { RenderedFirings, ReplayOptions, SimulateOptions, WasmSource } from "../index.js";

export type * from "../index.js";
export { PrefectEventsError } from "../index.js";

/** Where the module for live servers comes from. */
export interface LiveInitOptions {
  /** The module (`prefect_events_live.wasm`). Default: `true`, from the folder of the script. */
  live?: WasmSource | boolean | undefined;
}

/** Loads the module for these functions. In browsers, call it once before them; in Node.js it is loaded on import. */
export function init(options?: LiveInitOptions): Promise<void>;

/** The options of `renderActions`: those of `simulate`, or with `events` those of `replay`. */
export interface RenderActionsOptions extends Omit<SimulateOptions, "events">, ReplayOptions {
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
  /** The address of Prefect's interface, for links. Default `"http://127.0.0.1:4200"`. */
  uiUrl?: string;
  /** The most firings whose actions are rendered. Default 1000. */
  most?: number;
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
