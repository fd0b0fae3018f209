// Made of the core's types by `make build`. Not to be edited.

/**
 * What a window over heartbeats tolerates, how soon it finds a dead run, and where it fails. Spans are in seconds.
 */
export type Advice = { 
/**
 * Between two heartbeats, as configured.
 */
frequency: number, 
/**
 * The trigger's `within`.
 */
within: number, 
/**
 * From one proactive evaluation to the next.
 */
tick: number, 
/**
 * From one heartbeat to the next, as clients send them.
 */
period: number, 
/**
 * How many heartbeats in a row may be missed without a false alarm.
 */
tolerated_misses: number, 
/**
 * Whether the trigger fires on runs of which no heartbeat is missed.
 */
healthy_runs_fire: boolean, 
/**
 * How this is calculated, in sentences.
 */
arithmetic: Array<string>, 
/**
 * The smallest windows that tolerate 0, 1, 2, … missed heartbeats.
 */
smallest_within: Array<SmallestWindow>, 
/**
 * When a dead run is found.
 */
detection: Detection, 
/**
 * Runs that are alive or finished, and fire.
 */
false_alarms: Array<string>, 
/**
 * Runs that are dead, and do not fire.
 */
undetected: Array<string>, 
/**
 * What Prefect's documentation says about such a window.
 */
documentation: DocumentedAdvice, 
/**
 * Whether clients of this version send heartbeats. Absent without `client_version`.
 */
client?: ClientHeartbeats, };

/**
 * A window when something was decided about it. Times are RFC 3339 in UTC with microseconds.
 */
export type Bucket = { 
/**
 * How many events counted.
 */
count: number, 
/**
 * The first instant of the window.
 */
start: string, 
/**
 * The first instant after the window.
 */
end: string, 
/**
 * What the evaluation takes as the present: for an event, when it occurred.
 */
as_of: string, };

/**
 * How an automation is checked.
 */
export type CheckOptions = { 
/**
 * Whose rules count: `documented` (the usual one) for all of them, `server` for only what a Prefect server rejects.
 */
profile?: Profile, 
/**
 * Other severities, by code: `{ "missing-label": "off" }`.
 */
severity?: Partial<Record<DiagnosticCode, Severity | "off">>, 
/**
 * How many diagnostics a report holds at most (1000 unless set), errors before warnings before infos. The counts
 * are complete.
 */
maxDiagnostics?: number, 
/**
 * Which server reads it, such as `3.9.1`. Unless set, the latest that is known: 3.9.
 */
server_version?: PrefectVersion, 
/**
 * Which clients run the flows, such as `3.9.1`. Unless set, recent ones.
 */
client_version?: PrefectVersion, 
/**
 * Seconds between two heartbeats of a run. Unless set, what the clients do by themselves.
 */
heartbeat_frequency?: number, };

/**
 * The firing of a child that a composite trigger used up.
 */
export type ChildFiring = { 
/**
 * `"$.0.1"`: where the child is in the trigger of the automation.
 */
path: string, 
/**
 * When it fired: RFC 3339 in UTC with microseconds.
 */
fired: string, 
/**
 * The triggering event; null if there was none.
 */
event_id: string | null, 
/**
 * The labels of `for_each` with their values.
 */
labels: { [label: string]: string }, };

/**
 * Whether clients of a version send heartbeats.
 */
export type ClientHeartbeats = { 
/**
 * `"never"`, `"if-set"` (where the setting is set) or `"by-default"`.
 */
sends_heartbeats: "never" | "if-set" | "by-default", 
/**
 * The same in a sentence, with what to do.
 */
note: string, };

/**
 * One step of the engine.
 */
