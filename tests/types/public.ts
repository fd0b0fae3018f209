// The public types: what must compile, and what must not. `make lint` checks this file; nothing runs it.

import {
  type Advice,
  applyFixes,
  buildEvent,
  buildEvents,
  buildRun,
  type CheckOptions,
  checkAutomation,
  codes,
  compareReplays,
  compareVersions,
  type Diagnostic,
  type DiagnosticCode,
  describe,
  type Event,
  type EventType,
  type ExampleRun,
  eventTypes,
  exampleRuns,
  explain,
  heartbeatAdvice,
  init,
  isNdjson,
  type Report,
  replay,
  type Scenario,
  simulate,
  type TestReport,
  testScenarios,
  validate,
  validateStream,
  version,
} from "prefect-events";

import * as browser from "../../pkg/browser.js";
import * as inline from "../../pkg/inline.js";
import * as node from "../../pkg/node.js";
import * as slim from "../../pkg/slim.js";

// ---- what must compile

const report: Report = validate("{}");
validate(new Uint8Array(), { profile: "server" });
validate(new ArrayBuffer(2), { maxDiagnostics: 0 });
validate({ event: "a" }, { severity: { "missing-label": "off", "unknown-label": "info" } });
validate([{ event: "a" }], {});
validate("{}", { schemas: { "acme.order.*": { type: "object" }, "acme.*": true } });

const options: CheckOptions = {
  server_version: "3.8",
  client_version: "3.6.22",
  heartbeat_frequency: 30,
};
const checked: Report = checkAutomation("name: a", options);
checkAutomation(new Uint8Array(), { profile: "server", maxDiagnostics: 1 });
checkAutomation(new ArrayBuffer(2), { severity: { "ignored-field": "off" } });
checkAutomation({ name: "a" }, { route: "terraform" });
checkAutomation([{ name: "a" }], {});

const found: Diagnostic[] = [...report.diagnostics, ...checked.diagnostics];
const text: string = applyFixes("{}", found);
for (const { code, severity, range, fix, event, name, help, docs } of found) {
  const level: "error" | "warning" | "info" = severity;
  const cut: string | undefined = range && text.slice(range.start.offset, range.end.offset);
  const titles: string[] = fix ? [fix.title, ...fix.edits.map((edit) => edit.text)] : [];
  const optional: [number | undefined, ...(string | undefined)[]] = [event, name, help, docs];
  console.log(code, level, cut, titles, optional);
}

async function stream(): Promise<number> {
  let events = 0;
  const blob = new Blob(["{}"]);
  for await (const part of validateStream(blob.stream(), { profile: "documented" }))
    events += part.events;
  for await (const part of validateStream(pieces())) events += part.events;
  return events;
}

async function* pieces(): AsyncGenerator<string | Uint8Array> {
  yield "{}";
  yield new Uint8Array();
}

const types: EventType[] = eventTypes();
const one: EventType | undefined = describe("prefect.task-run.Running");
const roles: string[] | undefined = one?.related.map(({ role, max }) => `${role} ${max ?? "any"}`);
const asked: string[] | undefined = one?.inputs.flatMap(({ key, required }) =>
  required ? [key] : [],
);
const title: string | undefined = explain("missing-label")?.title;
const known: DiagnosticCode[] = codes();
const started: Promise<void> = init();
init({ validate: false });
isNdjson(new Uint8Array())?.valueOf();
init({ validate: new URL("https://example.org/prefect_events_validate.wasm"), author: false });
// @ts-expect-error: each module has a name
init(new Uint8Array());
console.log(stream, types, roles, asked, title, started, version().length, known);

// The entries are what the types say.
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
  expect: [{ run: "zombie", fires: 1, between: ["3m", "2026-03-01T12:00:00Z"] }, { never: true }],
};
for (const { at, posture, event_id, children } of simulate(scenario, { trace: true }).firings) {
  const fired: string = at;
  const optional: [string | undefined, string | null, object[] | undefined] = [
    posture,
    event_id,
    children,
  ];
  console.log(fired, optional);
}
const kinds: string[] | undefined = simulate("{}", { server_version: "3.8" }).decisions?.map(
  ({ kind }) => kind,
);
const replayed: "automation" | "events" | undefined = replay("", new Uint8Array(), {
  tick_seconds: 5,
}).found_in;
const never = simulate("{}", { coverage: true, chance: true, server_version: "3.6" });
const seenInstead: string | undefined = never.because ?? never.coverage?.[0]?.clauses[0]?.nearest;
const atLatest: string | undefined = never.by_chance?.only_here[0]?.latest;
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
  without_actions: true,
  ignore_missing_leaders: true,
});
const failed: string[] = tested.scenarios.flatMap(({ expectations }) =>
  expectations.map(({ message }) => message ?? "met"),
);
const advice: Advice = heartbeatAdvice({ frequency: 180, within: 540, expect: ["*"] });
const tolerated: number = advice.tolerated_misses;
console.log(
  kinds,
  replayed,
  seenInstead,
  atLatest,
  both,
  bothReplayed,
  failed,
  tolerated,
  advice.smallest_within[0]?.within,
);

const built: Event = buildEvent("prefect.flow-run.Running", {
  flow_run: { name: "a" },
  previous: null,
});
const lines: string = buildEvents("prefect.flow-run.Running", [{ flow_run: { name: "a" } }], {
  seed: 7,
});
const history: Event[] = buildRun(
  { tasks: [{ name: "extract", retries: 1 }], subflows: [{ flow: "child" }], heartbeat: null },
  { seed: 7, now: "2026-03-31T18:30:00Z" },
);
console.log(built.follows ?? history.length + lines.length);

// ---- what must not

// @ts-expect-error A number is no input.
validate(1);
// @ts-expect-error Neither is it one here.
checkAutomation(1);
// @ts-expect-error There is no such route.
checkAutomation("{}", { route: "ship" });
// @ts-expect-error There is no such option.
checkAutomation("{}", { serverVersion: "3.9" });
// @ts-expect-error A version is a text: 3.10 would be 3.1.
checkAutomation("{}", { server_version: 3.9 });
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
describe("x").title;
// @ts-expect-error Not of this package's names.
types[0]?.namePattern;
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
// @ts-expect-error Both are told.
compareVersions(scenario, { server_version: "3.8" });
// @ts-expect-error Here too.
compareReplays("", "", { server_version: "3.8" });
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
