// The functions of the package, and the types that only JavaScript needs. The types of options and results are generated
// from the core's types, those of events and scenarios from their schemas.

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
  InputKey,
  ReplayOptions,
  RunSpec,
  ServerErrorCode,
  SimulateOptions,
  SimulationResult,
  TestOptions,
  TestReport,
  ValidationReport,
  VersionComparison,
} from "./types.js";

export type * from "./events.js";
export type { CustomEventInput, EventInput, EventInputOf, EventName, EventOf } from "./inputs.js";
export type * from "./scenario.js";
export type * from "./types.js";

/**
 * Loads the WebAssembly modules. In browsers, call it once before any function except those that only look something up,
 * such as `explain`, `eventTypes` and `toCurl`. Further calls do nothing. In Node.js the modules are loaded on import, and
 * `init` resolves immediately.
 *
 * `init` loads only the modules that the imported functions need. If you load a part of a page later, call `init` again
 * there, for the functions that this part imports.
 *
 * @throws TypeError for an unknown option.
 */
export function init(options?: InitOptions): Promise<void>;

/**
 * Where each module comes from. `true`: load it from the folder of the script. `false`: do not load it; functions that need it
 * throw.
 */
export interface InitOptions {
  /** The module that validates events (`prefect_events_validate.wasm`). Default: `true` if an imported function needs it. */
  validate?: WasmSource | boolean | undefined;
  /**
   * The module that checks automations, simulates and builds events (`prefect_events_author.wasm`). Default: `true` if you
   * import a function that needs it: `checkAutomation`, `heartbeatAdvice`, `buildEvent`, `buildEventLines`, `buildRun`, `simulate`,
   * `exampleRuns`, `replay`, `compareReplays`, `compareVersions`, `testScenarios` or `scenarioFiles`.
   */
  author?: WasmSource | boolean | undefined;
  /** The module for the option `schemas`, your own JSON Schemas (`prefect_events_schemas.wasm`). Default: `false`. */
  schemas?: WasmSource | boolean | undefined;
}

/** The address of a module, its bytes, or the compiled module; or a promise of one of these. */
export type WasmSource = WasmSourceValue | PromiseLike<WasmSourceValue>;

type WasmSourceValue =
  | string
  | GlobalType<"URL">
  | GlobalType<"Request">
  | GlobalType<"Response">
  | WasmCode;

/** The bytes of a module, or the compiled `WebAssembly.Module`. */
export type WasmCode = ArrayBuffer | ArrayBufferView | WasmModule;

/** A `WebAssembly.Module`. The type has no members, so that it also compiles in projects without the types of browsers. */
export interface WasmModule {
  readonly prefectEvents?: never;
}

/** The global class of this name, or `never` in projects that do not have its type. */
type GlobalType<Name extends string> = typeof globalThis extends {
  [N in Name]: { prototype: infer Type };
}
  ? Type
  : never;

/**
 * Thrown when a function fails for a reason other than misuse. Misuse throws a `TypeError`.
 *
 * Errors from your own functions (the source of a stream, `onProgress`) and from the platform (a module cannot be fetched
 * or compiled) are rethrown unchanged.
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
 * - `out-of-memory`: the input or the result is too large for one call.
 * - `stack-overflow`: the call stack was exhausted.
 * - {@link ServerErrorCode}: only from `prefect-events/live`.
 * - `stale`: a stream or call ended because another call in the same module failed.
 * - `internal`: an internal error in prefect-events; please report it.
 */
export type PrefectEventsErrorCode =
  | "not-loaded"
  | "not-available"
  | "line-too-long"
  | "out-of-memory"
  | "stack-overflow"
  | ServerErrorCode
  | "stale"
  | "internal";

/** The version of this package, such as `"0.1.0"`. */
export function version(): string;

/**
 * Checks events: one event, an array of events, NDJSON, a page of the events API (`{"events": […]}`),
 * or websocket frames (`{"type": "event", "event": {…}}`).
 *
 * Invalid events are reported and never throw. Misuse (another type of input, an unknown option) throws a `TypeError`.
 *
 * @param input JSON text, its UTF-8 bytes, or the object or array itself. Only findings in a text have a `range`.
 */
export function validate(
  input: string | Uint8Array | ArrayBuffer | object | object[],
  options?: ValidateOptions,
): ValidationReport;

/**
 * Checks automations in JSON or YAML: one, a list, a bare trigger, or a `prefect.yaml` with triggers of deployments. Reports
 * errors for what Prefect rejects, and warnings for what Prefect accepts but probably isn't what you meant.
 *
 * Invalid automations are reported and never throw: `count` is the number of automations, `index` the position of the one
 * that a finding is about. Misuse throws a `TypeError`.
 */
export function checkAutomation(
  input: string | Uint8Array | ArrayBuffer | object,
  options?: CheckOptions,
): CheckReport;