export type Decision = { 
/**
 * When it was decided: RFC 3339 in UTC with microseconds.
 */
at: string, 
/**
 * What the server did: it received an event, or ran its proactive (`tick`) or its periodic evaluation.
 */
phase: "event" | "tick" | "periodic", 
/**
 * `"$"` is the trigger of the automation, `"$.0.1"` one nested in it.
 */
path: string, 
/**
 * The labels of `for_each` with their values: whose window it is. Empty if it is about an event alone.
 */
key: { [label: string]: string }, 
/**
 * What was decided.
 */
kind: "ignored" | "held" | "released" | "armed" | "counted" | "rearmed" | "disarmed" | "suppressed" | "expired" | "swept" | "fired" | "rolled", 
/**
 * The event that it is about.
 */
event_id?: string, 
/**
 * The window.
 */
bucket?: Bucket, 
/**
 * Where the server does not do what is meant: the name of this behaviour in `docs/server-faults.md`.
 */
fault?: ServerQuirk, 
/**
 * Why it was decided, in one sentence.
 */
because: string, };

/**
 * How events reach the triggers.
 */
export type Delivery = "consumer" | "direct";

/**
 * When a dead run is found: seconds after its last heartbeat, and after the death of its process.
 */
export type Detection = { 
/**
 * After the last heartbeat, at the earliest.
 */
earliest: number, 
/**
 * After the last heartbeat, at the latest.
 */
latest: number, 
/**
 * After the death, at the earliest.
 */
earliest_after_death: number, 
/**
 * After the death, at the latest.
 */
latest_after_death: number, };

/**
 * One finding.
 */
export type Diagnostic = { 
/**
 * The stable name of what is wrong, in kebab case: `missing-label`. `explain` describes each one.
 */
code: DiagnosticCode, 
/**
 * How bad it is. Only errors make a report invalid.
 */
severity: Severity, 
/**
 * One sentence: what is wrong, where, and what is expected.
 */
message: string, 
/**
 * The 0-based index of the event (or automation) in the input; absent for the input as a whole.
 */
event: number, 
/**
 * The event's name; absent if it has none that can be read.
 */
name?: string, 
/**
 * JSON Pointer (RFC 6901) inside that event; `""` is the event itself.
 */
path: string, 
/**
 * Where it is in the text. Absent if the input was not a text.
 */
range?: Range, 
/**
 * What to do.
 */
help?: string, 
/**
 * Absolute URL of the documentation, with its anchor if there is one.
 */
docs?: string, 
/**
 * A change of the text that removes the finding.
 */
fix?: Fix, };

