import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";

import { github } from "../../pkg/cli/formats/github.js";
import { json } from "../../pkg/cli/formats/json.js";
import { junit } from "../../pkg/cli/formats/junit.js";
import { sarif } from "../../pkg/cli/formats/sarif.js";
import "../../pkg/node.js";
import { checked, ERROR, INFO, render, UNREADABLE, WARNING } from "./helpers/result.js";

const RESULTS = [checked([WARNING, ERROR, INFO]), UNREADABLE];

test("json: totals, and the package's report on each file", () => {
  const fixed = { ...checked([]), fixed: 2 };
  const document = JSON.parse(render(json, [...RESULTS, fixed]));
  const { file, report } = checked([WARNING, ERROR, INFO]);
  assert.deepEqual(document, {
    valid: false,
    count: 4,
    errors: 1,
    warnings: 1,
    infos: 1,
    files: [
      { file, ...report },
      { file: "-", unreadable: "is empty" },
      { file, fixed: 2, ...fixed.report },
    ],
  });
});

test("json: a file that cannot be read is not valid", () => {
  assert.equal(JSON.parse(render(json, [UNREADABLE])).valid, false);
  assert.equal(JSON.parse(render(json, [checked([WARNING])])).valid, true);
});

test("github: one workflow command per finding, escaped", () => {
  const file = "dir/some%2C events%3A1.ndjson";
  assert.deepEqual(render(github, RESULTS).split("\n"), [
    `::warning file=${file},line=1,col=1,endLine=1,endColumn=37,title=missing-label::a label is missing`,
    `::error file=${file},line=2,col=72,endLine=2,endColumn=83,title=wrong-label-value::the label \`prefect.state-type\` is \`completed\`, not \`COMPLETED\`%0Awrite 100%25, comma, colon: done%0Aand a second line`,
    `::notice file=${file},title=unknown-label::<&"␇>`,
    "::error file=<stdin>::<stdin> is empty",
    "",
  ]);
});

test("github: reports how many findings are not listed", () => {
  const result = checked([]);
  result.report.truncated = 7;
  assert.match(render(github, [result]), /^::notice file=.*::7 more findings are not listed\n$/);
});

const schemaFile = createRequire(import.meta.url).resolve(
  "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
);
const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const conforms = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")));

test("sarif: conforms to the published schema", () => {
  for (const results of [[], [UNREADABLE], RESULTS]) {
    assert.ok(conforms(JSON.parse(render(sarif, results))), ajv.errorsText(conforms.errors));
  }
});

test("sarif: the schema rejects a wrong log", () => {
  const log = JSON.parse(render(sarif, RESULTS));
  log.runs[0].results[0].level = "info";
  assert.ok(!conforms(log));
});

test("sarif: positions, levels and fixes", () => {
  const { version, runs } = JSON.parse(render(sarif, RESULTS));
  assert.equal(version, "2.1.0");
  const [run] = runs;
  assert.equal(run.columnKind, "utf16CodeUnits");
  assert.deepEqual(
    run.tool.driver.rules.map((/** @type {{ id: string }} */ { id }) => id),
    ["missing-label", "wrong-label-value", "unknown-label"],
  );
  assert.deepEqual(
    run.results.map((/** @type {{ level: string, ruleIndex: number }} */ { level, ruleIndex }) => [
      level,
      ruleIndex,
    ]),
    [
      ["warning", 0],
      ["error", 1],
      ["note", 2],
    ],
  );
  const region = {
    startLine: 2,
    startColumn: 72,
    endLine: 2,
    endColumn: 83,
    charOffset: 108,
    charLength: 11,
  };
  const artifactLocation = { uri: "dir/some%2C%20events%3A1.ndjson" };
  const [location] = run.results[1].locations;
  assert.deepEqual(location.physicalLocation, { artifactLocation, region });
  assert.deepEqual(run.results[1].fixes, [
    {
      description: { text: "write `COMPLETED`" },
      artifactChanges: [
        {
          artifactLocation,
          replacements: [{ deletedRegion: region, insertedContent: { text: '"COMPLETED"' } }],
        },
      ],
    },
  ]);
  assert.equal(run.results[2].locations[0].physicalLocation.region, undefined);
  assert.equal(run.invocations[0].executionSuccessful, false);
  assert.equal(run.invocations[0].toolExecutionNotifications[0].message.text, "<stdin> is empty");
});

test("sarif: an absolute path is a file URL", () => {
  const result = { ...checked([WARNING]), file: "/tmp/a b.json" };
  const { runs } = JSON.parse(render(sarif, [result]));
  assert.equal(
    runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri,
    "file:///tmp/a%20b.json",
  );
});

test("junit: errors are failures, the rest is output", () => {
  assert.equal(
    render(junit, RESULTS),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="prefect-events" tests="2" failures="1" errors="1">
  <testsuite name="dir/some, events:1.ndjson" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="dir/some, events:1.ndjson" name="wrong-label-value at 2:72">
      <failure message="the label \`prefect.state-type\` is \`completed\`, not \`COMPLETED\`" type="wrong-label-value">error[wrong-label-value]: the label \`prefect.state-type\` is \`completed\`, not \`COMPLETED\`&#10;  at 2:72&#10;  in event 1, /resource/prefect.state-type&#10;  help: write 100%, comma, colon: done&#10;and a second line&#10;  docs: https://docs.example/events#task-runs</failure>
    </testcase>
    <system-out>warning[missing-label]: a label is missing&#10;  at 1:1&#10;  in event 0&#10;info[unknown-label]: &lt;&amp;&quot;␇&gt;</system-out>
  </testsuite>
  <testsuite name="&lt;stdin&gt;" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="&lt;stdin&gt;" name="can be read">
      <error message="&lt;stdin&gt; is empty" type="unreadable"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test("junit: a file without errors is one passing test", () => {
  assert.match(
    render(junit, [checked([])]),
    /<testsuite name="dir\/some, events:1.ndjson" tests="1" failures="0" errors="0" skipped="0">\n {4}<testcase classname="dir\/some, events:1.ndjson" name="2 events"\/>\n {2}<\/testsuite>/,
  );
});

test("junit: unlisted errors fail too", () => {
  const result = checked([]);
  Object.assign(result.report, { errors: 3, truncated: 3 });
  assert.match(
    render(junit, [result]),
    /failures="1"[\s\S]*<failure message="3 more errors are not listed"\/>/,
  );
});
