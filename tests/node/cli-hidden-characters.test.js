// Every command escapes characters that control a terminal, reorder text or are invisible, in every format.
// What `archive` and `watch` print: `python/tests/test_hidden_characters.py`.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { printable, printableLines } from "../../pkg/cli/escape.js";
import { buildRun } from "../../pkg/node.js";
import { event } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

/** Some characters of each kind, with their escapes. @type {[string, string][]} */
const KINDS = [
  ["\u0000", "␀"],
  ["\u0007", "␇"],
  ["\r", "␍"],
  ["\u001b", "␛"],
  ["\u007f", "␡"],
  ["\u0080", "\\u{80}"],
  ["\u0085", "\\u{85}"],
  ["\u009b", "\\u{9b}"],
  ["\u00ad", "\\u{ad}"],
  ["\u034f", "\\u{34f}"],
  ["\u061c", "\\u{61c}"],
  ["\u180e", "\\u{180e}"],
  ["\u200b", "\\u{200b}"],
  ["\u200c", "\\u{200c}"],
  ["\u200d", "\\u{200d}"],
  ["\u200e", "\\u{200e}"],
  ["\u200f", "\\u{200f}"],
  ["\u2028", "\\u{2028}"],
  ["\u202a", "\\u{202a}"],
  ["\u202e", "\\u{202e}"],
  ["\u2060", "\\u{2060}"],
  ["\u2066", "\\u{2066}"],
  ["\u2069", "\\u{2069}"],
  ["\u3164", "\\u{3164}"],
  ["\ufe00", "\\u{fe00}"],
  ["\ufe0f", "\\u{fe0f}"],
  ["\ufeff", "\\u{feff}"],
  ["\ufffa", "\\u{fffa}"],
  ["\uffff", "\\u{ffff}"],
  ["\u{1d173}", "\\u{1d173}"],
  ["\u{e0001}", "\\u{e0001}"],
  ["\u{e0041}", "\\u{e0041}"],
  ["\u{e007f}", "\\u{e007f}"],
  ["\u{e0100}", "\\u{e0100}"],
];

test("each kind of hidden character is escaped, also several in a row", () => {
  for (const [character, shown] of KINDS) {
    assert.equal(printable(`a${character}b`), `a${shown}b`, shown);
    assert.equal(printable(character.repeat(3)), shown.repeat(3));
  }
  assert.equal(printable("a\nb\tc"), "a␊b␉c");
  assert.equal(printableLines("a\nb\tc"), "a\nb␉c");
});

test("visible characters are not escaped", () => {
  for (const text of [
    "plain `text` ~",
    "é e\u0301",
    "日本語",
    "😀",
    "❤\ufe0f",
    "☺\ufe0e",
    "العربية",
    "{\\u{202e}}",
  ])
    assert.equal(printable(text), text);
  // One selector, and only after a pictogram.
  assert.equal(printable("❤\ufe0f\ufe0f"), "❤\ufe0f\\u{fe0f}");
  assert.equal(printable("1\ufe0f"), "1\\u{fe0f}");
});

test("exactly what Unicode calls a control, invisible, bidirectional or no character is escaped", () => {
  const hidden =
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/u;
  const wrong = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if ((printable(character) !== character) !== hidden.test(character)) wrong.push(code);
    // A variation selector after a pictogram is visible.
    const selected = `${character}\ufe0f`;
    const isPictogram = /\p{Extended_Pictographic}/u.test(character);
    if (!hidden.test(character) && (printable(selected) === selected) !== isPictogram)
      wrong.push(code);
  }
  assert.deepEqual(wrong, []);
});

const cwd = folder();
/** The characters that are possible in arguments and in UTF-8 text. */
const ALL = KINDS.map(([character]) => character)
  .filter((character) => character !== "\0")
  .join("");
const IN_JSON = [...ALL].filter((character) => character >= " ").join("");
const NAME = `name${[...ALL].join("")}`;

const write = (/** @type {string} */ name, /** @type {string} */ text) =>
  writeFileSync(join(cwd, name), text);
