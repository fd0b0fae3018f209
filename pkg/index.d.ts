// What the functions are, and what only JavaScript has. The types of options and results are made of the core's, those of
// events and scenarios of their schemas.

import type { AnyEvent, RelatedLabels } from "./events.js";
import type { EventInputOf, EventName, EventOf } from "./inputs.js";
import type { Scenario } from "./scenario.js";
import type * as core from "./types.js";
import type {
  Advice,
  CheckOptions,
  CheckReport,
  Diagnostic,
  DiagnosticCode,
  EventType,
  ExampleOptions,
  ExampleRuns,
  Explanation,
  HeartbeatConfig,
  ReplayOptions,
  RunSpec,
  SimulateOptions,
  SimulationResult,
  StateType,
  TestOptions,
  TestReport,
  ValidationReport,
  VersionComparison,
} from "./types.js";

export type * from "./events.js";
export type { EventInputOf, EventName, EventOf } from "./inputs.js";
export type * from "./scenario.js";
export type * from "./types.js";

/**
 * Starts the WebAssembly modules: needed once in a browser, before anything that does more than look something up
 * (`explain`, `eventTypes`, `toCurl`). Calling it again does nothing. In Node.js the modules are ready when imported, and
 * this resolves at once.
 *
 * A bundler leaves out the functions that are not imported, and then `init` does not load the module behind them. A part
 * of a page that is loaded later calls `init` again, for the functions that came with it.
 *
 * @throws TypeError for an unknown option.
 */
export function init(options?: InitOptions): Promise<void>;

/**
 * Where each module comes from. `true`: its file lies beside the script; `false`: it is not loaded, and what needs it throws.
 */
export interface InitOptions {
  /** What validates events (`prefect_events_validate.wasm`). Default: `true` if a function that needs it is imported. */
  validate?: WasmSource | boolean | undefined;
  /**
   * What checks automations, simulates and builds events (`prefect_events_author.wasm`). Default: `true` if a function
   * that needs it is imported: `checkAutomation`, `heartbeatAdvice`, `buildEvent`, `buildEventLines`, `buildRun`, `simulate`,
   * `exampleRuns`, `replay`, `compareReplays`, `compareVersions`, `testScenarios` or `scenarioFiles`.
   */
  author?: WasmSource | boolean | undefined;
  /** What validates with JSON Schemas of your own, the option `schemas` (`prefect_events_schemas.wasm`). Default: `false`. */
  schemas?: WasmSource | boolean | undefined;
}

/** Where a module is, its bytes, or the compiled module; or a promise of one of these. */
export type WasmSource = WasmSourceValue | PromiseLike<WasmSourceValue>;

type WasmSourceValue =
  | string
  | GlobalType<"URL">
  | GlobalType<"Request">
  | GlobalType<"Response">
  | WasmCode;

/** The bytes of a module, or the compiled `WebAssembly.Module`. */
export type WasmCode = ArrayBuffer | ArrayBufferView | WasmModule;

/** A `WebAssembly.Module`: an object without members, in projects that know it and in others. */
export interface WasmModule {
  readonly prefectEvents?: never;
}

/** The global class of this name; in a project without it nothing, so that all this compiles there too. */
type GlobalType<Name extends string> = typeof globalThis extends {
  [N in Name]: { prototype: infer Type };
}
  ? Type
  : never;

/**
 * What functions throw when it is no mistake of the caller, which is a `TypeError`.
 *
 * Errors of your own functions (the source of a stream, `onProgress`) and of the platform (a module that cannot be fetched
 * or compiled) pass through unchanged.
 */
export class PrefectEventsError extends Error {
  constructor(code: PrefectEventsErrorCode, message: string, options?: { cause?: unknown });
  readonly code: PrefectEventsErrorCode;
}

/**
 * Why a function failed:
 *
 * - `not-loaded`: a module has not been loaded; call `await init()` first.
 * - `not-available`: this entry of the package has no module for the option `schemas`.
 * - `line-too-long`: a line of a stream is longer than 64 MiB.
 * - `out-of-memory`: the input is too large for one call.
 * - `stack-overflow`: the call stack was exhausted.
 * - `stale`: a stream or a call ended, because another call that it shares a module with failed.
 * - `internal`: an error of prefect-events; please report it.
 */
