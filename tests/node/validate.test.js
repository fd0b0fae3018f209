import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { applyFixes, init, validate, version } from "../../pkg/node.js";
import { EVENT, event, REAL, wrongCase } from "./helpers/events.js";

/** @typedef {import("../../pkg/index.js").ValidationReport} Report */

const TEXT = JSON.stringify(EVENT);
const FINE = {
  valid: true,
  count: 1,
  errors: 0,
  warnings: 0,
  infos: 0,
  diagnostics: [],
  form: "event",
};

/** @param {Report} report */
const codes = ({ diagnostics }) => diagnostics.map(({ code }) => code);

test("every type of input gives the same report", () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (const input of [TEXT, bytes, Buffer.from(TEXT), bytes.buffer, EVENT]) {
    assert.deepEqual(validate(input), FINE);
  }
  for (const several of [[EVENT, event({ id: "0195519d-3a00-7c4e-8d5a-3a2b1c0d9e90" })]]) {
    assert.equal(validate(several).count, 2);
    assert.equal(validate(JSON.stringify(several)).count, 2);
  }
});

test("only the given part of a buffer is read", () => {
  const bytes = Buffer.from(`xx${TEXT}xx`).subarray(2, -2);
  assert.deepEqual(validate(bytes), FINE);
});

test("values of another realm are accepted", () => {
  assert.deepEqual(validate(runInNewContext(`(${TEXT})`)), FINE);
  const bytes = runInNewContext(`new Uint8Array([${Buffer.from(TEXT).join(",")}])`);
  assert.deepEqual(validate(bytes), FINE);
  assert.deepEqual(validate(bytes.buffer), FINE);
});

test("the bundled real events are free of errors", () => {
  const report = validate(REAL);
  assert.equal(report.count, 1392);
  assert.equal(report.errors, 0);
  assert.ok(report.valid);
});

test("absent fields are omitted, neither undefined nor null", () => {
  const bad = JSON.stringify(event({ occurred: "yesterday" }));
  for (const report of [
    validate(TEXT),
    validate(bad),
    validate(JSON.parse(bad)),
    validate(wrongCase()),
    validate("{"),
  ]) {
    const values = [
      report,
      ...report.diagnostics,
      ...report.diagnostics.map(({ fix }) => fix ?? {}),
    ];
    for (const value of values.flatMap(Object.values))
      assert.ok(value !== undefined && value !== null);
    assert.ok(!("truncated" in report));
  }
  const [fromText] = validate(bad).diagnostics;
  const [fromObject] = validate(JSON.parse(bad)).diagnostics;
  assert.ok(fromText && "range" in fromText && fromObject && !("range" in fromObject));
  const [syntax] = validate("{").diagnostics;
  assert.ok(syntax && !("name" in syntax) && !("fix" in syntax));
});

test("all fields of a diagnostic", () => {
  const text = wrongCase();
  const [diagnostic, ...others] = validate(text).diagnostics;
  assert.ok(diagnostic);
  const start = text.indexOf('"running"');
  const { message, docs, ...rest } = diagnostic;
  assert.match(message, /`prefect\.state-type`.*`RUNNING`.*`running`/);
  assert.match(
    String(docs),
    /^https:\/\/www\.prefect\.io\/docs\/v3\/api-ref\/events\/task-run-events#/,
  );
  const range = {
    start: { line: 1, column: start + 1, offset: start },
    end: { line: 1, column: start + 10, offset: start + 9 },
  };
  assert.deepEqual(rest, {
    code: "wrong-label-value",
    severity: "error",
    index: 0,
    name: "prefect.task-run.Running",
    path: "/resource/prefect.state-type",
    range,
    fix: { title: "write `RUNNING`", edits: [{ range, text: '"RUNNING"' }] },
  });
  assert.deepEqual(others, []);
});

test("a fix removes its finding, and changes nothing else", () => {
  const text = wrongCase();
  const fixed = applyFixes(text, validate(text).diagnostics);
  assert.equal(fixed, text.replace('"running"', '"RUNNING"'));
  assert.deepEqual(validate(fixed).diagnostics, []);
});

/** Texts before the finding; each shifts its position differently. */
const BEFORE = {
  ASCII: "abc",
  "two bytes": "éä",
  "three bytes": "日本",
  "surrogate pairs": "😀🎉",
  "combining marks": "e\u0301o\u0308",
  "lone surrogates": "\ud800x\udc00",
};

for (const [name, before] of Object.entries(BEFORE)) {
  test(`positions count UTF-16 units, after ${name}`, () => {
    // Lone surrogates are in the text directly, not as escapes.
    const line = `{"${before}":1,"occurred":"2026-03-01T12:00:00Z","event":"a","resource":{"prefect.resource.id":"b"},"id":"@@"}`;
    for (const newline of ["\n", "\r\n"]) {
      for (const mark of ["", "\ufeff"]) {
        const text = `${mark}${TEXT}${newline}${line}${newline}`;
        const found = validate(text).diagnostics.find(({ path }) => path === "/id");
        assert.ok(found?.range, text);
        const { start, end } = found.range;
        assert.equal(text.slice(start.offset, end.offset), '"@@"');
        assert.equal(start.line, 2);
        assert.equal(start.column, line.indexOf('"@@"') + 1);
        if (name !== "lone surrogates")
          assert.deepEqual(validate(Buffer.from(text)), validate(text));
      }
    }
  });
}

