/**
 * Starts the WebAssembly module: needed once in a browser, before anything else. Calling it again does nothing.
 * In Node.js the module is ready when imported, and this resolves at once.
 *
 * @param source The module, if it does not lie beside the script.
 */
export function init(source?: WasmSource): Promise<void>;

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
 * Checks NDJSON of any length in constant memory: one report for each chunk of whole lines (about 1 MiB).
 * Indexes and places count from the beginning of the stream.
 *
 * Throws if the source does, or if a single line is longer than 64 MiB.
 */
export function validateStream(
  source: AsyncIterable<Uint8Array | string> | WebStream,
  options?: ValidateOptions,
): AsyncGenerator<Report, void, void>;

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

/** Everything known of each event that Prefect emits. */
export function eventTypes(): EventType[];

/**
 * Everything known of one event.
 *
 * @param name An event's name or a pattern: `"prefect.task-run.Running"` finds `prefect.task-run.{state}`.
 * @returns `undefined` for an event that Prefect does not emit.
 */
export function describe(name: string): EventType | undefined;

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
}

export interface Report {
  /** Whether there is no error; warnings and infos leave it `true`. */
  valid: boolean;
  /** How many events were found. */
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

/** One finding. */
export interface Diagnostic {
  /** Stable, kebab-case: `"missing-label"`. `explain` tells more. */
  code: string;
  severity: Severity;
  /** One sentence: what is wrong, where, what is expected. */
  message: string;
  /** The event's index in the input, from 0; absent if the finding belongs to no event. */
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
  /** Why it is wrong and what to do about it. */
  text: string;
  /** The documentation: an absolute URL. */
  docs?: string;
  /** A text that has exactly this finding. */
  wrong: string;
  /** The same text without it. */
  right: string;
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
  /** A valid event. */
  example: object;
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
