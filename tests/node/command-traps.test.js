// The command line after real traps: the memory of its module is limited.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
/** The module begins with less than half of it. One page has 64 KiB. */
const PAGES = 700;
const LARGE = "x".repeat(64 << 20);

const folder = mkdtempSync(join(tmpdir(), "prefect-events-"));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string} text */
function file(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

/** @param {string[]} args */
function run(...args) {
  const options = { cwd: folder, encoding: /** @type {const} */ ("utf8") };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--wasm-max-mem-pages=${PAGES}`, PROGRAM, ...args],
    options,
  );
  return { status, stdout, stderr };
}

/** The codes of the findings in readable files. @param {string} stdout */
function found(stdout) {
  /** @type {{ files: { diagnostics?: { code: string }[] }[] }} */
  const { files } = JSON.parse(stdout);
  return files.flatMap(({ diagnostics = [] }) => diagnostics.map(({ code }) => code));
}

const OUT_OF_MEMORY = "the input is too large: out of memory";
const NDJSON = " (NDJSON needs much less)";
const large = file("large.json", `{"event":"${LARGE}"}`);
const wrong = file("wrong.json", '{"event":"acme.order.paid"}');

test("validate: the findings in other files are reported, whatever their order", () => {
  const alone = run("validate", "--format", "json", wrong);
  assert.ok(found(alone.stdout).includes("missing-field"), alone.stdout);
  for (const files of [
    [large, wrong],
    [wrong, large],
    [large, wrong, large],
  ]) {
    const { status, stdout, stderr } = run("validate", "--format", "json", ...files);
    assert.equal(status, 2);
    assert.deepEqual(found(stdout), found(alone.stdout));
    const times = files.filter((one) => one === large).length;
    const sentence = `prefect-events: ${large} cannot be checked: ${OUT_OF_MEMORY}${NDJSON}\n`;
    assert.equal(stderr.slice(0, sentence.length * times), sentence.repeat(times));
  }
});

test("one sentence says why a command ends", () => {
  const automation = file("large.yaml", `name: ${LARGE}\n`);
  for (const args of [
    ["check", automation],
    ["simulate", automation],
    ["test", automation],
    ["build", "--run", "--from", automation],
  ]) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2, args.join(" "));
    // At most the line that sums up.
    assert.ok(stdout.split("\n").length <= 2, `${args.join(" ")}: ${stdout}`);
    assert.ok(stderr.includes(`${OUT_OF_MEMORY}\n`), `${args.join(" ")}: ${stderr}`);
    assert.doesNotMatch(stderr, /^\s+at |RuntimeError|unreachable/m);
  }
});

test("a line at a time needs much less memory than a list", () => {
  const event = (/** @type {number} */ number) =>
    JSON.stringify({
      id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
      occurred: "2026-03-01T12:00:00Z",
      event: "acme.order.paid",
      resource: { "prefect.resource.id": "acme.order.42" },
      payload: { text: "x".repeat(4096) },
    });
  const events = Array.from({ length: 16_000 }, (_, number) => event(number));
  const list = run("validate", file("list.json", `[${events}]`));
  assert.ok(list.stderr.includes(OUT_OF_MEMORY + NDJSON), list.stderr);
  const lines = run("validate", file("lines.ndjson", events.join("\n")));
  assert.equal(lines.stderr, "");
  assert.equal(lines.status, 0);
});

test("one sentence if the module cannot start", () => {
  const copy = join(folder, "package");
  cpSync(fileURLToPath(new URL("../../pkg", import.meta.url)), copy, { recursive: true });
  symlinkSync(
    fileURLToPath(new URL("../../node_modules", import.meta.url)),
    join(folder, "node_modules"),
  );
  const module = join(copy, "wasm/prefect_events_command.wasm");
  for (const damage of [
    () => writeFileSync(module, "no module"),
    () => cpSync(join(copy, "wasm/prefect_events_validate.wasm"), module),
    () => rmSync(module),
  ]) {
    damage();
    for (const args of [["validate", wrong], ["check"], ["no-such-command"]]) {
      const program = [join(copy, "cli/main.js"), ...args];
      const { status, stdout, stderr } = spawnSync(process.execPath, program, {
        cwd: folder,
        encoding: "utf8",
      });
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(
        stderr,
        /^prefect-events: its WebAssembly module cannot be started: .*\. Please install prefect-events again\n$/,
      );
    }
  }
});
