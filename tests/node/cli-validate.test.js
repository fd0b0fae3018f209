import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { validate } from "../../pkg/node.js";
import { EVENT, event, REAL, wrongCase } from "./helpers/events.js";
import { folder, run } from "./helpers/run.js";

const cwd = folder();
const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) =>
  writeFileSync(join(cwd, name), content);

write("good.json", JSON.stringify(EVENT));
write("warning.json", JSON.stringify(event({ event: "prefect.nonsense" })));
write("error.json", wrongCase());
write("real.ndjson", REAL);

test("exit status 0: no findings, or only warnings", async () => {
  const good = await run(["validate", "good.json"], { cwd });
  assert.deepEqual(good, {
    status: 0,
    stdout: "1 event in 1 file: no problems found\n",
    stderr: "",
  });
  const warning = await run(["validate", "warning.json"], { cwd });
  assert.equal(warning.status, 0);
  assert.match(warning.stdout, /^warning\[unknown-event\]: [\s\S]*1 event in 1 file: 1 warning\n$/);
});

test("exit status 1: an error", async () => {
  const { status, stdout, stderr } = await run(["validate", "good.json", "error.json"], { cwd });
  assert.equal(status, 1);
  assert.equal(stderr, "");
  assert.match(stdout, /^error\[wrong-label-value\]: .*\n +--> error\.json:1:\d+\n/);
  assert.match(stdout, /\n2 events in 2 files: 1 error; 1 fixable with --fix\n$/);
});

test("exit status 2 takes precedence over 1", async () => {
  const { status, stdout } = await run(["validate", "error.json", "missing.json"], { cwd });
  assert.equal(status, 2);
  assert.match(stdout, /1 error; 1 fixable with --fix; 1 file could not be read\n$/);
});

test("exit status 2: misuse, with usage or a message on standard error", async () => {
  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [[], /^Usage: prefect-events/],
    [["nonsense"], /unknown command 'nonsense'/],
    [["validate", "--nonsense"], /unknown option '--nonsense'/],
    [["validate", "--profile", "strict", "good.json"], /Allowed choices are documented, server/],
    [
      ["validate", "--format", "xml", "good.json"],
      /Allowed choices are pretty, json, github, sarif, junit/,
    ],
    [["validate", "--max-diagnostics", "many", "good.json"], /Expected a whole number/],
    [["validate", "--max-diagnostics", "-1", "good.json"], /Expected a whole number/],
    [["explain"], /missing required argument/],
  ])) {
    const { status, stdout, stderr } = await run(args, { cwd });
    assert.equal(status, 2, args.join(" "));
    assert.equal(stdout, "", args.join(" "));
    assert.match(stderr, message);
  }
});

test("help and version go to standard output", async () => {
  for (const args of [["--help"], ["validate", "--help"], ["help", "validate"], ["--version"]]) {
    const { status, stdout, stderr } = await run(args);
    assert.deepEqual([status, stderr], [0, ""], args.join(" "));
    assert.match(
      stdout,
      args.includes("--version") ? /^\d+\.\d+\.\d+\n$/ : /^Usage: prefect-events/,
    );
  }
});

test("standard input, with and without -", async () => {
  for (const args of [["validate"], ["validate", "-"]]) {
    const { status, stdout } = await run(args, { input: wrongCase() });
    assert.equal(status, 1);
    assert.match(stdout, /--> <stdin>:1:/);
  }
});

test("--profile server", async () => {
  const { status, stdout } = await run(
    ["validate", "--profile", "server", "error.json", "warning.json"],
    { cwd },
  );
  assert.deepEqual([status, stdout], [0, "2 events in 2 files: no problems found\n"]);
});