/** The stable name of what is wrong. */
export type DiagnosticCode = "syntax-empty" | "syntax-truncated" | "syntax-unterminated-string" | "syntax-trailing-comma" | "syntax-missing-comma" | "syntax-missing-colon" | "syntax-missing-value" | "syntax-mismatched-bracket" | "syntax-trailing-text" | "syntax-single-quotes" | "syntax-unquoted-key" | "syntax-comment" | "syntax-non-finite-number" | "syntax-number" | "syntax-literal" | "syntax-control-character" | "syntax-escape" | "syntax-utf8" | "syntax-lone-surrogate" | "lone-surrogate-in-key" | "syntax-too-deep" | "duplicate-key" | "number-out-of-range" | "integer-too-long" | "not-an-event" | "missing-field" | "wrong-type" | "label-not-text" | "invalid-timestamp" | "invalid-uuid" | "event-name-too-long" | "too-many-labels" | "too-many-related" | "missing-resource-id" | "empty-resource-id" | "missing-resource-role" | "empty-resource-role" | "payload-too-deep" | "deep-nesting" | "event-too-large" | "unknown-field" | "timestamp-without-offset" | "timestamp-not-rfc3339" | "nil-uuid" | "unusual-uuid" | "blank-event-name" | "blank-identifier" | "empty-label-name" | "follows-itself" | "resource-id-not-dotted" | "unknown-event" | "wrong-resource" | "wrong-resource-id" | "missing-label" | "misspelt-label" | "unknown-label" | "wrong-label-value" | "missing-related" | "misspelt-role" | "unknown-role" | "too-many-in-role" | "wrong-related-id" | "missing-payload-field" | "misspelt-payload-field" | "unknown-payload-field" | "wrong-payload-type" | "wrong-payload-value" | "no-payload-shape" | "custom-state-name" | "unknown-status" | "emitter-differs" | "missing-follows" | "values-disagree" | "unusual-state-type" | "running-without-attempt" | "tag-not-related" | "repeated-related" | "resource-also-related" | "updates-disagree" | "no-slots-acquired" | "counts-exceed-total" | "state-message-too-long" | "unusual-transition" | "repeated-event-id" | "follows-wrong-event" | "follows-other-resource" | "follows-too-far" | "follows-later-event" | "follows-not-found" | "broken-state-chain" | "states-at-same-instant" | "heartbeat-after-end" | "executed-without-submitted" | "schema-violation" | "schema-budget-exceeded" | "syntax-yaml" | "yaml-1-1-value" | "not-an-automation" | "missing-automation-field" | "wrong-automation-value" | "label-pattern-not-text" | "unknown-automation-field" | "unknown-trigger-type" | "unknown-posture" | "metric-trigger" | "triggers-too-deep" | "not-a-duration" | "within-too-short" | "require-out-of-range" | "not-an-action" | "unknown-action-type" | "cloud-action" | "action-target" | "unknown-state-type" | "invalid-template" | "run-deployment-loop" | "missing-action-type" | "actions-never-run" | "ignored-field" | "empty-composite" | "negative-within" | "for-each-in-composite" | "threshold-not-positive" | "threshold-without-within" | "after-without-within" | "within-by-default" | "within-text-before-3-9" | "proactive-without-for-each" | "proactive-without-after" | "several-after" | "empty-expect" | "event-pattern-never-matches" | "undocumented-wildcard" | "state-type-as-name" | "misspelt-event" | "negated-pattern-in-list" | "empty-pattern-list" | "heartbeat-without-for-each" | "within-too-short-for-heartbeats" | "heartbeat-not-expected" | "states-not-expected" | "heartbeat-match-related" | "forced-crash" | "clients-without-heartbeats" | "heartbeat-frequency-too-low" | "scenario-wrong-value" | "scenario-missing-key" | "scenario-unknown-key" | "scenario-time" | "scenario-too-large" | "scenario-unknown-state" | "scenario-unknown-run" | "scenario-repeated-run" | "scenario-event" | "scenario-automation";

/**
 * A firing that only one of the servers has, or that comes at another time or with another event.
 */
export type Difference = { 
/**
 * What a server 3.8 fires.
 */
"3.8"?: Firing, 
/**
 * What a server 3.9 fires.
 */
"3.9"?: Firing, 
/**
 * When the first of them fires: RFC 3339 in UTC with microseconds.
 */
at: string, 
/**
 * The difference in one sentence.
 */
message: string, };

/**
 * What Prefect's documentation says.
 */
export type DocumentedAdvice = { 
/**
 * Its rule, and whether it holds for this window.
 */
says: string, 
/**
 * The page.
 */
url: string, };

/**
 * Replaces the text of a range; an empty range inserts.
 */
export type Edit = { 
/**
 * What is replaced.
 */
range: Range, 
/**
 * The new text.
 */
text: string, };

/**
 * Everything known about one event, or about a family of events with one name pattern.
 */
