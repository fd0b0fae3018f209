import type { Timeline } from "./types.js";

export type * from "./events.js";
export type {
  Fired,
  HeartbeatRhythm,
  Lane,
  RunOutcome,
  StateChange,
  Timeline,
  Window,
} from "./types.js";

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
   * that needs it is imported: `checkAutomation`, `heartbeatAdvice`, `buildEvent`, `buildEvents`, `buildRun`, `simulate`,
   * `replay`, `compareVersions` or `testScenarios`.
   */
  author?: WasmSource | boolean | undefined;
  /** What validates with JSON Schemas of your own, the option `schemas` (`prefect_events_schemas.wasm`). Default: `false`. */
  schemas?: WasmSource | boolean | undefined;
}

/**
 * Where the module is (a string, a `URL`, a `Request` or a `Response`), its bytes, or the compiled `WebAssembly.Module`.
 * The names of browsers do not stand here, so that projects without them compile too.
 */
export type WasmSource = string | object;

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
): Report;

/**
 * Checks automations, JSON or YAML: one, a list of them, a bare trigger, or a `prefect.yaml` with the triggers of
 * its deployments. What the server refuses is an error; what it takes, but what hardly does what is meant, is advised on.
 *
 * Wrong data never throws, it is reported: `event` counts the automations, `events` is their number. Misuse throws a `TypeError`.
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
): AsyncGenerator<Report, void, void>;

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
export function codes(): string[];

/** Everything known of each event that Prefect emits. */
export function eventTypes(): EventType[];

/**
 * Everything known of one event.
 *
 * @param name An event's name or a pattern: `"prefect.task-run.Running"` finds `prefect.task-run.{state}`.
 * @returns `undefined` for an event that Prefect does not emit.
 */
export function describe(name: string): EventType | undefined;

/**
 * A JSON Schema (draft 2020-12) that refuses what `validate` calls an error in an event, as far as a schema can say it,
 * and accepts what it calls a warning. The same schemas are files of this package:
 * `prefect-events/schemas/events.json`, `prefect-events/schemas/prefect.task-run.state.json`.
 *
 * @param name An event's name or a pattern; `"prefect.task-run.Running"` gives the schema of `prefect.task-run.{state}`.
 * For an event of your own it is the schema of any event; without a name, one for all events, each by its name.
 * @throws TypeError for a name that is reserved for Prefect, but that no event of Prefect has.
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
 * @param automation Prefect's document, JSON or YAML.
 * @param events NDJSON, a list, pages of the events API, or websocket frames.
 * @throws If an option is wrong.
 */
export function replay(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer,
  options?: ReplayOptions,
): SimulationResult;

/** Plays a scenario to a server 3.8 and to a server 3.9, and tells which firings differ. */
export function compareVersions(
  scenario: string | Uint8Array | ArrayBuffer | Scenario,
  options?: Omit<SimulateOptions, "server_version">,
): VersionComparison;

/**
 * Plays real events to an automation, as `replay` does, on a server 3.8 and on a server 3.9, and compares the firings.
 *
 * @throws If an option is wrong.
 */
export function compareReplays(
  automation: string | Uint8Array | ArrayBuffer,
  events: string | Uint8Array | ArrayBuffer,
  options?: Omit<ReplayOptions, "server_version">,
): VersionComparison;

/**
 * Tests scenarios with expectations (`expect`).
 *
 * @param input A scenario, a list of scenarios, or an object with the list `scenarios`.
 */
export function testScenarios(
  input: string | Uint8Array | ArrayBuffer | Scenario | Scenario[] | { scenarios: Scenario[] },
): TestReport;

/**
 * What a window (`within`) over heartbeats is good for: how many missed heartbeats it tolerates, how soon it finds a
 * dead run, and which false alarms to expect.
 */
export function heartbeatAdvice(input: HeartbeatQuestion): Advice;