test("--max-diagnostics limits the list, not the totals", async () => {
  write("many.ndjson", "{}\n".repeat(100));
  const { errors } = validate("{}\n".repeat(100));
  const { stdout } = await run(["validate", "--max-diagnostics", "3", "many.ndjson"], { cwd });
  assert.equal(stdout.match(/^error\[/gm)?.length, 3);
  assert.match(stdout, new RegExp(`100 events in 1 file: ${errors} errors`));
});

test("an error is listed before infos and warnings that come earlier", async () => {
  const infos = JSON.stringify(event({ event: "prefect.nonsense" }));
  const text = `${`${infos}\n`.repeat(50)}nonsense\n`;
  write("late.ndjson", text);
  const { stdout } = await run(["validate", "--max-diagnostics", "1", "late.ndjson"], { cwd });
  assert.match(stdout, /^error\[syntax-[a-z-]+\]: .*\n +--> late\.ndjson:51:1\n/);
});

/**
 * The report without the form of the input, which is unknown of files that are read in chunks.
 * @param {string | Uint8Array} text
 * @param {import("../../pkg/index.js").ValidateOptions} [options]
 */
function reported(text, options) {
  const { form: _, ...report } = validate(text, options);
  return report;
}

test("--format json is the package's report", async () => {
  const { status, stdout } = await run(["validate", "--format", "json", "real.ndjson"], { cwd });
  assert.equal(status, 0);
  const { files } = JSON.parse(stdout);
  assert.deepEqual(files, [{ file: "real.ndjson", ...reported(REAL) }]);
  const wrong = await run(["validate", "--format", "json", "error.json"], { cwd });
  assert.equal(wrong.status, 1);
  assert.deepEqual(JSON.parse(wrong.stdout).files, [
    { file: "error.json", ...reported(wrongCase()) },
  ]);
});

test("the other formats", async () => {
  const beginnings = {
    github: /^::error file=error\.json,line=1,/,
    sarif: /^\{\n {2}"\$schema"/,
    junit: /^<\?xml /,
  };
  for (const [format, beginning] of Object.entries(beginnings)) {
    const { status, stdout, stderr } = await run(["validate", "--format", format, "error.json"], {
      cwd,
    });
    assert.deepEqual([status, stderr], [1, ""]);
    assert.match(stdout, beginning);
  }
});

test("a large NDJSON file has the same findings as a small one", async () => {
  // Above 8 MB, the file is read in chunks.
  const text = [REAL, wrongCase(), "\nnonsense\n", REAL, REAL, REAL, REAL, "{}"].join("");
  assert.ok(text.length > 9e6);
  write("large.ndjson", text);
  const args = ["validate", "--max-diagnostics", "1000000", "--format", "json", "large.ndjson"];
  const [file] = JSON.parse((await run(args, { cwd })).stdout).files;
  const expected = reported(text, { maxDiagnostics: 1_000_000 });
  const byPlace = (/** @type {any} */ one, /** @type {any} */ other) =>
    one.range.start.offset - other.range.start.offset || one.code.localeCompare(other.code);
  assert.deepEqual(
    { ...file, diagnostics: file.diagnostics.toSorted(byPlace) },
    { file: "large.ndjson", ...expected, diagnostics: expected.diagnostics.toSorted(byPlace) },
  );
  const offsets = file.diagnostics.map((/** @type {any} */ one) => one.range.start.offset);
  assert.deepEqual(
    offsets,
    offsets.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b),
  );
  const few = await run(["validate", "--max-diagnostics", "7", "large.ndjson"], { cwd });
  assert.equal(few.stdout.match(/^ *--> /gm)?.length, 7);
  assert.match(
    few.stdout,
    new RegExp(`… ${expected.diagnostics.length - 7} more findings in large.ndjson not listed`),
  );
  // Late findings have their lines too.
  const { stdout } = await run(["validate", "--max-diagnostics", "1000000", "large.ndjson"], {
    cwd,
  });
  const count = (/** @type {RegExp} */ what) => stdout.match(what)?.length;
  assert.equal(count(/^ *--> /gm), expected.diagnostics.length);
  assert.equal(count(/^ *\| +\^+$/gm), expected.diagnostics.length);
});

test("a large document that is not NDJSON is read whole", async () => {
  // In pieces of 1 MiB, all different.
  const events = Array.from({ length: 50_000 }, (_, index) => event({ payload: { index } }));
  const text = JSON.stringify(events, null, 1);
  assert.ok(text.length > 10 << 20);
  write("large.json", text);
  const args = ["validate", "--format", "json", "--max-diagnostics", "0", "large.json"];
  const { stdout } = await run(args, { cwd });
  const [file] = JSON.parse(stdout).files;
  assert.deepEqual(file, { file: "large.json", ...reported(text, { maxDiagnostics: 0 }) });
});

test("FORCE_COLOR enables colours, NO_COLOR disables them", async () => {
  const forced = await run(["validate", "error.json"], { cwd, env: { FORCE_COLOR: "1" } });
  assert.match(forced.stdout, /\u001b\[31m/);
  const neither = await run(["validate", "error.json"], {
    cwd,
    env: { FORCE_COLOR: "1", NO_COLOR: "1" },
  });
  assert.doesNotMatch(neither.stdout, /\u001b/);
});

test("no files are left behind", () => {
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name.startsWith(".")),
    [],
  );
});