export type PrefectEventsErrorCode =
  | "not-loaded"
  | "not-available"
  | "line-too-long"
  | "out-of-memory"
  | "stack-overflow"
  | "stale"
  | "internal";

/** The version of this package, such as `"0.1.0"`. */
export function version(): string;

/**
 * Checks events: one event, an array of events, NDJSON, a page of the events API (`{"events": […]}`),
 * or websocket frames (`{"type": "event", "event": {…}}`).
 *
 * Wrong data never throws, it is reported. Misuse (another type of input, an unknown option) throws a `TypeError`.
 *
 * @param input JSON text, its UTF-8 bytes, or the object or array itself. Only findings in a text have a `range`.
 */
export function validate(
  input: string | Uint8Array | ArrayBuffer | object | object[],
  options?: ValidateOptions,
): ValidationReport;

/**
 * Checks automations, JSON or YAML: one, a list of them, a bare trigger, or a `prefect.yaml` with the triggers of
 * its deployments. What the server refuses is an error; what it takes, but what hardly does what is meant, is advised on.
 *
 * Wrong data never throws, it is reported: `count` is the number of automations, `index` says which one. Misuse throws a `TypeError`.
 */
export function checkAutomation(
  input: string | Uint8Array | ArrayBuffer | object,
  options?: CheckOptions,
): CheckReport;

/**
 * Checks NDJSON of any length in constant memory: one report for each chunk of whole lines (about 1 MiB).
 * Indexes and places count from the beginning of the stream.
 *
 * Throws if the source does, or if a single line is longer than 64 MiB.
 */
export function validateStream(
  source: AsyncIterable<Uint8Array | string> | WebStream,
  options?: ValidateOptions,
): AsyncGenerator<ValidationReport, void, void>;

/**
 * Whether a text that begins like this is NDJSON, for {@link validateStream}, or one document, for {@link validate}.
 *
 * @param head Its first bytes: some KB do.
 * @returns `undefined` if more must be seen.
 */
export function isNdjson(head: Uint8Array): boolean | undefined;

/** A `ReadableStream` of bytes or strings. */
export interface WebStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | string | undefined }>;
    cancel(): Promise<void>;
  };
}

/**
 * The text with the fixes of these findings made, and nothing else changed. Of a fix all edits are made or none;
 * a fix that overlaps one before it is left out: check the result again to get it.
 *
 * @param text The text that the findings are about.
 */
export function applyFixes(text: string, diagnostics: Diagnostic[]): string;

/**
 * What a diagnostic code means, with one wrong and one right example.
 *
 * @param code Such as `"missing-label"`.
 * @returns `undefined` for a code that does not exist.
 */
export function explain(code: string): Explanation | undefined;

/** The codes of all diagnostics, which {@link explain} explains. */
export function diagnosticCodes(): DiagnosticCode[];

/** Everything known of each event that Prefect emits. */
export function eventTypes(): EventType[];

/**
 * Everything known of one event.
 *
 * @param name An event's name or a pattern: `"prefect.task-run.Running"` finds `prefect.task-run.{state}`.
 * @returns `undefined` for an event that Prefect does not emit.
 */
export function describeEvent(name: string): EventType | undefined;

/**
 * A JSON Schema (draft 2020-12) of events, automations or triggers. The same schemas are files of this package:
 * `prefect-events/schemas/automation.json`, `prefect-events/schemas/prefect.task-run.state.json`.
 *
 * @param name `"automation"`, `"trigger"`, `"deployment-triggers"` (for a `prefect.yaml`), `"event"` (any event, your own
 * too), or an event's name or pattern: `"prefect.task-run.Running"` gives the schema of `prefect.task-run.{state}`. Without
 * a name, or with `"events"`: one for all events, each by its name.
 *
 * The schemas of events reject what `validate` calls an error, as far as a schema can say it, and accept what it calls a
 * warning. Those of automations reject what the REST API rejects, and fields that Prefect drops.
 * @throws TypeError for another name, with the one that was probably meant.
 */
export function jsonSchema(name?: string): object;