test("lone surrogates in a string are found, and shift no positions", () => {
  const text = JSON.stringify(EVENT).replace("acme.order.42", "acme.\ud800");
  const found = validate(text).diagnostics.find(({ code }) => code.startsWith("syntax-"));
  assert.ok(found?.range);
  assert.ok(text.slice(found.range.start.offset, found.range.end.offset).includes("\ud800"));
});

test("bytes that are not UTF-8 are found, and count as replacement characters", () => {
  const bytes = Buffer.from(TEXT.replace("placed", "pl?ced"));
  bytes[bytes.indexOf("?")] = 0xff;
  const [found] = validate(bytes).diagnostics;
  assert.ok(found?.range);
  assert.match(found.code, /^syntax-/);
  const { start, end } = found.range;
  assert.ok(bytes.toString().slice(start.offset, end.offset).includes("\ufffd"));
});

test("options: profile", () => {
  const text = JSON.stringify(event({ occurred: 1772366400 }));
  assert.ok(validate(text, { profile: "documented" }).warnings > 0);
  assert.deepEqual(codes(validate(text)), codes(validate(text, { profile: "documented" })));
  assert.deepEqual(validate(text, { profile: "server" }), FINE);
});

test("options: severity", () => {
  const text = JSON.stringify(event({ event: "prefect.nonsense" }));
  const code = "unknown-event";
  assert.deepEqual(codes(validate(text)), [code]);
  for (const severity of /** @type {const} */ (["error", "warning", "info"])) {
    const report = validate(text, { severity: { [code]: severity } });
    assert.deepEqual(
      report.diagnostics.map((one) => one.severity),
      [severity],
    );
    assert.equal(report[`${severity}s`], 1);
    assert.equal(report.valid, severity !== "error");
  }
  assert.deepEqual(validate(text, { severity: { [code]: "off" } }), FINE);
});

test("options: maxDiagnostics, with complete counts", () => {
  const text = "{}\n".repeat(600);
  const all = validate(text, { maxDiagnostics: 1_000_000 });
  assert.equal(all.errors, all.diagnostics.filter(({ severity }) => severity === "error").length);
  for (const maxDiagnostics of [0, 1, 7, undefined]) {
    const report = validate(text, maxDiagnostics === undefined ? {} : { maxDiagnostics });
    assert.equal(report.diagnostics.length, maxDiagnostics ?? 1000);
    assert.deepEqual(
      [report.errors, report.warnings, report.infos],
      [all.errors, all.warnings, all.infos],
    );
    assert.equal(report.truncated, all.diagnostics.length - report.diagnostics.length);
  }
});

test("misuse throws a TypeError with an explanation", () => {
  for (const wrong of [
    undefined,
    null,
    1,
    true,
    Symbol("s"),
    1n,
    () => {},
    new Uint16Array(2),
    new DataView(new ArrayBuffer(2)),
    Promise.resolve("[]"),
    new Map([["event", "a"]]),
    new Response("{}"),
  ]) {
    assert.throws(() => validate(/** @type {any} */ (wrong)), {
      name: "TypeError",
      message: /^validate needs a string, a Uint8Array, an object or an array of objects, not /,
    });
  }
  /** @type {any} */
  const cycle = {};
  cycle.self = cycle;
  for (const wrong of [
    cycle,
    { big: 1n },
    { toJSON() {} },
    {
      toJSON: () => {
        throw new Error("no");
      },
    },
  ]) {
    assert.throws(() => validate(wrong), {
      name: "TypeError",
      message: /^this object cannot be written as JSON: /,
    });
  }
});

