// Does what the README shows, and compares. Its conventions:
//   ```json NAME   a file of this name; the same with yaml
//   ```console     lines after `$ ` are run by a shell, what follows each is its output
//   ```js          run as a module; each `// → …` is the next line that it prints
//   ```sh          not run, but what it names must exist
//   ```html        not shown, but the scripts of the package that it names must exist
// All happen in one folder, in the order of the text, with the captured events in `events.ndjson`.
// UPDATE_README=1 writes the real output into the README.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { validate } from "../../pkg/node.js";
import { BUDGETS } from "./helpers/budgets.js";
import { REAL } from "./helpers/events.js";
import { folder, MAIN, run } from "./helpers/run.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = join(root, "README.md");
const readme = readFileSync(file, "utf8");
const update = process.env.UPDATE_README === "1";

const FENCE = /^```(\w+)(?: (\S+))?\n(.*?)^```$/gms;
const ARROW = " // → ";

const cwd = folder();
writeFileSync(join(cwd, "events.ndjson"), REAL);
mkdirSync(join(cwd, "node_modules"));
symlinkSync(join(root, "pkg"), join(cwd, "node_modules/prefect-events"));
for (const other of ["ajv", "ajv-formats"])
  symlinkSync(join(root, "node_modules", other), join(cwd, "node_modules", other));
mkdirSync(join(cwd, "bin"));
// Only this package's command can be run, and nothing is downloaded.
const npx = `#!/bin/sh\n[ "$1" = prefect-events ] || exit 127\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
writeFileSync(join(cwd, "bin/npx"), npx, { mode: 0o755 });

/**
 * @param {string} program
 * @param {string[]} args
 */
function execute(program, args) {
  const { FORCE_COLOR, ...env } = process.env;
  const path = `${join(cwd, "bin")}:${env.PATH}`;
  const options = { cwd, env: { ...env, PATH: path, NO_COLOR: "1" }, timeout: 60_000 };
  return spawnSync(program, args, { ...options, encoding: "utf8" });
}

/**
 * The same session as it really goes.
 * @param {string} shown
 */
function session(shown) {
  const commands = shown.split("\n").filter((line) => line.startsWith("$ "));
  // One shell for all, as on a terminal; a NUL ends each output, and the status is kept for `$?`.
  const script = commands.map((line) => `${line.slice(2)}\n(s=$?; printf '\\0'; exit $s)\n`);
  const { stdout } = execute("sh", ["-c", `exec 2>&1\n${script.join("")}`]);
  const outputs = stdout.split("\0");
  return commands.map((line, index) => `${line}\n${outputs[index]}`).join("");
}

/**
 * The same module with what it really prints.
 * @param {string} shown
 */
function module(shown) {
  const source = shown.replaceAll(new RegExp(`${ARROW}.*`, "g"), "");
  const { status, stdout, stderr } = execute(process.execPath, [
    "--input-type=module",
    "--eval",
    source,
  ]);
  assert.equal(status, 0, stderr);
  const printed = stdout.split("\n");
  const real = source.replaceAll(
    /^ *console\.log\(.*\);$/gm,
    (line) => line + ARROW + printed.shift(),
  );
  assert.deepEqual(printed, [""], "each console.log prints one line");
  return real;
}

/** @type {string[]} the README as it should be, in pieces */
const pieces = [];
let end = 0;
for (const { 0: block, 1: language, 2: name, 3: content = "", index } of readme.matchAll(FENCE)) {
  pieces.push(readme.slice(end, index), block);
  end = index + block.length;
  const place = pieces.length - 1;
  const line = readme.slice(0, index).split("\n").length;
  test(`line ${line}: ${language}`, () => {
    let real = content;
    if (/^(json|yaml)$/.test(language ?? "") && name) {
      mkdirSync(join(cwd, dirname(name)), { recursive: true });
      writeFileSync(join(cwd, name), content);
    } else if (language === "sh") existing(content);
    else if (language === "console") real = session(content);
    else if (language === "js") real = module(content);
    else if (language === "html") scripts(content);
    else assert.fail("how is this block to be checked?");
    pieces[place] = block.replace(content, () => real);
    if (!update) assert.equal(content, real);
  });
}

test("every fence is one of a block", () => {
  const fences = readme.match(/^ *(```|~~~)/gm) ?? [];
  assert.equal(fences.length, pieces.length);
});

test("what is shown is written", { skip: !update && "only with UPDATE_README=1" }, () => {
  writeFileSync(file, pieces.join("") + readme.slice(end));
});

/** @param {string} commands */
function existing(commands) {
  for (const command of commands.trim().split("\n")) {
    const target = /^make ([a-z-]+)$/.exec(command)?.[1];
    if (target) {
      assert.match(readFileSync(join(root, "Makefile"), "utf8"), new RegExp(`^${target}:`, "m"));
    } else {
      assert.match(command, /^(npm install prefect-events|npx prefect-events validate \S+)$/);
    }
  }
}

/** @param {string} page */
function scripts(page) {
  const named = [...page.matchAll(/src="prefect-events\/([^"]+)"/g)];
  assert.ok(named.length > 0);
  for (const [, name = ""] of named) assert.ok(existsSync(join(root, "pkg", name)), name);
}

for (const name of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) {
  test(`${name}: what it links to exists`, () => {
    const text = readFileSync(join(root, name), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!target.startsWith("https://")) assert.ok(existsSync(join(root, target)), target);
    }
  });
}

test("CONTRIBUTING.md: the files it names exist", () => {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  for (const [, path = ""] of text.matchAll(/`((?:src|pkg|www|tests|build|tools)\/[\w./-]*)`/g)) {
    // What is made by the build need not be there by this name.
    assert.ok(existsSync(join(root, path)), path);
  }
});

test("CONTRIBUTING.md and the Makefile have the same targets", () => {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const makefile = readFileSync(join(root, "Makefile"), "utf8");
  const named = new Set(Array.from(text.matchAll(/`make ([a-z-]+)`/g), ([, target]) => target));
  const targets = new Set(
    Array.from(makefile.matchAll(/^([a-z-]+):.*## /gm), ([, target]) => target),
  );
  assert.deepEqual([...named].sort(), [...targets].sort());
});

test("the README's options and formats are those of the command line", async () => {
  const { stdout } = await run(["validate", "--help"]);
  const options = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
    new Set(Array.from(text.matchAll(pattern), ([, option]) => option));
  assert.deepEqual(
    options(readme, /^\| `--([a-z-]+)/gm),
    options(stdout.replace(/.*--help.*/, ""), /^ +--([a-z-]+)/gm),
  );
  const formats = [...options(readme, /^\| `([a-z]+)` \|/gm)];
  assert.match(
    stdout.replaceAll(/\s+/g, " "),
    new RegExp(`choices: ${formats.map((format) => `"${format}"`).join(", ")}, default`),
  );
});

test("the README's limits are the real ones", () => {
  const depth = Number(/deeper than (\d+) levels/.exec(readme)?.[1]);
  const refused = (/** @type {number} */ levels) =>
    validate("[".repeat(levels) + "]".repeat(levels)).diagnostics.some(
      ({ code }) => code === "syntax-too-deep",
    );
  assert.deepEqual([refused(depth), refused(depth + 1)], [false, true]);

  const limits = /at most ([\d,]+) KB.*/.exec(readme)?.[0].matchAll(/([\d,]+) KB/g) ?? [];
  assert.deepEqual(
    Array.from(limits, ([, number = ""]) => Number(number.replace(",", "")) * 1000),
    BUDGETS.flatMap(({ raw, brotli }) => [raw, brotli]),
  );
});