write(NAME, JSON.stringify(event({ event: `prefect.x${IN_JSON}` })));
write(
  "events.json",
  `{"event": "prefect.flow-run.Runing${IN_JSON}", "x${IN_JSON}": 1, "occurred": "${IN_JSON}", "resource": {"prefect.resource.id": "prefect.flow-run.${IN_JSON}", "prefect.${IN_JSON}": "1"}, "related": [{"prefect.resource.role": "flo${IN_JSON}"}]}`,
);
write("raw.json", `{"event": "${ALL}`);
write(
  "automation.yaml",
  JSON.stringify({
    name: ALL,
    [ALL]: 1,
    trigger: {
      type: "event",
      posture: ALL,
      expect: [`prefect.flow-run.Runing${ALL}`],
      match: { [ALL]: ALL },
    },
    actions: [{ type: ALL }],
  }),
);
const ID = "6f0c1f8e-2f0a-4d6b-9d0e-0a4d4be2b9a1";
/** @param {object} more */
const scenario = (more) =>
  JSON.stringify({
    name: ALL,
    automation: {
      name: ALL,
      trigger: {
        type: "event",
        posture: "Reactive",
        expect: [`acme.${ALL}`],
        for_each: ["prefect.resource.id"],
        threshold: 1,
      },
      actions: [{ type: "do-nothing" }],
    },
    start: "2026-03-01T12:00:00Z",
    events: [1, 2].map((at) => ({
      id: `6f0c1f8e-2f0a-4d6b-9d0e-0a4d4be2b9a${at}`,
      occurred: `2026-03-01T12:00:0${at}Z`,
      event: `acme.${ALL}`,
      resource: {
        "prefect.resource.id": `acme.${at}.${ALL}`,
        "prefect.resource.name": `the name ${ALL}`,
      },
    })),
    ...more,
  });
write("scenario.json", scenario({}));
write("expect.json", scenario({ expect: [{ fires: 7 }] }));
write("broken.json", scenario({ [ALL]: 1 }));
write(
  "runs.json",
  JSON.stringify({
    scenario: ALL,
    automation: "crash-zombie-flows",
    start: "2026-03-01T12:00:00Z",
    end: "30m",
    heartbeat: { frequency: 30 },
    runs: [{ name: ALL, starts: "5s", dies: "2m10s" }],
    expect: [
      { run: ALL, fires: 7, between: ["3m30s", "3m50s"] },
      { run: ALL, never: true },
    ],
  }),
);
write("broken-event.json", scenario({ events: [{ event: ALL }] }));
const rule = {
  name: `rule ${ALL}`,
  trigger: {
    type: "event",
    posture: "Reactive",
    expect: ["prefect.flow-run.*"],
    for_each: ["prefect.resource.name"],
    threshold: 1,
  },
  actions: [{ type: "send-notification", subject: ALL, body: ALL, block_document_id: ID }],
};
write("rule.json", JSON.stringify(rule));
const never = { ...rule.trigger, expect: [`acme.${ALL}`] };
write("never.json", JSON.stringify({ ...rule, trigger: never }));
const history = buildRun(
  { flow_run: `run ${ALL}`, flow: ALL, deployment: ALL, ends: "5m", heartbeat: { frequency: 30 } },
  { seed: 1, now: "2026-03-01T12:00:00Z" },
);
write("run.ndjson", history.map((event) => `${JSON.stringify(event)}\n`).join(""));