/**
 * Checks NDJSON of any length in constant memory. Yields one report for each chunk of whole lines (about 1 MiB).
 * Indexes and positions count from the beginning of the stream.
 *
 * Throws if the source throws, or if a line is longer than 64 MiB.
 */
export function validateStream(
  source: AsyncIterable<Uint8Array | string> | WebStream,
  options?: ValidateOptions,
): AsyncGenerator<ValidationReport, void, void>;

/**
 * Whether a text is NDJSON, for {@link validateStream} (`true`), or one document, for {@link validate} (`false`).
 *
 * @param head The first bytes of the text; a few KB are enough.
 * @returns `undefined` if these bytes are not enough to decide.
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
 * Applies the fixes of these findings and returns the new text. Nothing else changes. Each fix is applied as a whole or not
 * at all. A fix that overlaps an earlier one is skipped: check the result again to get it.
 *
 * @param text The text that was checked.
 */
export function applyFixes(text: string, diagnostics: Diagnostic[]): string;

/**
 * Explains a diagnostic code, with a wrong and a right example.
 *
 * @param code Such as `"missing-label"`.
 * @returns `undefined` for a code that does not exist.
 */
export function explain(code: string): Explanation | undefined;

/** All diagnostic codes. {@link explain} explains each. */
export function diagnosticCodes(): DiagnosticCode[];

/** Describes every event that Prefect emits or documents. */
export function eventTypes(): EventType[];

/** The input that {@link buildEvent} accepts for a custom event, an event whose name is not Prefect's. */
export function customEventInputs(): InputKey[];

/**
 * Describes one event: labels, related resources, payload, an example and a link to the documentation.
 *
 * @param name An event's name or a pattern: `"prefect.task-run.Running"` finds `prefect.task-run.{state}`.
 * @returns `undefined` for an event that Prefect does not emit.
 */
export function describeEvent(name: string): EventType | undefined;

/**
 * Returns a JSON Schema (draft 2020-12) for events, automations, triggers or scenarios. The package has the same schemas as files, such as
 * `prefect-events/schemas/automation.json` and `prefect-events/schemas/prefect.task-run.state.json`.
 *
 * @param name `"automation"`, `"trigger"`, `"deployment-triggers"` (for a `prefect.yaml`), `"scenario"`, `"event"` (any event, including
 * your own), or an event's name or pattern: `"prefect.task-run.Running"` gives the schema of `prefect.task-run.{state}`.
 * Without a name, or with `"events"`: one schema for all events, selected by the event's name.
 *
 * Schemas of events reject what `validate` reports as an error, as far as a schema can express it, and accept what it reports
 * as a warning. Schemas of automations reject what the REST API rejects, and fields that Prefect drops.
 * @throws TypeError for an unknown name. The message names the nearest known one.
 */
export function jsonSchema(name?: string): object;

/**
 * Plays a scenario as the Prefect server's trigger engine would: an automation with events, or with flow runs whose events are
 * generated. An invalid scenario does not throw: `errors` lists what is wrong, and nothing is played.
 *
 * @param scenario JSON or YAML text, its UTF-8 bytes, or the object itself.
 */
export function simulate(
  scenario: string | Uint8Array | ArrayBuffer | Scenario,
  options?: SimulateOptions,
): SimulationResult;

/**
 * Plays captured events to an automation and reports when it would have fired.
 *
 * @param automation One automation or several, JSON or YAML: a file for `prefect automation create`, an exported automation,
 * a bare trigger, or a `prefect.yaml` with triggers.
 * @param events NDJSON, a list, pages of the events API, websocket frames, or the output of `prefect event stream`. Several
 * texts are one history.
 * @throws TypeError for a wrong option.
 */
export function replay(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: ReplayOptions,
): SimulationResult;

/**
 * Finds a history on which an automation fires, and the most similar one on which it does not. It plays a fixed list of
 * histories: a run that completes or fails, several that fail, one whose process dies, a long one, one that is paused or
 * retried, and the events that the trigger names. An invalid document does not throw: `errors` lists what is wrong.
 *
 * @param automation As for {@link replay}.
 * @throws TypeError for a wrong option.
 */
export function exampleRuns(
  automation: string | Uint8Array | ArrayBuffer,
  options?: ExampleOptions,
): ExampleRuns;

/** Plays a scenario on Prefect 3.8 and on Prefect 3.9, and lists the firings that differ. */
export function compareVersions(
  scenario: string | Uint8Array | ArrayBuffer | Scenario,
  options?: Omit<SimulateOptions, "serverVersion">,
): VersionComparison;

/**
 * Replays events, as {@link replay} does, on Prefect 3.8 and on Prefect 3.9, and lists the firings that differ.
 *
 * @throws TypeError for a wrong option.
 */
export function compareReplays(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer | (string | Uint8Array | ArrayBuffer)[],
  options?: Omit<ReplayOptions, "serverVersion">,
): VersionComparison;