export type EventType = { 
/**
 * The name, or the pattern of the names: `prefect.task-run.{state}`.
 */
name_pattern: string, 
/**
 * What happens, in a few words.
 */
title: string, 
/**
 * Whether Prefect's documentation describes it; otherwise it is known from its source code.
 */
documented: boolean, 
/**
 * Whether only Prefect Cloud emits it.
 */
cloud: boolean, 
/**
 * What emits it.
 */
emitter: "client" | "server" | "cloud" | (string & {}), 
/**
 * The form of `resource["prefect.resource.id"]`, such as `prefect.task-run.{uuid}`.
 */
resource_id: string, 
/**
 * The labels of the resource.
 */
labels: Array<Label>, 
/**
 * The related resources, by role.
 */
related: Array<RelatedResource>, 
/**
 * The fields of the payload at all depths, by their paths.
 */
payload: Array<PayloadField>, 
/**
 * Which event `follows` names.
 */
follows?: string, 
/**
 * The documentation: an absolute URL.
 */
docs?: string, 
/**
 * The known values of the placeholder in the name.
 */
variants?: Array<Variant>, 
/**
 * What the builder accepts for such an event, in the order of the event.
 */
inputs: Array<InputKey>, 
/**
 * A valid event.
 */
example: Example, };

/**
 * A complete, valid event. In Rust JSON text on a single line, in JSON the event itself.
 */
export type Example = object;

/**
 * A trigger fired in a lane.
 */
export type Fired = { 
/**
 * The index in `decisions`; with the option `trace`.
 */
decision: number, 
/**
 * When it fired.
 */
at: number, 
/**
 * The trigger: `"$"`, or `"$.0"` for one nested in it.
 */
path: string, 
/**
 * It is a child of a composite trigger: the automation does not act yet. Absent if not so.
 */
child?: true, 
/**
 * What had become of the run. Absent if the lane is no run.
 */
outcome?: RunOutcome, 
/**
 * How many heartbeats were missed from the start of the window to the next heartbeat, or until the run was over.
 */
missed: number, 
/**
 * Why it fired, in one sentence.
 */
reason: string, };

/**
 * A trigger fired.
 */
export type Firing = { 
/**
 * When it fired: RFC 3339 in UTC with microseconds.
 */
at: string, 
/**
 * What the server did when it fired: it received an event, or ran its proactive (`tick`) or its periodic
 * evaluation.
 */
phase: "event" | "tick" | "periodic", 
/**
 * The type of the trigger.
 */
trigger: "event" | "compound" | "sequence", 
/**
 * `"$"` is the trigger of the automation, `"$.0.1"` one nested in it.
 */
path: string, 
/**
 * Of event triggers.
 */
posture: "Reactive" | "Proactive", 
/**
 * The labels of `for_each` with their values. Empty for composite triggers.
 */
labels: { [label: string]: string }, 
/**
 * The triggering event; null if there was none.
 */
event_id: string | null, 
/**
 * The window, of event triggers.
 */
bucket?: Bucket, 
/**
 * Of composite triggers: the firings of children that were used up.
 */
children?: Array<ChildFiring>, 
/**
 * Why it fired, in one sentence.
 */
because: string, };

/**
 * A change of the text after which the finding is gone and all else is as it was.
 */
export type Fix = { 
/**
 * What it does, in a few words.
 */
title: string, 
/**
 * All of these belong together. Their ranges do not overlap.
 */
edits: Array<Edit>, };

/**
 * One of the texts that are given to `replay`.
 */
export type FoundIn = "automation" | "events";

/**
 * A window over heartbeats, and what sends them.
 */
export type HeartbeatConfig = { 
/**
 * Between two heartbeats (`PREFECT_FLOWS_HEARTBEAT_FREQUENCY`): a number of seconds, more than 0.
 */
frequency: number, 
/**
 * The trigger's `within`: a number of seconds, more than 0.
 */
within: number, 
/**
 * From one proactive evaluation to the next: a number of seconds, more than 0. Default 5.
 */
tick: number, 
/**
 * The version of the client that sends them, such as `"3.6.22"`. Default: not considered.
 */
client_version?: string, 
/**
 * The trigger's `expect`. Default: the wildcard `prefect.flow-run.*`.
 */
expect?: Array<string>, };

/**
 * How often runs send heartbeats.
 */