/** @type {[any, RegExp][]} */
const WRONG_OPTIONS = [
  [{ profil: "server" }, /profil/],
  [{ profile: "strict" }, /profile|strict/],
  [{ profile: 1 }, /profile/],
  [{ severity: "off" }, /severity/],
  [{ severity: { "missing-label": "fatal" } }, /fatal/],
  [{ severity: { "no-such-code": "off" } }, /no-such-code/],
  [{ maxDiagnostics: -1 }, /maxDiagnostics/],
  [{ maxDiagnostics: 1.5 }, /maxDiagnostics/],
  [{ maxDiagnostics: "10" }, /maxDiagnostics/],
  [
    { maxDiagnostics: "10" },
    /: the option `maxDiagnostics` must be a whole number, 0 or more, not "10"$/,
  ],
  [
    { maxDiagnostics: -1 },
    /: the option `maxDiagnostics` must be a whole number, 0 or more, not `-1`$/,
  ],
  [
    { maxDiagnostics: [1] },
    /: the option `maxDiagnostics` must be a whole number, 0 or more, not a list$/,
  ],
  [
    { maxDiagnostics: {} },
    /: the option `maxDiagnostics` must be a whole number, 0 or more, not an object$/,
  ],
  [
    { severity: [["missing-label", "off"]] },
    /: the option `severity` must be an object of .*, not a list$/,
  ],
  [
    { severity: { "missing-label": true } },
    /`severity`: `missing-label` must be `error`.*, not a boolean$/,
  ],
  [
    { severity: { "missing-label": "x: Error: y" } },
    /`severity`: `missing-label` must be `error`, .*, not `x: Error: y`$/,
  ],
  ["server", /options/],
  [null, /options/],
  // As JSON, these would count as not given.
  [
    new Map([["profile", "server"]]),
    /^the options of validate cannot be written as JSON: it must be plain data, not a Map$/,
  ],
  [new Date(), /^the options of validate must be an object$/],
  [{ schemas: new Map([["a", {}]]) }, /: `schemas` must be plain data, not a Map$/],
  [{ severity: new Map() }, /: `severity` must be plain data/],
  [{ severity: { "missing-label": new Set() } }, /: `missing-label` must be plain data/],
  [{ schemas: Symbol("s") }, /: `schemas` is a symbol$/],
  [{ profile: Symbol("s") }, /: `profile` is a symbol$/],
  [{ maxDiagnostics: Number.NaN }, /: `maxDiagnostics` is NaN$/],
  [{ maxDiagnostics: -Infinity }, /: `maxDiagnostics` is -Infinity$/],
  [{ profile: new Date(Number.NaN) }, /: `profile` has no JSON: its toJSON returns null$/],
  [{ profile: { toJSON() {} } }, /: `profile` has no JSON: its toJSON returns undefined$/],
  [
    new (class {
      get profile() {
        return "server";
      }
    })(),
    /: it must be plain data, not a class without a name$/,
  ],
];

for (const [options, message] of WRONG_OPTIONS) {
  test(`misuse: the options ${JSON.stringify(options)}`, () => {
    for (const input of [TEXT, Buffer.from(TEXT), EVENT]) {
      assert.throws(() => validate(input, options), { name: "TypeError", message });
    }
  });
}

test("options can be objects of a class with toJSON", () => {
  class Options {
    #profile = "server";
    toJSON() {
      return { profile: this.#profile, maxDiagnostics: new Number(5) };
    }
  }
  assert.deepEqual(validate(TEXT, /** @type {any} */ (new Options())), FINE);
});

test("undefined options count as not given", () => {
  assert.deepEqual(validate(TEXT, undefined), FINE);
  assert.deepEqual(
    validate(TEXT, /** @type {any} */ ({ profile: undefined, severity: undefined })),
    FINE,
  );
  class Own {
    profile = "strict";
  }
  for (const options of [
    new Own(),
    Object.assign(Object.create(null), { profile: "strict" }),
    runInNewContext(`({ profile: "strict" })`),
    { profile: "strict", [Symbol.toStringTag]: "Map" },
  ])
    assert.throws(
      () => validate(TEXT, options),
      /the option `profile` must be `documented` or `server`, not `strict`$/,
    );
});

test("100 MB in one string", () => {
  const line = `${TEXT}\n`;
  const text = line.repeat(Math.ceil(100e6 / line.length));
  const report = validate(text, { maxDiagnostics: 0 });
  assert.equal(report.count, text.length / line.length);
  // Slow, so only once: a text whose UTF-8 has more bytes than UTF-16 units.
  const wide = `"${"é".repeat(50e6)}"`;
  assert.ok(validate(wide).errors > 0);
});

test("init does nothing, and version() is the package's version", async () => {
  assert.equal(await init(), undefined);
  assert.match(version(), /^\d+\.\d+\.\d+$/);
});

test("`form` is what the input was recognised as", () => {
  const trigger = 'posture: Reactive\nexpect: ["a"]\n';
  for (const [text, form] of /** @type {[string, string][]} */ ([
    [TEXT, "event"],
    [`[${TEXT}]`, "events"],
    [`${TEXT}\n${TEXT}\n`, "events"],
    ['{"event": ', "event"],
    ['{"trigger": {"type": ', "automation"],
    [`trigger:\n  ${trigger.replaceAll("\n", "\n  ")}`, "automation"],
    [`- trigger:\n    type: event\n`, "automations"],
    [trigger, "trigger"],
    [`${trigger}schedule_after: 5\n`, "deployment-triggers"],
    ["deployments:\n  - name: d\n", "prefect-yaml"],
    ["automation: crash-zombie-flows\n", "scenario"],
    ['[{"automation": "crash-zombie-flows"}]', "scenarios"],
    ['{"format_version": "1.0", "terraform_version": "1.9.0", "values": {}}', "terraform"],
    ['resource "prefect_automation" "a" {\n}\n', "terraform-configuration"],
    ["hello", "unknown"],
    ['{"a": 1}', "unknown"],
    ["", "unknown"],
  ])) {
    assert.equal(validate(text).form, form, text);
    // Whatever was checked before.
    assert.equal(validate(text, { profile: "server" }).form, form, text);
  }
});