/**
 * Plays a scenario: an automation with events, or with runs whose events are generated, to the trigger engine of the
 * Prefect server. A scenario that is wrong never throws: `errors` tells what is wrong, and nothing is played.
 *
 * @param scenario JSON or YAML text, its UTF-8 bytes, or the object itself.
 */
export function simulate(
  scenario: string | Uint8Array | ArrayBuffer | Scenario,
  options?: SimulateOptions,
): SimulationResult;

/**
 * Plays real events to an automation: would it have fired?
 *
 * @param automation One automation or several, JSON or YAML: a file for `prefect automation create`, what Prefect exports,
 * a bare trigger, or a `prefect.yaml` with triggers.
 * @param events NDJSON, a list, pages of the events API, websocket frames, or what `prefect event stream` prints. Several
 * texts are one history.
 * @throws If an option is wrong.
 */
export function replay(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: ReplayOptions,
): SimulationResult;

/**
 * Finds a history on which an automation fires, and one on which it does not, by playing a closed list of them: a run that
 * completes or fails, several that fail, one whose process dies, one that takes long, is paused or retried, and the events
 * that the trigger names. A document that is wrong never throws: `errors` says what is wrong with it.
 *
 * @param automation As of {@link replay}.
 * @throws If an option is wrong.
 */
export function exampleRuns(
  automation: string | Uint8Array | ArrayBuffer,
  options?: ExampleOptions,
): ExampleRuns;

/** Plays a scenario to a server 3.8 and to a server 3.9, and tells which firings differ. */
export function compareVersions(
  scenario: string | Uint8Array | ArrayBuffer | Scenario,
  options?: Omit<SimulateOptions, "serverVersion">,
): VersionComparison;

/**
 * Plays real events to an automation, as {@link replay} does, on a server 3.8 and on a server 3.9, and compares the
 * firings.
 *
 * @throws If an option is wrong.
 */
export function compareReplays(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: Omit<ReplayOptions, "serverVersion">,
): VersionComparison;

/**
 * Tests scenarios with expectations (`expect`).
 *
 * @param input A scenario, a list of scenarios, or an object with the list `scenarios`.
 */
export function testScenarios(
  input: string | Uint8Array | ArrayBuffer | Scenario | Scenario[] | { scenarios: Scenario[] },
  options?: TestOptions,
): TestReport;

/**
 * The paths of the files that scenarios refer to (`automation: ./zombies.yaml`), each once. `simulate`, `compareVersions`
 * and `testScenarios` need their texts as the option `files`.
 *
 * @param input A scenario, a list of scenarios, or an object with the list `scenarios`.
 */
export function scenarioFiles(
  input: string | Uint8Array | ArrayBuffer | Scenario | Scenario[] | { scenarios: Scenario[] },
): string[];

/**
 * What a window (`within`) over heartbeats is good for: how many missed heartbeats it tolerates, how soon it finds a
 * dead run, and which false alarms to expect.
 */
export function heartbeatAdvice(input: HeartbeatConfig): Advice;

/**
 * Builds an event: what varies is given, and what follows from it is filled in (constant labels, the state in the labels
 * and in the payload, ids and roles, slugs, timestamps). Ids, names and times that are not given are made; what only
 * the caller can know is asked for.
 *
 * Throws a `TypeError` whose sentence names the key that is missing, unknown or wrong.
 *
 * @param name Such as `"prefect.task-run.Completed"`; any name that does not begin with `prefect.` is a custom event.
 * @param input Objects called after Prefect's things, with keys in snake_case. Its type follows from the name, if that is
 * a literal: a misspelt key does not compile, nor does an input without a key that the event needs.
 * @returns The event, with the labels and the payload of its name.
 */
export function buildEvent<Name extends EventName | (string & {})>(
  name: Name,
  ...rest: BuildArguments<Name>
): BuiltEventOf<Name>;

/**
 * Builds many events of one name, one of each input: NDJSON, a line for each. For load tests: much quicker than
 * {@link buildEvent} in a loop, most of whose time is spent on making an object of each event.
 *
 * Throws a `TypeError` as `buildEvent` does, with the place of the input in the list.
 */
export function buildEventLines<Name extends EventName | (string & {})>(
  name: Name,
  inputs: EventInputOf<Name>[],
  options?: BuildManyOptions,
): string;