/** Arguments, and whether the output is JSON. @type {[string[], boolean?][]} */
const COMMANDS = [
  [[`command${ALL}`]],
  [["help", ALL]],
  [[`--option${ALL}`]],
  [["validate", `--option${ALL}`, "events.json"]],
  [["validate", "--format", ALL]],
  [["validate", "--profile", ALL]],
  [["validate", "--severity", ALL]],
  [["validate", "--severity", `${ALL}=off`, "events.json"]],
  [["validate", "--severity", `missing-label=${ALL}`, "events.json"]],
  [["validate", "--max-diagnostics", ALL]],
  [["validate", "--schemas", ALL, "events.json"]],
  [["validate", ALL, `missing/${ALL}`]],
  [["check", "--server-version", ALL, "automation.yaml"]],
  [["check", "--client-version", ALL, "automation.yaml"]],
  [["check", "--heartbeat-frequency", ALL]],
  [["explain", ALL]],
  [["explain", "--format", "json", ALL]],
  [["explain", `prefect.flow-run.${IN_JSON}`]],
  [["explain", "--format", "json", `prefect.flow-run.${IN_JSON}`], true],
  [["schema", ALL]],
  [["build", ALL]],
  [["build", ALL, "--set", ALL]],
  [["build", "acme.x", "--set", `${ALL}=1`]],
  [["build", "acme.x", "--now", ALL, "--set", "resource.prefect.resource.id=a"]],
  [["build", "--run", "--from", ALL]],
  [["build", "--run", "--set", `${ALL}=1`]],
  [["build", "--as", ALL, "x"]],
  ...["curl", "python"].map(
    (as) =>
      /** @type {[string[]]} */ ([
        [
          "build",
          `acme.${IN_JSON}`,
          "--as",
          as,
          "--set",
          `resource.prefect.resource.id=${ALL}`,
          "--set",
          `payload.${IN_JSON}=${ALL}`,
        ],
      ]),
  ),
  [["build", `acme.${IN_JSON}`, "--set", `resource.prefect.resource.id=${ALL}`], true],
  [["simulate", ALL]],
  [["simulate", "--tick", ALL]],
  [["simulate", "--delivery", ALL]],
  [["simulate", "--server-version", ALL, "scenario.json"]],
  [["simulate", "--automation", "automation.yaml", "--events", "events.json"]],
  [["simulate", "--automation", ALL, "--events", "events.json"]],
  [["test", ALL]],
  [["backtest", "--events", "run.ndjson", "--name", ALL, "rule.json"]],
  [["why", "--events", "run.ndjson", "--run", ALL]],
  ...["pretty", "json"].flatMap((format) =>
    [
      ["backtest", "--events", "run.ndjson", "rule.json"],
      ["diff", "--events", "run.ndjson", "rule.json", "never.json"],
      ["why", "--events", "run.ndjson", "--run", "run", "--automation", "rule.json"],
      ["why", "--events", "run.ndjson", "--run", "run", "--automation", "never.json"],
      ["simulate", "--actions", "--automation", "rule.json", "--events", "run.ndjson"],
      ["advise", "--events", "run.ndjson"],
    ].map(
      (args) =>
        /** @type {[string[], boolean]} */ ([[...args, "--format", format], format === "json"]),
    ),
  ),
  [["advise", "--frequency", ALL, "--within", "90"]],
  [["advise", "--frequency", "30", "--within", "90", "--client-version", ALL]],
  [["advise", "--frequency", "30", "--within", "90", "--expect", ALL]],
  [["advise", "--frequency", "30", "--within", "90", "--expect", ALL, "--format", "json"]],
  [["archive", ALL, ALL]],
  [["archive", "validate", "--format", ALL, "run.ndjson"]],
  [["archive", "validate", "--workers", ALL, "run.ndjson"]],
  [["archive", "validate", "--severity", ALL, "run.ndjson"]],
  [["archive", "validate", `--option${ALL}`, "run.ndjson"]],
  [["archive", "replay", "--delivery", ALL, "run.ndjson"]],
  [["archive", "advise", "--within", ALL, "run.ndjson"]],
  [["watch", "--automation", ALL]],
  [["watch", "--automation", "rule.json", "--format", ALL]],
  [["watch", "--automation", "rule.json", "--reorder", ALL]],
  [["watch", "--automation", "rule.json", `--option${ALL}`]],
  ...["pretty", "json", "github", "sarif", "junit"].flatMap((format) =>
    ["validate", "check"].map(
      (command) =>
        /** @type {[string[], boolean]} */ ([
          [
            command,
            "--format",
            format,
            NAME,
            "events.json",
            "raw.json",
            "automation.yaml",
            `missing${ALL}`,
          ],
          /json|sarif/.test(format),
        ]),
    ),
  ),
  [["validate", "--fix", NAME, "events.json"]],
  ...["pretty", "json"].flatMap((format) =>
    ["scenario.json", "runs.json", "broken.json", "broken-event.json"].flatMap((file) =>
      [[], ["--trace"], ["--compare"]].map(
        (more) =>
          /** @type {[string[], boolean]} */ ([
            ["simulate", "--format", format, ...more, file],
            format === "json" && file !== "broken-event.json",
          ]),
      ),
    ),
  ),
  ...["pretty", "json", "github", "junit"].map(
    (format) =>
      /** @type {[string[], boolean]} */ ([
        [
          "test",
          "--format",
          format,
          "expect.json",
          "runs.json",
          "broken.json",
          "broken-event.json",
          `missing${ALL}`,
        ],
        format === "json",
      ]),
  ),
];

test("escaped JSON and Python have the same values", async () => {
  const args = ["build", `acme.${IN_JSON}`, "--set", `resource.prefect.resource.id=x${ALL}`];
  const { stdout } = await run(args, { cwd });
  const { event, resource } = JSON.parse(stdout);
  assert.deepEqual([event, resource["prefect.resource.id"]], [`acme.${IN_JSON}`, `x${ALL}`]);
  const python = await run([...args, "--as", "python"], { cwd });
  assert.ok(python.stdout.includes("\\u202a\\u202e") && python.stdout.includes("\\U000e0041"));
});

for (const [args, isJson = false] of COMMANDS) {
  test(`nothing hidden: ${printable(args.join(" ").replaceAll(ALL, "…").replaceAll(IN_JSON, "…"))}`, async () => {
    const { stdout, stderr } = await run(args, { cwd });
    for (const text of [stdout, stderr]) assert.equal(printableLines(text), text);
    if (isJson)
      assert.ok(JSON.stringify(JSON.parse(stdout)).includes("\u202e"), "the data are unchanged");
  });
}
