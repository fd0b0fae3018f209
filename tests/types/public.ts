// The public types: what must compile, and what must not. `make lint` checks this file; nothing runs it.

import {
  type Advice,
  type AnyEvent,
  applyFixes,
  type BuiltEvent,
  buildEvent,
  buildEventLines,
  buildRun,
  type CheckOptions,
  checkAutomation,
  compareReplays,
  compareVersions,
  type Diagnostic,
  type DiagnosticCode,
  describeEvent,
  diagnosticCodes,
  type EventInput,
  type EventInputOf,
  type EventName,
  type EventType,
  type ExampleRun,
  eventTypes,
  exampleRuns,
  explain,
  heartbeatAdvice,
  init,
  isNdjson,
  PrefectEventsError,
  type PrefectEventsErrorCode,
  replay,
  type Scenario,
  simulate,
  type TestReport,
  testScenarios,
  type ValidationReport,
  validate,
  validateStream,
  version,
} from "prefect-events";

import * as browser from "../../pkg/browser.js";
import * as inline from "../../pkg/inline.js";
import * as node from "../../pkg/node.js";
import * as slim from "../../pkg/slim.js";

// ---- what must compile

const report: ValidationReport = validate("{}");
validate(new Uint8Array(), { profile: "server" });
validate(new ArrayBuffer(2), { maxDiagnostics: 0 });
validate({ event: "a" }, { severity: { "missing-label": "off", "unknown-label": "info" } });
validate([{ event: "a" }], {});
validate("{}", { schemas: { "acme.order.*": { type: "object" }, "acme.*": true } });

const options: CheckOptions = {
  serverVersion: "3.8",
  clientVersion: "3.6.22",
  heartbeatFrequency: 30,
};
const checked: ValidationReport = checkAutomation("name: a", options);
checkAutomation(new Uint8Array(), { profile: "server", maxDiagnostics: 1 });
checkAutomation(new ArrayBuffer(2), { severity: { "ignored-field": "off" } });
checkAutomation({ name: "a" }, { route: "terraform" });
checkAutomation([{ name: "a" }], {});

const found: Diagnostic[] = [...report.diagnostics, ...checked.diagnostics];
const text: string = applyFixes("{}", found);
for (const { code, severity, range, fix, index, name, help, docs } of found) {
  const level: "error" | "warning" | "info" = severity;
  const cut: string | undefined = range && text.slice(range.start.offset, range.end.offset);
  const titles: string[] = fix ? [fix.title, ...fix.edits.map((edit) => edit.text)] : [];
  const optional: [number | undefined, ...(string | undefined)[]] = [index, name, help, docs];
  console.log(code, level, cut, titles, optional);
}

async function stream(): Promise<number> {
  let events = 0;
  const blob = new Blob(["{}"]);
  for await (const part of validateStream(blob.stream(), { profile: "documented" }))
    events += part.count;
  for await (const part of validateStream(pieces())) events += part.count;
  return events;
}

async function* pieces(): AsyncGenerator<string | Uint8Array> {
  yield "{}";
  yield new Uint8Array();
}

const types: EventType[] = eventTypes();
const one: EventType | undefined = describeEvent("prefect.task-run.Running");
const roles: string[] | undefined = one?.related.map(({ role, max }) => `${role} ${max ?? "any"}`);
const asked: string[] | undefined = one?.inputs.flatMap(({ key, required }) =>
  required ? [key] : [],
);
const title: string | undefined = explain("missing-label")?.title;
const known: DiagnosticCode[] = diagnosticCodes();
const started: Promise<void> = init();
init({ validate: false });
isNdjson(new Uint8Array())?.valueOf();
init({ validate: new URL("https://example.org/prefect_events_validate.wasm"), author: false });
// @ts-expect-error: each module has a name
init(new Uint8Array());
console.log(stream, types, roles, asked, title, started, version().length, known);

// The entries have the declared types.
const entries: typeof import("prefect-events")[] = [node, browser];
const bringing: typeof import("../../pkg/index.slim.js") = slim;
const having: typeof import("../../pkg/index.inline.js") = inline;
console.log(entries, bringing, having);