export type HeartbeatRhythm = { 
/**
 * The setting: of a scenario as it says; of captured events, the middle one of all gaps between two heartbeats of a
 * run. Seconds.
 */
frequency_seconds: number, 
/**
 * From one heartbeat to the next, drift included. Seconds.
 */
period_seconds: number, };

/**
 * A key that the builder accepts for an event.
 */
export type InputKey = { 
/**
 * From the outside in, with dots between: `task_run.name`.
 */
key: string, 
/**
 * Without it, the event cannot be built.
 */
required?: true, 
/**
 * What it says is in every such event; if it is not given, it is generated.
 */
always?: true, 
/**
 * The name of the event says it already.
 */
named?: true, 
/**
 * What its value is.
 */
type: "text" | "uuid" | "timestamp" | "integer" | "number" | "boolean" | "object" | "object of strings" | "array" | "list of texts" | "any", 
/**
 * All values that it can have, where they are known.
 */
values?: Array<string>, 
/**
 * What it is unless it is given, in words; of what is not always there: once something of the same thing is given.
 */
otherwise?: string, 
/**
 * An example, where nothing is generated. In Rust JSON text, in JSON the value itself.
 */
example: unknown, 
/**
 * What it says, in words.
 */
meaning: string, };

/**
 * What is known about a label.
 */
export type Label = { 
/**
 * Its name, such as `prefect.resource.name`.
 */
name: string, 
/**
 * Whether it is in every event.
 */
presence: Presence, 
/**
 * What its text looks like, such as `uuid`.
 */
form: string, 
/**
 * All values that it can have, where they are known.
 */
values?: Array<string>, 
/**
 * What it says, in words.
 */
meaning: string, 
/**
 * Where it is known from.
 */
source: Source, };

/**
 * What happened to one run, or to whatever else a window is kept for.
 */
export type Lane = { 
/**
 * The name of the run or of the resources; `"The automation"` for what is about none.
 */
name: string, 
/**
 * The `prefect.resource.id`, if the lane is about exactly one value of a label.
 */
id?: string, 
/**
 * Whether it is a flow run.
 */
run: boolean, 
/**
 * When the run is Running by its scenario; otherwise the first that is known of it.
 */
starts: number, 
/**
 * When the run reaches its last state. Absent if it does not, or is no run.
 */
ends: number, 
/**
 * When the process of the run dies by its scenario.
 */
dies: number, 
/**
 * When each heartbeat that arrives was sent, ascending.
 */
heartbeats: number[], 
/**
 * When heartbeats were due that never came, ascending: while the run lived and should have sent them.
 */
missed: number[], 
/**
 * Its other events, ascending.
 */
states: Array<StateChange>, 
/**
 * The windows, in the order in which they opened.
 */
windows: Array<Window>, 
/**
 * The indexes in `decisions` of what was decided here, ascending; with the option `trace`.
 */
decisions: number[], 
/**
 * When triggers fired, ascending.
 */
fired: Array<Fired>, 
/**
 * The run died, no firing found that, and no window is open that still could. Absent if not so.
 */
undetected?: true, };

/**
 * What is known about a field of the payload.
 */
export type PayloadField = { 
/**
 * Keys from the outside in, with dots between: `validated_state.type`; `[]` stands for each item of an array.
 */
path: string, 
/**
 * What its value is, such as `string`.
 */
type: string, 
/**
 * Whether its value can be null.
 */
nullable: boolean, 
/**
 * Whether it is in every event.
 */
presence: Presence, 
/**
 * All values that it can have, where they are known.
 */
values?: Array<string>, 
/**
 * What it says, in words.
 */
meaning: string, 
/**
 * Where it is known from.
 */
source: Source, };

/**
 * A place in a text. `line` and `column` count from 1, `offset` from 0; columns and offsets are
 * UTF-16 code units, so that `text.slice(start.offset, end.offset)` works in JavaScript.
 */