/**
 * Plays scenarios and checks their expectations (`expect`).
 *
 * @param input A scenario, a list of scenarios, or an object with the list `scenarios`.
 */
export function testScenarios(
  input: string | Uint8Array | ArrayBuffer | Scenario | Scenario[] | { scenarios: Scenario[] },
  options?: TestOptions,
): TestReport;

/**
 * Lists the files that scenarios refer to (`automation: ./zombies.yaml`), each path once. `simulate`, `compareVersions`
 * and `testScenarios` need the texts of these files in the option `files`.
 *
 * @param input A scenario, a list of scenarios, or an object with the list `scenarios`.
 */
export function scenarioFiles(
  input: string | Uint8Array | ArrayBuffer | Scenario | Scenario[] | { scenarios: Scenario[] },
): string[];

/**
 * Calculates how many missed heartbeats a window (`within`) tolerates, how soon it detects a dead run, and which false alarms
 * to expect.
 */
export function heartbeatAdvice(input: HeartbeatConfig): Advice;

/**
 * Builds an event. You give the values that vary; `buildEvent` fills in everything that follows from them: constant labels,
 * the state in labels and payload, ids, roles, slugs and timestamps. Ids, names and times that you leave out are generated.
 * Values that only you can know are required.
 *
 * Throws a `TypeError` that names the key that is missing, unknown or wrong.
 *
 * @param name Such as `"prefect.task-run.Completed"`. A name that does not begin with `prefect.` is a custom event.
 * @param input Values under keys named after Prefect's objects, in snake_case. If the name is a literal, TypeScript knows the
 * keys of this event: a misspelt or missing required key does not compile.
 * @returns The event, typed by its name.
 */
export function buildEvent<Name extends EventName | (string & {})>(
  name: Name,
  ...rest: BuildArguments<Name>
): BuiltEventOf<Name>;

/**
 * Builds one event from each input and returns them as NDJSON, one per line. For load tests: much faster than
 * {@link buildEvent} in a loop, because it creates no JavaScript objects.
 *
 * Throws a `TypeError` as `buildEvent` does, with the index of the input.
 */
export function buildEventLines<Name extends EventName | (string & {})>(
  name: Name,
  inputs: EventInputOf<Name>[],
  options?: BuildManyOptions,
): string;

/**
 * Builds the history of a flow run: all its events in chronological order, with `follows` as Prefect sets it.
 *
 * Throws a `TypeError` that explains what is wrong in `spec`.
 */
export function buildRun(spec?: RunSpec, options?: BuildManyOptions): BuiltEvent[];

/** Returns a `curl` command that sends events to the Prefect API at `PREFECT_API_URL`, by default `http://127.0.0.1:4200/api`. */
export function toCurl(events: AnyEvent[]): string;

/** Returns a Python program that emits events with Prefect's `emit_event`. */
export function toPython(events: AnyEvent[]): string;

/** Options of {@link validate} and {@link validateStream}. */
export interface ValidateOptions extends core.ValidateOptions {
  /**
   * Your own JSON Schemas. Each applies to the events whose names match its key: a pattern such as `"acme.order.*"`, as in a
   * trigger's `expect` (`*`, `?`, `[…]`). A schema describes the whole event. It can name its events itself
   * (`"x-prefect-events"`: a pattern or a list of patterns); then its key does not matter.
   *
   * Drafts 4 to 2020-12 are supported (`$schema`, default 2020-12), and formats are checked. A `$ref` finds the other schemas
   * by their `$id`, or by their key if they have none; nothing is ever fetched. Events that a schema rejects are reported as
   * `schema-violation`, under both profiles. An invalid schema throws a `TypeError` with the location of the mistake.
   */
  schemas?: { [pattern: string]: object | boolean };
}

/** The same seed and `now` give the same events. By default ids differ from call to call, and `now` is the current time. */
export type BuildOptions = Partial<core.BuildOptions>;

/** Options for building many events. */
export interface BuildManyOptions extends BuildOptions {
  /**
   * Called repeatedly while events are built, and once after the last one, with the number of events built so far and the
   * total. If it throws, building stops and the error is rethrown.
   */
  onProgress?: (done: number, total: number) => void;
}

/** A built event, in the form that the API accepts. */
export interface BuiltEvent extends AnyEvent {
  occurred: string;
  related: RelatedLabels[];
  payload: { [key: string]: unknown };
  follows: string | null;
}

/** A built event with this name. */
export type BuiltEventOf<Name extends string> = BuiltEvent & EventOf<Name> & { event: Name };

/** The arguments of `buildEvent` after the name. The input is optional if the event requires no value. */
export type BuildArguments<Name extends string> =
  Record<never, never> extends EventInputOf<Name>
    ? [input?: EventInputOf<Name>, options?: BuildOptions]
    : [input: EventInputOf<Name>, options?: BuildOptions];