const scenario: Scenario = {
  automation: "crash-zombie-flows",
  end: "30m",
  heartbeat: { frequency: 30, loss: 0.01 },
  runs: [
    { name: "zombie", dies: 130, retry: [{ at: "1m", for: "30s" }] },
    { ends: "2m", state: { type: "COMPLETED", name: "Processed" }, heartbeat: null },
  ],
  expect: [
    { run: "zombie", fires: 1, between: ["3m", "2026-03-01T12:00:00Z"] },
    { never: true },
    { event: "prefect.flow-run.heartbeat" },
  ],
};
for (const { at, posture, eventId, children } of simulate(scenario, { trace: true }).firings) {
  const fired: string = at;
  const optional: [string | undefined, string | null, object[] | undefined] = [
    posture,
    eventId,
    children,
  ];
  console.log(fired, optional);
}
const kinds: string[] | undefined = simulate("{}", { serverVersion: "3.8" }).decisions?.map(
  ({ kind }) => kind,
);
const replayed: "automation" | "events" | undefined = replay("", new Uint8Array(), {
  tickSeconds: 5,
}).foundIn;
const never = simulate("{}", { coverage: true, chance: true, serverVersion: "3.6" });
const seenInstead: string | undefined = never.reason ?? never.coverage?.[0]?.clauses[0]?.nearest;
const atLatest: string | undefined = never.byChance?.onlyHere[0]?.latest;
const example: ExampleRun | undefined = exampleRuns("trigger: {}", {
  automationIndex: 0,
}).doesNotFire;
simulate("", { timeline: example?.timeline !== undefined });
const both: string | undefined = compareVersions(scenario).differences[0]?.["3.8"]?.at;
const bothReplayed: number = compareReplays("", "", { trace: true }).differences.length;
const tested: TestReport = testScenarios([scenario, scenario]);
testScenarios({ scenarios: [scenario] }, { files: { "./zombies.yaml": "" } });
replay("", ["", new Uint8Array()], {
  name: "a",
  withoutActions: true,
  ignoreMissingLeaders: true,
});
const failed: string[] = tested.scenarios.flatMap(({ expectations }) =>
  expectations.map(({ message }) => message ?? "met"),
);
const advice: Advice = heartbeatAdvice({ frequency: 180, within: 540, expect: ["*"] });
const tolerated: number = advice.toleratedMisses;
console.log(
  kinds,
  replayed,
  seenInstead,
  atLatest,
  both,
  bothReplayed,
  failed,
  tolerated,
  advice.smallestWithin[0]?.within,
);

const built: BuiltEvent = buildEvent("prefect.flow-run.Running", {
  flow_run: { name: "a" },
  previous: null,
});
const event: "prefect.flow-run.Running" = buildEvent("prefect.flow-run.Running").event;
const workerType: string = buildEvent("prefect.worker.started", { worker: { type: "process" } })
  .resource["prefect.worker-type"];
// A string in place of an object is its id; a custom state needs its type.
buildEvent("prefect.task-run.Completed", { task_run: "x", flow_run: null, tags: ["a"] });
buildEvent("prefect.flow-run.Processed", { state: { type: "COMPLETED" } });
buildEvent("prefect.worker.stopped", { worker: { type: "process" }, follows: null });
buildEvent("acme.order.paid", {
  resource: { "prefect.resource.id": "acme.order.42", region: "eu" },
});
// A name that is known only when the program runs: the keys of all events.
const runtimeName: string = version();
const any: BuiltEvent = buildEvent(runtimeName, { worker: { type: "process" } });
buildEvent(runtimeName, {
  flow: "an-id",
  resource: { "prefect.resource.id": "a" },
  state: { name: "Mine" },
});
const everything: AnyEvent[] = [any, ...buildRun()];
const lines: string = buildEventLines("prefect.flow-run.Running", [{ flow_run: { name: "a" } }], {
  seed: 7,
});
const history: BuiltEvent[] = buildRun(
  { tasks: [{ name: "extract", retries: 1 }], subflows: [{ flow: "child" }], heartbeat: null },
  { seed: 7, now: "2026-03-31T18:30:00Z" },
);
console.log(built.follows ?? history.length + lines.length, event, workerType, everything);

const failure: PrefectEventsError = new PrefectEventsError("internal", "x");
const failureCode: PrefectEventsErrorCode = failure.code;
console.log(failureCode);
init({ validate: fetch("x.wasm"), author: new Response(), schemas: new Request("x.wasm") });
init({ validate: new WebAssembly.Module(new Uint8Array()), author: new Uint8Array() });

/** The input of each event is one for a name that is known only when the program runs. */
type Unfit = {
  [Name in EventName]: EventInputOf<Name> extends EventInput ? never : Name;
}[EventName];
export const allFit: [Unfit] extends [never] ? true : Unfit = true;

// ---- what must not

// @ts-expect-error Without related resources the key is absent.
buildEvent("acme.order.paid", { resource: { "prefect.resource.id": "a" }, related: null });

buildEvent("prefect.flow.created", { flow: { labels: null } });
// @ts-expect-error Every flow has tags.
buildEvent("prefect.flow.created", { flow: { tags: null } });
// @ts-expect-error So it cannot be null as a whole.
buildEvent("prefect.flow.created", { flow: null });
// @ts-expect-error Neither in the event of another type.
buildEvent(runtimeName, { automation: { enabled: null } });