export type Position = { 
/**
 * From 1.
 */
line: number, 
/**
 * From 1, in UTF-16 code units.
 */
column: number, 
/**
 * From 0, in UTF-16 code units.
 */
offset: number, };

/**
 * Versions of Prefect, such as 3.9.1.
 */
export type PrefectVersion = string;

/**
 * Whether something is in every event.
 */
export type Presence = "required" | "optional" | "undocumented";

/**
 * Whose rules count: `documented` for those of Prefect's documentation and of the events that Prefect emits, `server`
 * for only what a Prefect server rejects.
 */
export type Profile = "documented" | "server";

/**
 * A part of a text. `end` is exclusive.
 */
export type Range = { 
/**
 * Its first character.
 */
start: Position, 
/**
 * The place behind its last character.
 */
end: Position, };

/**
 * What is known about the related resources in one role.
 */
export type RelatedResource = { 
/**
 * Its `prefect.resource.role`.
 */
role: string, 
/**
 * The form of its `prefect.resource.id`.
 */
id: string, 
/**
 * How many there are at least.
 */
min: number, 
/**
 * How many there are at most; absent: any number.
 */
max?: number, 
/**
 * When it is there, in words.
 */
when: string, 
/**
 * Its labels, without its id and its role.
 */
labels: Array<Label>, 
/**
 * Where it is known from.
 */
source: Source, };

/**
 * How `replay` plays captured events, and what it returns beyond the firings.
 */
export type ReplayOptions = { 
/**
 * Whether to return each decision, not only the firings. Default `false`.
 */
trace?: boolean, 
/**
 * Whether to return what the decisions mean for each run: its heartbeats, windows and firings. Default `false`.
 */
timeline?: boolean, 
/**
 * When the server's clock begins: a point in time. Default: when the first event is received.
 */
start: string, 
/**
 * When it stops: a point in time, or a span from the start such as `"30m"`. Default: when everything can have fired
 * that the last event brings about.
 */
end: string | number, 
/**
 * From one round of the server's loops to the next: a number of seconds, or a text such as `"5s"`. Default 5.
 */
tick_seconds: string | number, 
/**
 * From the start to the first round: a number of seconds, or a text such as `"2s"`. Default 0.
 */
tick_offset_seconds: string | number, 
/**
 * `"direct"`: without de-duplication and without waiting for the event that one follows. Default `"consumer"`, as
 * in the server.
 */
delivery?: Delivery, 
/**
 * Which server decides: `"3.9"` or `"3.8"`, or a version such as `"3.8.8"`. Default `"3.9"`.
 */
server_version: "3.9" | "3.8" | (string & {}), 
/**
 * Whether to play what is meant instead of what the server does, where it is clear what that is. Default `false`.
 */
intended?: boolean, };

/**
 * The findings of one input. The counts are complete, even if `diagnostics` is not.
 */
export type Report = { 
/**
 * Whether there is no error.
 */
valid: boolean, 
/**
 * How many events (or automations) the input holds.
 */
events: number, 
/**
 * How many errors there are.
 */
errors: number, 
/**
 * How many warnings there are.
 */
warnings: number, 
/**
 * How many remarks there are.
 */
infos: number, 
/**
 * The findings, by event and place. At most as many as the option `maxDiagnostics` says, errors before warnings
 * before infos.
 */
diagnostics: Array<Diagnostic>, 
/**
 * How many findings are left out of `diagnostics`. Absent if none is.
 */
truncated: number, };

/**
 * What had become of a run when a trigger fired on it.
 */
export type RunOutcome = "alive" | "dead" | "finished" | "silent";

/**
 * A behaviour of the server that is not what is meant.
 */
export type ServerQuirk = "lost-firing" | "late-firing" | "lagging-clock" | "spent-event" | "earlier-event" | "self-opened" | "cannot-fire" | "fires-for-ever" | "absent-leader" | "mixed-resources";