/**
 * Builds the history of a flow run: all its events in the order of time, with `follows` as Prefect sets it.
 *
 * Throws a `TypeError` with a sentence for a mistake in the description.
 */
export function buildRun(spec?: RunSpec, options?: BuildManyOptions): BuiltEvent[];

/** A command for a shell that sends events to the API of a Prefect server: at `PREFECT_API_URL`, or on this machine. */
export function toCurl(events: AnyEvent[]): string;

/** Python that emits events with Prefect's `emit_event`. */
export function toPython(events: AnyEvent[]): string;

/** How events are validated. */
export interface ValidateOptions extends core.ValidateOptions {
  /**
   * JSON Schemas of your own, each for the events whose names match its key: a pattern such as `"acme.order.*"`, as in a
   * trigger's `expect` (`*`, `?`, `[…]`). A schema is for the whole event; it can say itself which events it is for
   * (`"x-prefect-events"`: a pattern, or a list of them), whatever its key.
   *
   * Any draft from 4 to 2020-12 (`$schema`; 2020-12 without), formats are checked. A `$ref` finds the other schemas by
   * their `$id`, or by their keys where they have none; nothing is ever fetched. What they refuse is reported as
   * `schema-violation`, under both profiles. A schema that cannot be used throws a `TypeError` that tells where in it.
   */
  schemas?: { [pattern: string]: object | boolean };
}

/** The same seed and time give the same events. By default ids differ from call to call, and `now` is the time of the call. */
export type BuildOptions = Partial<core.BuildOptions>;

/** How many events are built: `BuildOptions`, and what watches it. */
export interface BuildManyOptions extends BuildOptions {
  /**
   * Called again and again while events are built, and when the last one is: with how many there are by now, and how many
   * there will be. What it throws ends the building, and comes out of it.
   */
  onProgress?: (done: number, total: number) => void;
}

/** An event that was built, as the API accepts it. */
export interface BuiltEvent extends AnyEvent {
  occurred: string;
  related: RelatedLabels[];
  payload: { [key: string]: unknown };
  follows: string | null;
}

/** A built event of this name. */
export type BuiltEventOf<Name extends string> = BuiltEvent & EventOf<Name> & { event: Name };

/** The arguments of `buildEvent` after the name: the input can be left out if the event needs nothing of it. */
export type BuildArguments<Name extends string> =
  Record<never, never> extends EventInputOf<Name>
    ? [input?: EventInputOf<Name>, options?: BuildOptions]
    : [input: EventInputOf<Name>, options?: BuildOptions];

/** What an event of a name of your own is built of. */
export interface CustomEventInput {
  id?: string;
  /** When it happened. Default: the option `now`. */
  occurred?: string;
  /** The id of the event before. */
  follows?: string | null;
  /** Its labels. */
  resource: { "prefect.resource.id": string; [label: string]: string };
  related?: RelatedLabels[];
  payload?: { [key: string]: unknown };
}

/** A flow, a flow run, a deployment and the like, or the id alone. */
export type Thing = string | null | { id?: string; name?: string; [key: string]: unknown };

/** What an event is built of whose name is no literal. Each event knows its own keys; another one is rejected. */
export interface EventInput {
  id?: string;
  occurred?: string;
  /** The id of the event before. */
  follows?: string | null;
  flow_run?: Thing;
  task_run?: Thing;
  flow?: Thing;
  deployment?: Thing;
  work_pool?: Thing;
  work_queue?: Thing;
  worker?: Thing;
  tags?: string[];
  /** The state that is told; a name of your own needs its type. */
  state?: { name?: string; type?: StateType; message?: string; [key: string]: unknown };
  /** The state before; without it, the one that usually comes before. */
  previous?: null | {
    name?: string;
    type?: StateType;
    message?: string;
    [key: string]: unknown;
  };
  infrastructure?: { identifier: string | number; status_code: string | number };
  /** Of custom events: the labels of the resource, with `prefect.resource.id`. */
  resource?: { [label: string]: string };
  related?: { [label: string]: string }[];
  payload?: { [key: string]: unknown };
  [key: string]: unknown;
}
