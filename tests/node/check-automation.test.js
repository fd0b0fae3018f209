import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFixes, checkAutomation, explain } from "../../pkg/node.js";

const RIGHT = {
  name: "Cancel late runs",
  trigger: { type: "event", posture: "Reactive", expect: ["prefect.flow-run.Late"] },
  actions: [{ type: "cancel-flow-run" }],
};
const TEXT = JSON.stringify(RIGHT);
const YAML = `name: Cancel late runs
trigger: # of all flows
  type: event
  posture: reactive
  expect: [prefect.flow-run.Late]
actions:
  - type: cancel-flow-run
`;
const FINE = {
  valid: true,
  count: 1,
  errors: 0,
  warnings: 0,
  infos: 0,
  diagnostics: [],
  form: "automation",
};

/** The report without the list of its triggers. */
const checked = (/** @type {string | Uint8Array | ArrayBuffer | object} */ input) => {
  const { triggers, ...report } = checkAutomation(input);
  assert.equal(triggers.length, report.count);
  return report;
};

/** @param {import("../../pkg/index.js").ValidationReport} report */
const codes = ({ diagnostics }) => diagnostics.map(({ code }) => code);

test("every type of input gives the same report", () => {
  const bytes = new TextEncoder().encode(TEXT);
  const yaml = YAML.replace("reactive", "Reactive");
  for (const input of [TEXT, bytes, Buffer.from(TEXT), bytes.buffer, RIGHT, yaml, `\ufeff${yaml}`])
    assert.deepEqual(checked(input), FINE);
  assert.equal(checkAutomation([RIGHT, RIGHT]).count, 2);
});

test("the report lists the triggers, with the positions of their values in a text", () => {
  const [trigger] = checkAutomation(TEXT).triggers;
  assert.deepEqual(
    [trigger?.automation, trigger?.path, trigger?.pointer, trigger?.type, trigger?.posture],
    [0, "$", "/trigger", "event", "Reactive"],
  );
  const { start, end } = trigger?.expect?.range ?? {};
  assert.equal(TEXT.slice(start?.offset, end?.offset), JSON.stringify(trigger?.expect?.values));
  assert.equal(checkAutomation(RIGHT).triggers[0]?.expect?.range, undefined);
});

test("integers beyond JavaScript's safe range are doubles", () => {
  const event = `{"posture": "Reactive", "expect": ["acme.a"], "threshold": 1${"0".repeat(20)}}`;
  const compound = `{"type": "compound", "require": -1${"0".repeat(20)}, "triggers": [${event}]}`;
  const [outer, inner] = checkAutomation(compound).triggers;
  assert.deepEqual([outer?.require, inner?.threshold?.value], [-(2 ** 63), 2 ** 63]);
});

test("a finding in YAML has a position, and its fix changes nothing else", () => {
  const report = checkAutomation(YAML);
  const [found] = report.diagnostics;
  assert.deepEqual([report.valid, report.errors, codes(report)], [false, 1, ["unknown-posture"]]);
  assert.deepEqual([found?.path, found?.index], ["/trigger/posture", 0]);
  assert.deepEqual(found?.range?.start, { line: 4, column: 12, offset: YAML.indexOf("reactive") });
  assert.equal(applyFixes(YAML, report.diagnostics), YAML.replace("reactive", "Reactive"));
});

test("positions count UTF-16 units, also after lone surrogates", () => {
  const text = JSON.stringify({ ...RIGHT, name: "😀", enabled: "maybe" });
  for (const [input, expected] of /** @type {[string, string[]][]} */ ([
    [text, ["wrong-automation-value"]],
    [text.replace("😀", "😀\ud800"), ["syntax-lone-surrogate", "wrong-automation-value"]],
  ])) {
    const { diagnostics } = checkAutomation(input);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      expected,
    );
    const { range } = /** @type {import("../../pkg/index.js").Diagnostic} */ (diagnostics.at(-1));
    assert.equal(input.slice(range?.start.offset, range?.end.offset), '"maybe"');
  }
});

test("a prefect.yaml: the triggers of its deployments", () => {
  const report = checkAutomation(`name: shop
deployments:
  - name: report
    entrypoint: flows.py:report
    triggers:
      - {type: event, expect: [acme.import.finished]}
      - {type: event, expect: acme.import.failed}
`);
  assert.equal(report.count, 2);
  assert.deepEqual(codes(report), ["wrong-automation-value"]);
  assert.equal(report.diagnostics[0]?.index, 1);
});

test("wrong data of every type is reported", () => {
  for (const [input, code] of /** @type {[string | Uint8Array, string][]} */ ([
    ["", "syntax-empty"],
    ["# nothing", "syntax-yaml"],
    ["{", "syntax-truncated"],
    ["a: b: c", "syntax-yaml"],
    ["3", "not-an-automation"],
    [new Uint8Array([0x61, 0x3a, 0x20, 0xff]), "syntax-yaml"],
    ["a: \ud800", "syntax-yaml"],
  ])) {
    const report = checkAutomation(input);
    assert.deepEqual([report.valid, codes(report)[0]], [false, code], String(input));
    assert.ok(explain(code), code);
  }
});

test("options", () => {
  const trigger = {
    posture: "Proactive",
    after: ["prefect.flow-run.heartbeat"],
    expect: ["prefect.flow-run.*"],
    for_each: ["prefect.resource.id"],
    within: 200,
  };
  for (const [
    options,
    expected,
  ] of /** @type {[import("../../pkg/index.js").CheckOptions, string[]][]} */ ([
    [{}, ["within-too-short-for-heartbeats"]],
    [{ profile: "server" }, []],
    [{ heartbeatFrequency: 30 }, []],
    [{ heartbeatFrequency: 30, clientVersion: "3.1.7" }, ["clients-without-heartbeats"]],
    [{ severity: { "within-too-short-for-heartbeats": "off" } }, []],
    [{ maxDiagnostics: 0 }, []],
  ]))
    assert.deepEqual(codes(checkAutomation(trigger, options)), expected, JSON.stringify(options));
  const text = { ...trigger, within: "PT1H" };
  for (const [serverVersion, errors] of /** @type {[string, number][]} */ ([
    ["3.8.8", 1],
    ["3.9", 0],
  ]))
    assert.equal(checkAutomation(text, { serverVersion }).errors, errors);
});

test("misuse throws a TypeError with an explanation", () => {
  const check = /** @type {(...args: any[]) => unknown} */ (checkAutomation);
  const cycle = { name: {} };
  cycle.name = cycle;
  for (const [args, message] of /** @type {[any[], RegExp][]} */ ([
    [
      [],
      /^checkAutomation needs a string, a Uint8Array, an object or an array of objects, not undefined$/,
    ],
    [[3], /not a number$/],
    [[null], /not null$/],
    [[cycle], /^this object cannot be written as JSON/],
    [[RIGHT, null], /^the options of checkAutomation must be an object$/],
    [
      [RIGHT, { server_version: "3.9" }],
      /unknown option `server_version`: did you mean `serverVersion`\?$/,
    ],
    [
      [RIGHT, { clientVersion: "new" }],
      /`clientVersion` must be a version such as `3\.9\.1`, not `new`$/,
    ],
    [[RIGHT, { heartbeatFrequency: -1 }], /`heartbeatFrequency` must be a whole number of seconds/],
    [[RIGHT, { severity: { nonsense: "off" } }], /`severity`: unknown diagnostic code `nonsense`$/],
  ]))
    assert.throws(() => check(...args), { name: "TypeError", message });
});