/** How bad a finding is. Only an error makes a report invalid. */
export type Severity = "error" | "warning" | "info";

/**
 * What `simulate` returns beyond the firings, and which server decides.
 */
export type SimulateOptions = { 
/**
 * Whether to return each decision, not only the firings. Default `false`.
 */
trace?: boolean, 
/**
 * Whether to return what the decisions mean for each run: its heartbeats, windows and firings. Default `false`.
 */
timeline?: boolean, 
/**
 * Whether to return the generated events. Default `false`.
 */
events?: boolean, 
/**
 * Which server decides, whatever the scenario says: `"3.9"` or `"3.8"`, or a version such as `"3.8.8"`.
 */
server_version: "3.9" | "3.8" | (string & {}), };

/**
 * What an automation did when events were played to it.
 */
export type SimulationResult = { 
/**
 * The name of the scenario.
 */
scenario?: string, 
/**
 * When the automation acts.
 */
firings: Array<Firing>, 
/**
 * When children of composite triggers fire.
 */
child_firings: Array<Firing>, 
/**
 * How many events would have been received after the end. Absent if none.
 */
undelivered?: number, 
/**
 * Each step of the engine, with the option `trace`.
 */
decisions?: Array<Decision>, 
/**
 * The events that were generated, with the option `events`.
 */
events: object[], 
/**
 * What it means for each run, with the option `timeline`.
 */
timeline?: Timeline, 
/**
 * What is doubtful in a text that was played, such as a key that occurs twice.
 */
warnings?: Array<Diagnostic>, 
/**
 * Why nothing was played. Absent if it was.
 */
errors?: Array<Diagnostic>, 
/**
 * Of `replay`: the text that the warnings and errors are about.
 */
found_in?: FoundIn, };

/**
 * The smallest window that tolerates so many missed heartbeats.
 */
export type SmallestWindow = { 
/**
 * How many heartbeats in a row may be missed.
 */
misses: number, 
/**
 * The `within`, in whole seconds.
 */
within: number, };

/**
 * Where a fact comes from.
 */
export type Source = "docs" | "code" | "both";

/**
 * An event of a lane that is no heartbeat.
 */
export type StateChange = { 
/**
 * When it occurred.
 */
at: number, 
/**
 * The name of the state, else the last part of the event's name.
 */
name: string, 
/**
 * The type of the state, such as `"COMPLETED"`.
 */
type?: string, };

/**
 * The tests of one text.
 */
export type TestReport = { 
/**
 * Whether everything is as expected, and nothing is wrong with the text.
 */
passed: boolean, 
/**
 * How many expectations were checked.
 */
expectations: number, 
/**
 * How many of them were not met.
 */
failures: number, 
/**
 * Each scenario, in the order of the text.
 */
scenarios: Array<TestedScenario>, 
/**
 * What is doubtful in the text, such as a key that occurs twice.
 */
warnings?: Array<Diagnostic>, 
/**
 * Why nothing was tested. Absent if it was.
 */
errors?: Array<Diagnostic>, };

/**
 * How one expectation was met, for one run if it is about runs.
 */
export type TestedExpectation = { 
/**
 * What was expected, in words.
 */
expect: string, 
/**
 * The name of the run that it is about.
 */
run?: string, 
/**
 * Whether it was met.
 */
passed: boolean, 
/**
 * What was expected and what happened, if that is not the same.
 */
message?: string, 
/**
 * The firings that it is about: the first 1000, and 100,000 in the whole report.
 */
actual: Array<TestedFiring>, 
/**
 * When they must be.
 */
between?: TestedSpan, 
/**
 * If it was not met: what was decided for the runs and labels that it is about. The first 1000, and 100,000 in the
 * whole report.
 */
decisions?: Array<Decision>, 
/**
 * What these decisions mean, for each lane that they belong to: its `decisions` are indexes into those above. For
 * the first 100 expectations that were not met.
 */
timeline?: Timeline, };

