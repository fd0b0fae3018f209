// The pages for users, and their examples. The conventions of examples:
//   ```json NAME   a file of this name; the same with yaml, python, toml and ini
//   ```console     lines after `$ ` are run by a shell, the lines after each are its output
//   ```js          run as a module; each `// → …` is the next line that it prints
//   ```sh          checked by the tests that need it, each line is one of a known kind
//   ```html        not shown, but the scripts of the package that it names must exist

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { REAL } from "./events.js";
import { folder, MAIN } from "./run.js";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Pages whose examples other tests run; the generated page has none. */
export const TESTED_ELSEWHERE = new Map([
  ["docs/archives.md", "tests/python/documentation.test.js"],
  ["docs/events.md", "tests/native/reference.rs"],
  ["docs/live-servers.md", "tests/node/live-documentation.test.js"],
  ["docs/python.md", "tests/python/documentation.test.js"],
  ["docs/server-faults.md", "tests/native/faults.rs"],
  ["docs/widget.md", "tests/browser/helpers/sites.js"],
]);

/** All pages for users, from the root of the repository. */
export const PAGES = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** @param {string} path from the root of the repository */
export const read = (path) => readFileSync(join(root, path), "utf8");

const FENCE = /^```(\w+)(?: (\S+))?\n(.*?)^```$/gms;
const ARROW = " // → ";

/** @typedef {{ block: string, language: string, name: string | undefined, content: string, index: number, line: number }} Example */

/**
 * @param {string} page
 * @returns {Example[]}
 */
export function examples(page) {
  const found = page.matchAll(FENCE);
  return Array.from(found, ({ 0: block, 1: language = "", 2: name, 3: content = "", index }) => {
    const line = page.slice(0, index).split("\n").length;
    return { block, language, name, content, index, line };
  });
}

/**
 * A folder for the examples of one page, with the package, the captured events in `events.ndjson`, and `npx` for the
 * package's command alone: nothing is downloaded.
 */
export class Workplace {
  folder = folder();

  /** @param {string[]} programs folders of programs that come before all others */
  constructor(programs = []) {
    this.programs = programs;
    writeFileSync(join(this.folder, "events.ndjson"), REAL);
    mkdirSync(join(this.folder, "node_modules"));
    // On Windows, every user can create junctions.
    symlinkSync(join(root, "pkg"), join(this.folder, "node_modules/prefect-events"), "junction");
    for (const other of ["ajv", "ajv-formats"])
      symlinkSync(
        join(root, "node_modules", other),
        join(this.folder, "node_modules", other),
        "junction",
      );
    const npx = `#!/bin/sh\n[ "$1" = prefect-events ] || exit 127\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
    this.write("bin/npx", npx, 0o755);
  }

  /**
   * @param {string} name
   * @param {string} content
   */
  write(name, content, mode = 0o644) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
  }

  /**
   * @param {string} program
   * @param {string[]} args
   */
  execute(program, args) {
    // As in a user's terminal: pytest cuts no line where it knows a CI by these.
    const { FORCE_COLOR, CI, BUILD_NUMBER, ...env } = process.env;
    const PATH = [join(this.folder, "bin"), ...this.programs, env.PATH].join(delimiter);
    return spawnSync(program, args, {
      cwd: this.folder,
      env: { ...env, PATH, NO_COLOR: "1" },
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  /**
   * The same session with its real output.
   * @param {string} shown
   */
  session(shown) {
    const commands = shown.split("\n").filter((line) => line.startsWith("$ "));
    // One shell for all, as on a terminal; a NUL ends each output, and the status is kept for `$?`.
    const script = commands.map((line) => `${line.slice(2)}\n(s=$?; printf '\\0'; exit $s)\n`);
    const { stdout } = this.execute("sh", ["-c", `exec 2>&1\n${script.join("")}`]);
    const outputs = stdout.split("\0");
    return commands.map((line, index) => `${line}\n${outputs[index]}`).join("");
  }

  /**
   * The same module with its actual output.
   * @param {string} shown
   */
  module(shown) {
    const source = shown.replaceAll(new RegExp(`${ARROW}.*`, "g"), "");
    const args = ["--input-type=module", "--eval", source];
    const { status, stdout, stderr } = this.execute(process.execPath, args);
    if (status !== 0) throw new Error(stderr);
    const printed = stdout.split("\n");
    const real = source.replaceAll(
      /^ *console\.log\(.*\);$/gm,
      (line) => line + ARROW + printed.shift(),
    );
    if (printed.join("\n") !== "") throw new Error("each console.log must print one line");
    return real;
  }
}

/**
 * The anchors of a page, as GitHub gives them to headings.
 * @param {string} page
 */
export function anchors(page) {
  const slugs = new Set();
  const text = page.replaceAll(/^ *(`{3,})[^`]*?^ *\1$/gms, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
    let free = slug;
    for (let count = 1; slugs.has(free); count += 1) free = `${slug}-${count}`;
    slugs.add(free);
  }
  return slugs;
}

/**
 * The links of a page, without those in examples.
 * @param {string} page
 */
export function links(page) {
  const text = page.replaceAll(/^ *(`{3,})[^`]*?^ *\1$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
}
