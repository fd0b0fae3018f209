import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { checkAutomation } from "../../pkg/node.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) =>
  writeFileSync(join(cwd, name), content);

const GOOD = `name: Cancel late runs
trigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Late]}
actions: [{type: cancel-flow-run}]
`;
const ERROR = GOOD.replace("Reactive", "reactive");
write("good.yaml", GOOD);
write("error.yaml", ERROR);
write("warning.yaml", GOOD.replace("Late", "late"));
write(
  "zombies.yaml",
  `posture: Proactive
after: [prefect.flow-run.heartbeat]
expect: [prefect.flow-run.*]
for_each: [prefect.resource.id]
within: PT2M
`,
);

test("exit status 0: no findings, or only warnings", async () => {
  const good = await run(["check", "good.yaml"], { cwd });
  const stdout = "1 automation in 1 file: no problems found\n";
  assert.deepEqual(good, { status: 0, stdout, stderr: "" });
  const warning = await run(["check", "warning.yaml"], { cwd });
  assert.equal(warning.status, 0);
  assert.match(warning.stdout, /^warning\[misspelt-event\]: /);
  assert.match(warning.stdout, /\n1 automation in 1 file: 1 warning; 1 fixable with --fix\n$/);
});

test("exit status 1: an error, with its position in the YAML", async () => {
  const { status, stdout, stderr } = await run(["check", "good.yaml", "error.yaml"], { cwd });
  assert.deepEqual([status, stderr], [1, ""]);
  assert.match(stdout, /^error\[unknown-posture\]: .*\n +--> error\.yaml:2:33\n/);
  assert.match(stdout, /\n2 \| trigger: .*\n {2}\| {33}\^{8}\n/);
  assert.match(stdout, /\n2 automations in 2 files: 1 error; 1 fixable with --fix\n$/);
});

test("exit status 2: misuse, reported once", async () => {
  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [["--profile", "strict"], /Allowed choices are documented, server/],
    [["--severity", "nonsense"], /Expected CODE=LEVEL, e\.g\. missing-label=warning/],
    [["--severity", "nonsense=off"], /^prefect-events: .*unknown diagnostic code/],
    [
      ["--server-version", "new"],
      /^prefect-events: the option `serverVersion` must be a version such as `3\.9\.1`, not `new`$/m,
    ],
    [["--heartbeat-frequency", "often"], /Expected a number of seconds, or a duration such as 5m/],
  ])) {
    const { status, stdout, stderr } = await run(["check", ...args, "good.yaml", "good.yaml"], {
      cwd,
    });
    assert.deepEqual([status, stdout], [2, ""], args.join(" "));
    assert.match(stderr, message);
    assert.equal(stderr.match(/not a version/g)?.length ?? 1, 1);
  }
});

test("unreadable files are reported; the others are checked", async () => {
  mkdirSync(join(cwd, "directory"));
  for (const [
    name,
    content,
    reason,
  ] of /** @type {[string, string | Uint8Array | undefined, string][]} */ ([
    ["missing.yaml", undefined, "does not exist"],
    ["directory", undefined, "is a directory: name its files"],
    ["empty.yaml", "", "is empty"],
    ["good.yaml.gz", gzipSync(GOOD), "is compressed with gzip: decompress it first (gunzip)"],
    ["utf-16.yaml", Buffer.from(GOOD, "utf16le"), "is UTF-16 text: save it as UTF-8"],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]), "is a binary file, not text"],
  ])) {
    if (content !== undefined) write(name, content);
    const { status, stdout, stderr } = await run(["check", name, "error.yaml"], { cwd });
    assert.deepEqual([status, stderr], [2, `prefect-events: ${name} ${reason}\n`]);
    assert.match(stdout, /^error\[unknown-posture\]/);
    assert.match(stdout, /1 error; 1 fixable with --fix; 1 file could not be read\n$/);
  }
});

test("standard input, with and without -", async () => {
  for (const args of [["check"], ["check", "-"]]) {
    const { status, stdout } = await run(args, { input: ERROR });
    assert.equal(status, 1);
    assert.match(stdout, /--> <stdin>:2:33/);
  }
});

test("options", async () => {
  for (const [args, expected] of /** @type {[string[], string[]][]} */ ([
    [[], ["within-text-before-3-9", "within-too-short-for-heartbeats"]],
    [["--profile", "server"], []],
    [
      ["--server-version", "3.9", "--heartbeat-frequency", "25"],
      ["heartbeat-frequency-too-low", "within-too-short-for-heartbeats"],
    ],
    [
      ["--server-version", "3.9", "--heartbeat-frequency", "29"],
      ["heartbeat-frequency-too-low", "within-too-short-for-heartbeats"],
    ],
    [["--server-version", "3.9", "--client-version", "3.6.0", "--heartbeat-frequency", "0"], []],
    [
      [
        "--severity",
        "within-text-before-3-9=off",
        "--severity",
        "within-too-short-for-heartbeats=off",
      ],
      [],
    ],
  ])) {
    const { status, stdout } = await run(["check", "--format", "json", ...args, "zombies.yaml"], {
      cwd,
    });
    if (args.includes("0")) {
      assert.equal(status, 2);
      continue;
    }
    const [file] = JSON.parse(stdout).files;
    assert.deepEqual(
      file.diagnostics.map((/** @type {any} */ found) => found.code).sort(),
      expected,
      args.join(" "),
    );
  }
});

test("--format json is the package's report", async () => {
  const { stdout } = await run(["check", "--format", "json", "error.yaml"], { cwd });
  assert.deepEqual(JSON.parse(stdout).files, [{ file: "error.yaml", ...checkAutomation(ERROR) }]);
});

test("the other formats speak of automations", async () => {
  for (const [format, pattern] of /** @type {[string, RegExp][]} */ ([
    ["github", /^::error file=error\.yaml,line=2,col=33,/],
    ["sarif", /```yaml\\nname: /],
    ["junit", /in automation 0, \/trigger\/posture/],
  ])) {
    const { status, stdout } = await run(["check", "--format", format, "error.yaml"], { cwd });
    assert.equal(status, 1);
    assert.match(stdout, pattern);
  }
  const { stdout } = await run(["check", "--format", "junit", "good.yaml"], { cwd });
  assert.match(stdout, /name="1 automation"\/>/);
});

test("--fix changes nothing else", async () => {
  write("fix.yaml", `# of mine\n${ERROR}`);
  const { status, stdout } = await run(["check", "--fix", "fix.yaml"], { cwd });
  assert.deepEqual([status, stdout], [0, "1 automation in 1 file: no problems found; 1 fixed\n"]);
  assert.equal(readFileSync(join(cwd, "fix.yaml"), "utf8"), `# of mine\n${GOOD}`);
  const piped = await run(["check", "--fix", "-"], { input: ERROR });
  assert.equal(piped.stdout, GOOD);
});

test("the verdicts of the server on 475 documents", async () => {
  const cases = new URL("../cases/automation-verdicts.ndjson.gz", import.meta.url);
  const rows = gunzipSync(readFileSync(cases))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const names = rows.map(({ document }, index) => {
    write(`row-${index}.json`, JSON.stringify(document));
    return `row-${index}.json`;
  });
  const { stdout } = await run(["check", "--profile", "server", "--format", "json", ...names], {
    cwd,
  });
  const { files } = JSON.parse(stdout);
  assert.equal(files.length, 475);
  const differ = rows.filter(({ server }, index) => files[index].valid !== server.ok);
  assert.deepEqual(
    differ.map((row) => row.case),
    [],
  );
});