/**
 * A firing that an expectation is about.
 */
export type TestedFiring = { 
/**
 * When it fired: RFC 3339 in UTC with microseconds.
 */
at: string, 
/**
 * Why it fired, in one sentence.
 */
because: string, };

/**
 * The test of one scenario.
 */
export type TestedScenario = { 
/**
 * Its name.
 */
scenario?: string, 
/**
 * Whether everything is as expected.
 */
passed: boolean, 
/**
 * Each expectation; one about a run with copies has an entry for each copy.
 */
expectations: Array<TestedExpectation>, 
/**
 * Why the scenario was not played. Absent if it was.
 */
errors?: Array<Diagnostic>, };

/**
 * When firings must be, both ends included.
 */
export type TestedSpan = { 
/**
 * RFC 3339 in UTC with microseconds.
 */
from: string, 
/**
 * RFC 3339 in UTC with microseconds.
 */
to: string, };

/**
 * What a simulation means: a lane for each run, and for each other set of labels that windows are kept for.
 *
 * Times are milliseconds since the Unix epoch, with fractions down to the microsecond.
 */
export type Timeline = { 
/**
 * The start of the scenario; of captured events, when the first was received.
 */
start: number, 
/**
 * The end of the scenario; of captured events, when the last was received or the last decision was made.
 */
end: number, 
/**
 * From one round of the server's loops to the next, in seconds.
 */
tick_seconds: number, 
/**
 * Whether a Proactive trigger waits for heartbeats to stay away: to fire on a run that is alive is a false alarm.
 */
watches_heartbeats: boolean, 
/**
 * How often heartbeats are sent. Absent if none are known.
 */
heartbeat?: HeartbeatRhythm, 
/**
 * First the flow runs: of a scenario in its order, of captured events by first appearance. Then, by first decision,
 * each other set of labels.
 */
lanes: Array<Lane>, };

/**
 * How events are validated.
 */
export type ValidateOptions = { 
/**
 * Whose rules count: `documented` (the usual one) for all of them, `server` for only what a Prefect server rejects.
 */
profile?: Profile, 
/**
 * Other severities, by code: `{ "missing-label": "off" }`.
 */
severity?: Partial<Record<DiagnosticCode, Severity | "off">>, 
/**
 * How many diagnostics a report holds at most (1000 unless set), errors before warnings before infos. The counts
 * are complete.
 */
maxDiagnostics?: number, };

/**
 * A known value of the placeholder in an event's name.
 */
export type Variant = { 
/**
 * What stands in the place of the placeholder, such as `Running`.
 */
name: string, 
/**
 * The state type that belongs to it, such as `RUNNING`.
 */
type?: string, 
/**
 * Whether the documentation has it.
 */
documented: boolean, };

/**
 * What two versions of the server do with the same events.
 */
export type VersionComparison = { 
/**
 * What a server 3.8 does.
 */
"3.8": SimulationResult, 
/**
 * What a server 3.9 does.
 */
"3.9": SimulationResult, 
/**
 * Where they differ, in the order of time. Empty if both fire alike.
 */
differences: Array<Difference>, };

/**
 * A window of a trigger.
 */
export type Window = { 
/**
 * The trigger: `"$"`, or `"$.0"` for one nested in it.
 */
path: string, 
/**
 * `"Proactive"`: it fires when the window ends. `"Reactive"`: when enough events came.
 */
posture: "Reactive" | "Proactive", 
/**
 * When the server opened it.
 */
opened: number, 
/**
 * Its first instant.
 */
start: number, 
/**
 * The first instant after it.
 */
end: number, 
/**
 * When it was replaced or closed. Absent if it is open at the end.
 */
closed: number, 
/**
 * What closed it: the kind of that decision.
 */
closed_by: "armed" | "rearmed" | "rolled" | "disarmed" | "expired" | "swept" | "fired", };
