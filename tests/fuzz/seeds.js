// Where the fuzzer begins, beside the seeds that are committed: the recorded cases, in the form that each target reads.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/**
 * The rows of a file of recorded cases.
 *
 * @param {string} name
 */
function rows(name) {
  const bytes = readFileSync(new URL(`../cases/${name}`, import.meta.url));
  const text = name.endsWith(".gz") ? gunzipSync(bytes).toString() : bytes.toString();
  return text.trimEnd().split("\n");
}

/**
 * Texts with the line between them that the targets look for.
 *
 * @param {string[]} texts
 */
function joined(...texts) {
  return texts.join("\n===\n");
}

/**
 * @param {string} target
 * @param {string[]} texts
 */
function write(target, texts) {
  const folder = new URL(`corpus/${target}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  // What is long is slow, and teaches no more.
  const short = texts.filter((text) => text.length < 8192);
  for (const [index, text] of short.entries())
    writeFileSync(new URL(`seed-${index}`, folder), text);
}

/** @type {Map<string, string>} */
const byName = new Map();
for (const line of rows("events.ndjson.gz")) byName.set(JSON.parse(line).event, line);
const events = [...byName.values()];
const verdicts = rows("envelope-verdicts.ndjson.gz").map(
  (row) => JSON.stringify(JSON.parse(row).event) ?? "null",
);
const automations = rows("automation-verdicts.ndjson.gz").map((row) =>
  JSON.stringify(JSON.parse(row).document),
);
const yaml = [...rows("yaml-pyyaml.ndjson"), ...rows("yaml-by-chance.ndjson.gz").slice(0, 500)].map(
  (row) => JSON.parse(row).text,
);
const scenarios = rows("scenarios-3.9.ndjson.gz").map((row) => JSON.parse(row));
const runs = rows("lanes.ndjson.gz").map((row) => JSON.parse(row).scenario);
const expecting = JSON.parse(rows("timelines.json").join("\n")).map(
  (/** @type {any} */ { scenario }) =>
    JSON.stringify({
      ...scenario,
      expect: [{ fires: 1 }, { label: { a: "b" }, never: true, between: ["0s", "3m"] }],
    }),
);
const generated = rows("generated.ndjson.gz").map((row) => JSON.parse(row));
const described = (/** @type {any} */ { automation, events }) =>
  joined(
    `@${JSON.stringify(automation)}`,
    events.map((/** @type {any} */ event) => JSON.stringify(event)).join("\n"),
    "{}",
  );

const page = `{"events":[${events[0]}],"total":1}`;
write("validate", [
  ...events,
  ...verdicts,
  `[${events.slice(0, 3)}]`,
  page,
  `{"type":"event","event":${events[0]}}`,
]);
// The first byte says how many lines make a chunk.
write(
  "chunks",
  events.map((line, index) => `${1 + (index % 3)}${line}\n${events.at(-index)}\n{}\n`),
);
write(
  "warm",
  events.map((line, index) =>
    joined(`@${line}`, `@${verdicts[index]}`, `A${line}`, `P${line.replace(/0/, "x")}`),
  ),
);
write("json", [...events, ...automations]);
write("yaml", yaml);
write(
  "check",
  [...automations, ...yaml].map((text, index) => `${"@ABDHXP"[index % 7]}${text}`),
);
const played = [...runs, ...expecting, ...scenarios.map((scenario) => JSON.stringify(scenario))];
write(
  "simulate",
  played.map((text, index) => `${"@D"[index % 2]}${text}`),
);
write("expectations", [...played, `{"scenarios":[${expecting.slice(0, 2)}]}`]);
write("replay", scenarios.map(described));
write(
  "backtest",
  scenarios.map((scenario) => joined(described(scenario), scenario.events[0]?.resource?.["prefect.resource.id"] ?? "a")),
);
write(
  "event",
  generated.filter(({ event }) => event).map(({ event, input }) => `@${joined(event, input)}`),
);
write(
  "history",
  generated.filter(({ event }) => !event).map(({ input }) => `@${input}`),
);
const schema = {
  type: "object",
  properties: { payload: { required: ["a"], maxProperties: 3, additionalProperties: false } },
};
write(
  "schemas",
  events.map((event) => joined(JSON.stringify({ "*": schema }), event)),
);
write("fixes", [
  ...verdicts.map((text) => `0${text}`),
  ...automations.map((text) => `1${text}`),
  ...played.map((text) => `2${text}`),
]);
const options = {
  profile: "server",
  severity: { "missing-label": "off" },
  maxDiagnostics: 5,
  serverVersion: "3.8.8",
};
const replaying = {
  trace: true,
  start: "2026-03-01T12:00:00Z",
  end: "30m",
  tickSeconds: 5,
  delivery: "direct",
  seed: 7,
};
const heartbeats = {
  frequency: 30,
  within: 90,
  tick: 5,
  clientVersion: "3.6.22",
  expect: ["prefect.flow-run.*"],
};
write(
  "options",
  [..."012345"].flatMap((first) =>
    [options, replaying, heartbeats].map((one) => first + JSON.stringify(one)),
  ),
);

// The first byte says what is rendered: a text, parameters, or a whole automation.
const contexts = new Map();
const rendered = rows("rendered-templates.ndjson.gz").map((row) =>
  JSON.parse(row.replaceAll(": NaN", ': "NaN"')),
);
for (const row of rendered) if (row.context) contexts.set(row.context, row);
write(
  "actions",
  rendered
    .filter((row) => row.in)
    .flatMap((row) => {
      const { automation, firing, given } = contexts.get(row.in);
      const around = [JSON.stringify(firing.triggering_event), JSON.stringify(given)];
      if (row.template !== undefined) return joined(`0${row.template}`, ...around);
      if (row.parameters) return joined(`1${JSON.stringify(row.parameters)}`, ...around);
      return joined(`2${JSON.stringify({ ...automation, actions: [row.action] })}`, ...around);
    }),
);
// The first byte of each response is its status.
const pageOf = (/** @type {string[]} */ all, /** @type {string | null} */ next) =>
  `2{"events":[${all}],"total":${all.length},"next_page":${JSON.stringify(next)}}`;
const frame = (/** @type {string} */ event) => `2{"type":"event","event":${event}}`;
const token = "http://127.0.0.1:4200/api/events/filter/next?page-token=abc";
const failures = ["5", "9 2", "Lno network", '3{"detail":"Missing CSRF token"}', '2{"token":"t"}'];
const filters = [
  {},
  { since: "2h", names: ["prefect.flow-run.Failed"], prefixes: ["prefect.flow-run."] },
  { since: "30m", runs: ["brave-otter"] },
  { automation: automations[0] },
].map((one) => JSON.stringify(one));
const found = '2[{"id":"0195519d-3a00-7c4e-8d5a-3a2b1c0d9e8f","name":"brave-otter"}]';
write("responses", [
  ...events.flatMap((event, index) => {
    const some = [event, events.at(-index) ?? event];
    const pages = [pageOf(some, token), failures[index % 5] ?? "5", pageOf([event], null)];
    return [
      joined(`0${filters[index % 4]}`, index % 4 === 2 ? found : "9 1", ...pages),
      joined("1{}", pageOf([event], null), "2", '2{"type":"auth_success"}', frame(event), "8no"),
      joined("2", ...pages, "2", '2{"type":"auth_success"}', frame(event), "S", ...pages, "Lgone"),
    ];
  }),
  joined("3", `2[${automations.slice(0, 2)}]`),
  joined("3Zombies", "5", `2[${automations[0]}]`),
  joined("30195519d-3a00-7c4e-8d5a-3a2b1c0d9e8f", '4{"detail":"Not found"}'),
]);
// Four bytes are one change.
const changes = ["", "\0\x05\0\x01", "\0\x30\x01\x07", "\0\x40\x02\0", "\0\x30\x05\0\0\x20\x04\x02"];
const bytes = [...Array(64).keys()].map((byte) => String.fromCharCode(byte + 32));
write(
  "snapshots",
  bytes.flatMap((first) => changes.map((change) => first + change)),
);
write(
  "archive",
  bytes.flatMap((which, index) => changes.map((change) => "012"[index % 3] + which + change)),
);
write(
  "records",
  events.map((line, index) => {
    const change = bytes[index % 64] + (bytes[index % 7] ?? "") + (changes[index % 5] ?? "");
    return joined(change, `${line}\n${events.at(-index)}\n${verdicts[index]}\n${line}\n`);
  }),
);
const ofRuns = rows("events.ndjson.gz").filter((line) => line.includes("prefect.flow-run.heartbeat"));
write("heartbeats", [
  ...events.map((line, index) => `${1 + (index % 3)}${line}\n${ofRuns[index]}\n${ofRuns[index + 1]}\n`),
  `8[${ofRuns.slice(0, 3)}]`,
  `8${ofRuns.slice(0, 8).join("\n")}`,
]);
const sources = rows("settings.ndjson.gz").map((row) => {
  const { files, environment } = JSON.parse(row);
  return {
    environment,
    dotEnv: files[".env"],
    prefectToml: files["prefect.toml"],
    pyprojectToml: files["pyproject.toml"],
    profiles: files[".prefect/profiles.toml"],
  };
});
const streaming = { ...replaying, timeline: undefined, seed: undefined, reorderSeconds: "2m" };
const kinds = [
  options,
  { route: "api", cloud: true, heartbeatFrequency: "3m", clientVersion: "3.6.22" },
  { trace: true, timeline: true, automationIndex: 0, serverVersion: "3.8" },
  replaying,
  { start: "2026-03-01T12:00:00Z", intended: true, hashes: 3, sliceSeconds: "1h", warmUpSeconds: 2700 },
  streaming,
  { since: "15m", serverVersion: "3.8", reorderSeconds: 10, checkSeconds: "15s" },
  { start: "2026-03-01T12:00:00Z", tickSeconds: 5, ignoreMissingLeaders: true, name: "Late" },
  { start: "2026-03-01T12:00:00Z", tickSeconds: 5, serverVersion: "3.9" },
  { name: "Late", tickSeconds: 5 },
  { uiUrl: "https://prefect.example" },
  { uiUrl: "https://prefect.example", most: 3 },
  { format: "markdown", colour: true, columns: 80, file: "a.yaml", events: ["b.ndjson"] },
  { since: "7d", until: "2026-03-31T00:00:00Z", names: ["a"], resources: ["prefect.flow-run.*"], runs: ["b"] },
  { url: "http://a:b@127.0.0.1:4200/api/", authString: "admin:secret", apiKey: "pnu_1", clientId: "c" },
  {},
  { frequency: 30, within: "90s", loss: "2%", outage: "30s/day", target: "1/month", windows: [60, "5m"] },
  { within: "5m" },
  { automationIndex: 0, serverVersion: "3.8" },
  heartbeats,
];
// The first byte selects the kind of settings: `<` is the first.
write("settings", [
  ...kinds.map((one, index) => String.fromCharCode(60 + index) + JSON.stringify(one)),
  ...sources.map((one) => String.fromCharCode(60 + 15) + JSON.stringify(one)),
  ...sources.map((settings) => String.fromCharCode(60 + 14) + JSON.stringify({ settings })),
]);
write(
  "examples",
  automations.map((text, index) => "@AB"[index % 3] + text),
);
write("references", [
  ...played,
  ...automations.map((text, index) => joined(`{"automation":"./${index}.yaml","expect":[{"never":true}]}`, text)),
]);
write("freezing", played);
write(
  "curve",
  [
    { frequency: 60, loss: "2%", runs: 500, within: 180 },
    { frequency: 30, within: "90s", jitter: 5, outage: "30s/day", target: "3/week", windows: [60, "5m"] },
  ].map((one) => `@${JSON.stringify(one)}`),
);
write(
  "rendered",
  scenarios.map(({ automation, events }) => {
    const text = JSON.stringify(automation);
    const captured = events.map((/** @type {any} */ event) => JSON.stringify(event)).join("\n");
    return joined(`@${text}`, captured, text.replace(/\d/, "7"), "a");
  }),
);
write(
  "files",
  events.map((line, index) => `${bytes[index % 64]}${line}\n${events.at(-index)}\n${verdicts[index]}\n{}\n`),
);
// The first byte selects the command: `B` is the first of eleven.
const ofCommand = (/** @type {number} */ number, /** @type {object} */ how, /** @type {string[]} */ ...texts) =>
  joined(
    String.fromCharCode(66 + number) + JSON.stringify(how),
    ...texts.map((text) => `.${text}`),
  );
write("commands", [
  ...played.map((text) => ofCommand(5, { files: ["a.yaml"], update: true }, text)),
  ...events.map((line, index) => ofCommand(6, { files: ["a", "b"] }, line, verdicts[index] ?? "")),
  ...automations.map((text) => ofCommand(7, { files: ["a.json"], format: "github" }, text)),
]);