/**
 * Builds an event: what varies is given, and what follows from it is filled in (constant labels, the state in the labels
 * and in the payload, ids and roles, slugs, timestamps). Ids, names and times that are not given are made; what only
 * the caller can know is asked for.
 *
 * Throws a `TypeError` whose sentence names the key that is missing, unknown or wrong.
 *
 * @param name Such as `"prefect.task-run.Completed"`; any name that does not begin with `prefect.` is a custom event.
 * @param input Objects called after Prefect's things, with keys in snake_case.
 */
export function buildEvent(name: string, input?: EventInput, options?: BuildOptions): Event;

/**
 * Builds many events of one name, one of each input: NDJSON, a line for each. For load tests: much quicker than
 * {@link buildEvent} in a loop, most of whose time is spent on making an object of each event.
 *
 * Throws a `TypeError` as `buildEvent` does, with the place of the input in the list.
 */
export function buildEvents(name: string, inputs: EventInput[], options?: BuildOptions): string;

/**
 * Builds the history of a flow run: all its events in the order of time, with `follows` as Prefect sets it.
 *
 * Throws a `TypeError` with a sentence for a mistake in the description.
 */
export function buildRun(spec?: RunSpec, options?: BuildOptions): Event[];

/** A command for a shell that sends events to the API of a Prefect server: at `PREFECT_API_URL`, or on this machine. */
export function toCurl(events: Event[]): string;

/** Python that emits events with Prefect's `emit_event`. */
export function toPython(events: Event[]): string;

/** The same seed and time give the same events. */
export interface BuildOptions {
  /** Of all that is made by chance. Without it, ids differ from call to call. */
  seed?: number | string;
  /** The time, RFC 3339. Without it, the present. */
  now?: string;
}

/** An event, as the API takes it. */
export interface Event {
  occurred: string;
  event: string;
  resource: { [label: string]: string };
  related: { [label: string]: string }[];
  payload: { [key: string]: unknown };
  id: string;
  follows: string | null;
}

/** A flow, a flow run, a deployment and the like, or the id alone. */
export type Thing = string | null | { id?: string; name?: string; [key: string]: unknown };

/** What an event is built of. Each event knows its own keys; another one is refused. */
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

export type StateType =
  | "SCHEDULED"
  | "PENDING"
  | "RUNNING"
  | "COMPLETED"
  | "FAILED"
  | "CANCELLED"
  | "CRASHED"
  | "PAUSED"
  | "CANCELLING";

/** A moment: a time, or how long after `now`, such as `"2m30s"` or a number of seconds. */
export type RunMoment = string | number;

/** What happens to a flow run. All times without a date count from `now`. */
export interface RunSpec {
  flow?: Thing;
  flow_run?: Thing;
  deployment?: Thing;
  work_queue?: Thing;
  /** With its `type` (`"process"` without it). */
  work_pool?: Thing;
  tags?: string[];
  /** Submits the flow run and tells when it was executed; `name` and `type`. */
  worker?: Thing;
  /** What the worker ran: by default a made identifier and the status code 0, or 1 if the run crashed. */
  infrastructure?: { identifier?: string; status_code?: number };
  /** Serves the flow run, and cancels it: needs `cancelled`. */
  runner?: Thing;
  /** When it was scheduled; without it, the history begins with `Pending`. */
  scheduled?: RunMoment;
  /** When it is `Running`. Default: `now`. */
  starts?: RunMoment;
  /** When it reaches its last state. Default: a minute after `starts`, unless it `dies`. */
  ends?: RunMoment;
  /** When its process dies without a word: nothing is told after that. */
  dies?: RunMoment;
  /** When it is asked to stop: it is `Cancelling` until `ends`, then `Cancelled`. */
  cancelled?: RunMoment;
  /** The last state: a name that Prefect knows, or a name of its own with the type; with a message if you like. Default: `"Completed"`. */
  state?: string | { name: string; type?: StateType; message?: string };
  /** It fails, and runs anew. */
  retry?: RunBreak | RunBreak[];
  pause?: RunBreak | RunBreak[];
  suspend?: RunBreak | RunBreak[];
  /** Every 180 seconds without it; null: none. */
  heartbeat?: null | { frequency: number };
  tasks?: TaskSpec[];
  subflows?: SubflowSpec[];
}