// @ts-expect-error The worker's type is missing.
buildEvent("prefect.worker.started");
// @ts-expect-error Here too.
buildEvent("prefect.worker.started", { worker: { name: "w" } });
// @ts-expect-error It is `type`.
buildEvent("prefect.worker.started", { worker: { type: "process", tipe: "x" } });
// @ts-expect-error A worker has no tags.
buildEvent("prefect.worker.started", { worker: { type: "process" }, tags: [] });
// @ts-expect-error A flow run's event has no worker.
buildEvent("prefect.flow-run.Running", { worker: { type: "process" } });
// @ts-expect-error A type that no state has.
buildEvent("prefect.flow-run.Running", { state: { type: "DONE" } });
// @ts-expect-error The type of a custom state is missing.
buildEvent("prefect.flow-run.Processed");
// @ts-expect-error Prefect has no such event.
buildEvent("prefect.worker.start", {});
// @ts-expect-error The resource is missing.
buildEvent("acme.order.paid", {});
// @ts-expect-error No event has this key.
buildEvent(runtimeName, { worker: { tipe: "process" } });
// @ts-expect-error There is no such key.
buildEvent("acme.order.paid", { resource: { "prefect.resource.id": "a" }, flow_run: "x" });
// @ts-expect-error In a list too.
buildEventLines("prefect.worker.started", [{ worker: { type: "process" } }, {}]);
// @ts-expect-error There is no such label for certain.
buildEvent("prefect.flow-run.heartbeat").payload.nonsense.text;
// @ts-expect-error There is no such code.
export const wrongCode: PrefectEventsErrorCode = "broken";
// @ts-expect-error Not an address, nor bytes, nor a module.
init({ validate: 42 });
// @ts-expect-error Nor a list of numbers.
init({ validate: [0, 97, 115, 109] });

// @ts-expect-error A number is no input.
validate(1);
// @ts-expect-error Neither is it one here.
checkAutomation(1);
// @ts-expect-error There is no such route.
checkAutomation("{}", { route: "ship" });
// @ts-expect-error There is no such option.
checkAutomation("{}", { server_version: "3.9" });
// @ts-expect-error A version is a text: 3.10 would be 3.1.
checkAutomation("{}", { serverVersion: 3.9 });
// @ts-expect-error There are no schemas of automations.
checkAutomation("{}", { schemas: {} });
// @ts-expect-error There is no such profile.
validate("{}", { profile: "strict" });
// @ts-expect-error There is no such option.
validate("{}", { profiles: "server" });
// @ts-expect-error a schema is an object or a boolean
validate("{}", { schemas: { "acme.order.*": "order.json" } });
// @ts-expect-error There is no such severity.
validate("{}", { severity: { "missing-label": "fatal" } });
// @ts-expect-error There is no such code.
validate("{}", { severity: { "no-such-code": "off" } });
// @ts-expect-error It may be absent.
report.truncated.toFixed();
// @ts-expect-error It may be absent.
report.diagnostics.map(({ range }) => range.start);
// @ts-expect-error A string is no stream.
validateStream("{}");
// @ts-expect-error The text is missing.
applyFixes([]);
// @ts-expect-error It may be unknown.
explain("x").title;
// @ts-expect-error It may be unknown.
describeEvent("x").title;
// @ts-expect-error Not of this package's names.
types[0]?.name_pattern;
// @ts-expect-error The automation is missing.
simulate({ runs: [] });
// @ts-expect-error There is no such key.
simulate({ automation: {}, runs: [{ died: "2m" }] });
// @ts-expect-error There is no such option.
simulate(scenario, { tracing: true });
// @ts-expect-error A text or bytes.
exampleRuns({});
// @ts-expect-error There is no such option.
exampleRuns("", { automation: 0 });
// @ts-expect-error It plays both versions.
compareVersions(scenario, { serverVersion: "3.8" });
// @ts-expect-error Here too.
compareReplays("", "", { serverVersion: "3.8" });
// @ts-expect-error Texts or bytes.
replay({}, []);
// @ts-expect-error There is no such key.
testScenarios({ automation: {}, expect: [{ fired: 1 }] });
// @ts-expect-error `within` is missing.
heartbeatAdvice({ frequency: 30 });
// @ts-expect-error It may be absent.
tested.errors.length;
// @ts-expect-error There is no such option.
buildEvent("a.b", {}, { sed: 7 });
// @ts-expect-error A subflow has no worker.
buildRun({ subflows: [{ worker: "w" }] });
// @ts-expect-error A task needs a name.
buildRun({ tasks: [{}] });
// @ts-expect-error There is no such state type.
buildRun({ state: { name: "Processed", type: "PROCESSED" } });
// @ts-expect-error A break has a length, no end.
buildRun({ retry: { at: "1m", ends: "2m" } });
