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