/** A subflow runs in the process of its parent: it has no worker and no deployment of its own. */
export type SubflowSpec = Pick<
  RunSpec,
  "flow" | "flow_run" | "tags" | "starts" | "ends" | "state" | "heartbeat" | "tasks" | "subflows"
>;

/** How a run stops for a while, and goes on. */
export interface RunBreak {
  at: RunMoment;
  for: RunMoment;
}

export interface TaskSpec {
  /** Of the task; its run is called after it, with a number. */
  name: string;
  /** When it is `Pending`. Default: when the task before ends. */
  starts?: RunMoment;
  /** How long each attempt runs. Default: `"1s"`. */
  duration?: string | number;
  /** How often it fails before the last attempt; `retry_delay` between them, default `"1s"`. */
  retries?: number;
  retry_delay?: string | number;
  /** The last state. Default: `"Completed"`. */
  state?: string | { name: string; type?: StateType; message?: string };
  tags?: string[];
}

/** How bad a finding is. Only an error makes a report invalid. */
export type Severity = "error" | "warning" | "info";

export interface ValidateOptions {
  /**
   * `"documented"` (the default): what Prefect documents and its own emitters do.
   * `"server"`: only what the Prefect server itself refuses.
   */
  profile?: "documented" | "server";
  /** The severity of single codes; `"off"` leaves them out altogether. */
  severity?: { [code: string]: Severity | "off" };
  /** How many findings are listed at most; the counts stay complete. Default 1000. */
  maxDiagnostics?: number;
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

/** How automations are checked. */
export interface CheckOptions
  extends Pick<ValidateOptions, "profile" | "severity" | "maxDiagnostics"> {
  /** The version of the server, such as `"3.8"`; the latest that is known without it. */
  server_version?: string;
  /** The version of the clients that run the flows, such as `"3.6.22"`; a recent one without it. */
  client_version?: string;
  /** Seconds between two heartbeats of a flow run (`PREFECT_FLOWS_HEARTBEAT_FREQUENCY`). */
  heartbeat_frequency?: number;
}

export interface Report {
  /** Whether there is no error; warnings and infos leave it `true`. */
  valid: boolean;
  /** How many events were found; of `checkAutomation`: automations. */
  events: number;
  /** How many errors there are, listed or not. */
  errors: number;
  /** How many warnings there are, listed or not. */
  warnings: number;
  /** How many infos there are, listed or not. */
  infos: number;
  /** In the order of the text. */
  diagnostics: Diagnostic[];
  /** How many findings are not listed; absent if all are. */
  truncated?: number;
}

/** The findings of a check of automations, and what their triggers are. */
export interface CheckReport extends Report {
  /** All triggers in the order of the text, each before those that it contains. Empty if the text cannot be read. */
  triggers: TriggerOutline[];
}

/** One trigger of a text. What the text does not say is as the server sets it, without a range. */
export interface TriggerOutline {
  /** The index of its automation, as `event` of a diagnostic. */
  automation: number;
  /** `"$"` is the trigger of the automation, `"$.0.1"` one nested in it. */
  path: string;
  /** A JSON Pointer in its automation, such as `"/trigger/triggers/0"`. */
  pointer: string;
  type: "event" | "compound" | "sequence";
  posture?: "Reactive" | "Proactive";
  /** Its window. The range is of the value, quotes included. */
  within?: { seconds: number; range?: Range };
  expect?: { values: string[]; range?: Range };
  after?: { values: string[]; range?: Range };
  for_each?: { values: string[]; range?: Range };
  threshold?: { value: number; range?: Range };
  /** Of compound triggers. */
  require?: "any" | "all" | number;
  /** It waits for the heartbeats of flow runs to fail. */
  watches_heartbeats?: true;
}

/** One finding. */
export interface Diagnostic {
  /** Stable, kebab-case: `"missing-label"`. `explain` tells more. */
  code: string;
  severity: Severity;
  /** One sentence: what is wrong, where, what is expected. */
  message: string;
  /** The index of the event (or automation) in the input, from 0; absent if the finding belongs to none. */
  event?: number;
  /** The event's name; absent where it has none. */
  name?: string;
  /** A JSON Pointer inside that event, such as `"/resource/prefect.state-type"`; `""` is the event itself. */
  path: string;
  /** Where in the text; absent if the input was an object. */
  range?: Range;
  /** What to do. */
  help?: string;
  /** The documentation: an absolute URL. */
  docs?: string;
  /** A change that certainly puts it right; absent where there is none, or if the input was an object. */
  fix?: Fix;
}

/** A change of the text after which the finding is gone and all else is as it was. */
export interface Fix {
  /** What it does, such as `"rename the label to `prefect.state-name`"`. */
  title: string;
  edits: Edit[];
}

/** Replaces the text of a range; an empty range inserts. */
export interface Edit {
  range: Range;
  text: string;
}

/** A part of a text: `text.slice(range.start.offset, range.end.offset)`. */
export interface Range {
  start: Position;
  /** Exclusive. */
  end: Position;
}

/** A place in a text, counted in UTF-16 code units, as JavaScript's strings are. */
export interface Position {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** From 0. */
  offset: number;
}

/** What a diagnostic code means. */
export interface Explanation {
  code: string;
  /** What is wrong, in a few words. */
  title: string;
  /** The usual severity. */
  severity: Severity;
  /** Whether the Prefect server itself refuses it, so that it counts under both profiles. */
  server: boolean;
  /** What it is about: `validate`, `checkAutomation` or `testScenarios` find it. */
  about: "events" | "automations" | "scenarios";
  /** Why it is wrong and what to do about it. */
  text: string;
  /** The documentation: an absolute URL. */
  docs?: string;
  /** A text that has exactly this finding. */
  wrong: string;
  /** The same text without it. */
  right: string;
  /** With which options the one is wrong, and the other right, if any are needed. */
  wrong_options?: CheckOptions;
  options?: CheckOptions;
}

/** Who says so: the documentation, the source code of Prefect, or both. */
export type Source = "docs" | "code" | "both";

/** Everything known of one event, or of a family of events with one name pattern. */
export interface EventType {
  /** Such as `"prefect.task-run.{state}"`. */
  name_pattern: string;
  title: string;
  /** Whether Prefect's documentation describes it; otherwise it is known from its source code. */
  documented: boolean;
  /** Whether only Prefect Cloud emits it. */
  cloud: boolean;
  emitter: "client" | "server" | "cloud" | (string & {});
  /** The form of `resource["prefect.resource.id"]`, such as `"prefect.task-run.{uuid}"`. */
  resource_id: string;
  /** The labels of the resource. */
  labels: Label[];
  /** The related resources, by role. */
  related: RelatedResource[];
  payload: PayloadField[];
  /** Which event `follows` names. */
  follows?: string;
  /** The documentation: an absolute URL. */
  docs?: string;
  /** The known values of the placeholder in the name. */
  variants?: Variant[];
  /** What `buildEvent` takes for such an event, in the order of the event. */
  inputs: InputKey[];
  /** A valid event. */
  example: object;
}

/** A key of what an event is built of. */
export interface InputKey {
  /** From the outside in, with dots between: `"task_run.name"`. */
  key: string;
  /** Without it, the event cannot be built. */
  required?: true;
  /** What it says is in each such event; if it is not given, it is made. */
  always?: true;
  /** The name of the event says it already. */
  named?: true;
  type:
    | "text"
    | "uuid"
    | "timestamp"
    | "integer"
    | "number"
    | "boolean"
    | "object"
    | "object of strings"
    | "array"
    | "list of texts"
    | "any";
  /** All values it can have, where they are known. */
  values?: string[];
  /** What it is unless it is given, in words; of what is not always there: once something of the same thing is given. */
  otherwise?: string;
  /** An example, where nothing is made. */
  example?: unknown;
  meaning: string;
}

export interface Label {
  name: string;
  presence: "required" | "optional" | "undocumented";
  /** What its text looks like, such as `"uuid"`. */
  form: string;
  /** All values it can have, where they are known. */
  values?: string[];
  meaning: string;
  source: Source;
}

export interface RelatedResource {
  role: string;
  /** The form of its `prefect.resource.id`. */
  id: string;
  /** How many there are at least. */
  min: number;
  /** How many there are at most; absent: any number. */
  max?: number;
  /** When it is there, in words. */
  when: string;
  /** Its labels, without its id and its role. */
  labels: Label[];
  source: Source;
}

export interface PayloadField {
  /** Keys from the outside in, with dots between: `"validated_state.type"`; `[]` stands for each item of an array. */
  path: string;
  type: string;
  nullable: boolean;
  presence: "required" | "optional" | "undocumented";
  /** All values it can have, where they are known. */
  values?: string[];
  meaning: string;
  source: Source;
}

export interface Variant {
  /** What stands in the place of the placeholder, such as `"Running"`. */
  name: string;
  /** The state type that belongs to it, such as `"RUNNING"`. */
  type?: string;
  documented: boolean;
}

export interface SimulateOptions {
  /** Whether each decision is told, not only the firings. Default `false`. */
  trace?: boolean;
  /** Whether to return what the decisions mean for each run: its heartbeats, windows and firings. Default `false`. */
  timeline?: boolean;
  /** Whether the generated events are returned. Default `false`. */
  events?: boolean;
  /** Whatever the scenario says. */
  server_version?: Scenario["server_version"];
}

/** How events are played: as in a scenario. */
export interface ReplayOptions
  extends Pick<
    Scenario,
    | "start"
    | "end"
    | "tick_seconds"
    | "tick_offset_seconds"
    | "delivery"
    | "server_version"
    | "intended"
  > {
  /** Whether each decision is told, not only the firings. Default `false`. */
  trace?: boolean;
  /** Whether to return what the decisions mean for each run: its heartbeats, windows and firings. Default `false`. */
  timeline?: boolean;
}

export interface VersionComparison {
  "3.8": SimulationResult;
  "3.9": SimulationResult;
  /** Empty: both fire alike. */
  differences: Difference[];
}

/** What one server fires and the other does not, or at another time, or with another event. */
export interface Difference {
  "3.8"?: Firing;
  "3.9"?: Firing;
  /** When the first of them fires. */
  at: string;
  /** The difference in one sentence. */
  message: string;
}

/** A span of time such as `"3m30s"`, or a number of seconds. */
export type Span = string | number;

/** A span from the start of the scenario, or a point in time such as `"2026-03-01T12:00:00Z"`. */
export type Moment = string | number;

/** An automation and what happens: events, or runs whose events are generated. */
export interface Scenario {
  /** Its name. */
  scenario?: string;
  description?: string;
  /** Prefect's document, or the name of a built-in one: the documented automation with a window of 90 seconds. */
  automation: object | "crash-zombie-flows";
  /** A point in time. Default: when the first of `events` is received, or 2026-01-01T00:00:00Z. */
  start?: string;
  /** Default: when everything can have fired. */
  end?: Moment;
  /** From one round of the server's loops to the next. Default 5. */
  tick_seconds?: Span;
  /** From the start to the first round. Default 0. */
  tick_offset_seconds?: Span;
  /** `"direct"`: no de-duplication, no waiting for the event that one follows. Default `"consumer"`, as in the server. */
  delivery?: "consumer" | "direct";
  /** Default `"3.9"`. */
  server_version?: "3.9" | "3.8" | (string & {});
  /** What is meant is played instead of the faults of the server, where it is clear what that is. Default `false`. */
  intended?: boolean;
  /** How generated runs send heartbeats; null: not at all. */
  heartbeat?: ScenarioHeartbeat | null;
  runs?: ScenarioRun[];
  /** Real events, each with `received` (default: `occurred`). */
  events?: object[];
  /** For `testScenarios`. */
  expect?: Expectation[];
}

export interface ScenarioHeartbeat {
  /** Default 180, as Prefect's. */
  frequency?: Span;
  /** How much longer each period is. Default 0.015. */
  drift?: Span;
  /** From Running to the first one. Default 0.065. */
  first?: Span;
  /** From its sending to its arrival. Default 0. */
  delay?: Span;
  /** Up to so much more delay, by chance. Default 0. */
  jitter?: Span;
  /** Which share never arrives, by chance: 0.01 is one in a hundred. Default 0. */
  loss?: number;
  /** The same seed makes the same events. Default 0. */
  seed?: number;
}

export interface ScenarioRun {
  /** Default: `run-1`, `run-2`, … */
  name?: string;
  description?: string;
  /** When it is Running; it is Pending a second before. Default: the start. */
  starts?: Moment;
  /** When it enters its last state. Default: never. */
  ends?: Moment;
  /** When its process dies without a word. */
  dies?: Moment;
  /** Its last state: a name that Prefect gives, or a type with a name of its own. Default `"Completed"`. */
  state?: string | { type: string; name?: string };
  /** The numbers of the heartbeats that are not sent; the first is 1. */
  misses?: number[];
  /** AwaitingRetry, without heartbeats; then Running with heartbeats from the first on. */
  retry?: ScenarioBreak | ScenarioBreak[];
  /** Paused; the process waits, and goes on sending heartbeats. */
  pause?: ScenarioBreak | ScenarioBreak[];
  /** Suspended, without heartbeats; then Resuming, Pending and Running. */
  suspend?: ScenarioBreak | ScenarioBreak[];
  /** From Running to the first heartbeat; `"never"`: it sends none. */
  first_heartbeat?: Span | "never";
  /** One more heartbeat so long after the last state. */
  heartbeat_after_end?: Span;
  /** What differs from the scenario's `heartbeat`. */
  heartbeat?: ScenarioHeartbeat | null;
  flow?: string;
  deployment?: string;
  tags?: string[];
  /** So many runs alike: `name-1`, `name-2`, … */
  count?: number;
  /** From the start of one to that of the next. Default 0. */
  every?: Span;
}

export interface ScenarioBreak {
  at: Moment;
  /** How long; without `for` and `until`, the run never goes on. */
  for?: Span;
  /** When it is Running again. */
  until?: Moment;
}

/** Which firings are meant, how many there must be, and when. */
export interface Expectation {
  /** The name of a run; of one with `count`, each copy is meant. */
  run?: string;
  /** Labels that the firing has. */
  label?: { [label: string]: string };
  /** The name of the event that it fires on. */
  event?: string;
  /** How many. Default: at least one. */
  fires?: number;
  /** The same as `fires: 0`. */
  never?: true;
  /** When all of them must be; with `fires: 0`, when there must be none. */
  between?: [Moment, Moment];
  description?: string;
}

export interface SimulationResult {
  scenario?: string;
  /** The automation acts. */
  firings: Firing[];
  /** Children of composite triggers. */
  child_firings: Firing[];
  /** How many events would have been received after the end. */
  undelivered?: number;
  /** Why nothing was played. */
  errors?: Diagnostic[];
  /** What is doubtful in a text that was played, such as a key that stands there twice. */
  warnings?: Diagnostic[];
  /** Of `replay`: the text that these are about. */
  found_in?: "automation" | "events";
  /** With `trace`. */
  decisions?: Decision[];
  /** With `events`: the generated ones. */
  events?: object[];
  /** What it means for each run, with `timeline`. */
  timeline?: Timeline;
}

export interface Firing {
  /** RFC 3339 with microseconds. */
  at: string;
  /** Which loop of the server fired: on an event's arrival, in the proactive or in the periodic evaluation. */
  phase: "event" | "tick" | "periodic";
  trigger: "event" | "compound" | "sequence";
  /** `"$"` is the trigger of the automation, `"$.0.1"` one nested in it. */
  path: string;
  posture?: "Reactive" | "Proactive";
  labels: { [label: string]: string };
  event_id: string | null;
  /** The window, of event triggers. */
  bucket?: Bucket;
  /** Of composite triggers. */
  children?: {
    path: string;
    fired: string;
    event_id: string | null;
    labels: { [label: string]: string };
  }[];
  /** One sentence. */
  because: string;
}

export interface Bucket {
  count: number;
  start: string;
  end: string;
  as_of: string;
}

export interface Decision {
  at: string;
  phase: "event" | "tick" | "periodic";
  path: string;
  key: { [label: string]: string };
  kind:
    | "ignored"
    | "held"
    | "released"
    | "armed"
    | "counted"
    | "rearmed"
    | "disarmed"
    | "suppressed"
    | "expired"
    | "swept"
    | "fired"
    | "rolled";
  event_id?: string;
  bucket?: Bucket;
  /** A fault of the server that shows here, by its name in `docs/server-faults.md`. */
  fault?: string;
  /** One sentence. */
  because: string;
}

export interface TestReport {
  passed: boolean;
  /** How many expectations were checked. */
  expectations: number;
  /** How many of them were not met. */
  failures: number;
  scenarios: TestedScenario[];
  /** Why nothing was tested. */
  errors?: Diagnostic[];
  /** What is doubtful in the text, such as a key that stands there twice. */
  warnings?: Diagnostic[];
}

export interface TestedScenario {
  scenario?: string;
  passed: boolean;
  expectations: TestedExpectation[];
  /** Why the scenario was not played. */
  errors?: Diagnostic[];
}

export interface TestedExpectation {
  /** In words. */
  expect: string;
  run?: string;
  passed: boolean;
  /** What was expected and what came. */
  message?: string;
  /** The firings that it is about. */
  actual: { at: string; because: string }[];
  /** When they must be. */
  between?: { from: string; to: string };
  /** If it is not met: what was decided for the runs and labels that it is about, at most 1000. */
  decisions?: Decision[];
  /** What these decisions mean, for each lane that they belong to. */
  timeline?: Timeline;
}

/** Seconds. */
export interface HeartbeatQuestion {
  frequency: number;
  within: number;
  /** From one proactive evaluation to the next. Default 5. */
  tick?: number;
  /** Such as `"3.6.22"`. */
  client_version?: string;
  /** The trigger's `expect`. Default: the wildcard. */
  expect?: string[];
}

/** Times in seconds. */
export interface Advice {
  frequency: number;
  within: number;
  tick: number;
  /** From one heartbeat to the next, as clients really send them. */
  period: number;
  /** How many may be missed one after the other without a false alarm. */
  tolerated_misses: number;
  /** Whether runs fire of which no heartbeat is missed. */
  healthy_runs_fire: boolean;
  /** The reckoning, in sentences. */
  arithmetic: string[];
  smallest_within: { misses: number; within: number }[];
  /** After the last heartbeat, and after the death of the process. */
  detection: {
    earliest: number;
    latest: number;
    earliest_after_death: number;
    latest_after_death: number;
  };
  /** Runs that are alive or done, and fire. */
  false_alarms: string[];
  /** Runs that are dead, and do not fire. */
  undetected: string[];
  documentation: { says: string; url: string };
  client?: { sends_heartbeats: "never" | "if-set" | "by-default"; note: string };
}
