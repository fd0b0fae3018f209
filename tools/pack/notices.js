// Writes `pkg/THIRD_PARTY_NOTICES.txt`: the licences of all crates that are compiled into the WebAssembly modules. With the
// argument `python`, those of the native module, for this machine: `python/licenses/THIRD_PARTY_NOTICES.txt`.
// It fails for a crate whose licence is not in the list of `deny.toml`, or whose text is not found.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import satisfies from "spdx-satisfies";

/** @typedef {{ name: string, version: string, license: string, home: string, texts: string[] }} Notice */
/** @typedef {{ name: string, version: string, license: string | null, repository: string | null, source: string | null, manifest_path: string }} Crate */

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * What is shipped: the crates that are linked, their target, where their notices are written, and what these say first.
 * @typedef {{ packages: string[], target: string, file: string, head: string }} Shipped
 */

/** @type {{ [name: string]: () => Shipped }} */
const SHIPPED = {
  wasm: () => ({
    packages: readdirSync(join(root, "wasm"))
      .filter((name) =>
        /^crate-type = .*cdylib/m.test(
          readFileSync(join(root, "wasm", name, "Cargo.toml"), "utf8"),
        ),
      )
      .map((name) => `prefect-events-${name}`),
    target: "wasm32-unknown-unknown",
    file: "pkg/THIRD_PARTY_NOTICES.txt",
    head: "The WebAssembly modules of prefect-events contain code of these projects.",
  }),
  python: () => ({
    packages: ["prefect-events-python"],
    target: /^host: (.*)$/m.exec(execFileSync("rustc", ["-vV"], { encoding: "utf8" }))?.[1] ?? "",
    file: "python/licenses/THIRD_PARTY_NOTICES.txt",
    head: "The native module of prefect-events contains code of these projects.",
  }),
};

/** @param {string} name @returns {Shipped} */
function shipped(name) {
  const found = SHIPPED[name];
  if (!found) throw new Error(`nothing that is shipped is called ${name}`);
  return found();
}

const LICENCE_FILE = /^(licen[cs]e|notice|copying|unlicense)[\w.-]*$/i;

/** @param {string[]} args */
function cargo(...args) {
  const program = process.env.CARGO ?? "cargo";
  return execFileSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 });
}

/** The licences that may be compiled in: the list is that of `cargo deny`. */
export function allowedLicences() {
  const list = /^allow = \[(.*?)\]/ms.exec(readFileSync(join(root, "deny.toml"), "utf8"))?.[1];
  return Array.from(list?.matchAll(/"([^"]+)"/g) ?? [], ([, name = ""]) => name);
}

/**
 * Whether a licence allows an accepted choice.
 * @param {string} expression SPDX; old crates have a slash for OR
 */
export function isAllowed(expression) {
  return satisfies(expression.replaceAll("/", " OR "), allowedLicences());
}

/**
 * The names and versions of the crates in the modules, such as `memchr 2.8.3`.
 * @param {string} [of]
 */
export function compiledCrates(of = "wasm") {
  return crates(shipped(of));
}

/** @param {Shipped} shipped */
function crates({ packages, target }) {
  const named = packages.flatMap((name) => ["--package", name]);
  const edges = ["--edges", "normal,no-proc-macro", "--target", target];
  const shape = ["--prefix", "none", "--format", "{p}"];
  const lines = cargo("tree", "--locked", ...named, ...edges, ...shape).split("\n");
  // Crates of this repository have their path after the version.
  const foreign = lines
    .map((line) => line.replace(/ \(\*\)$/, ""))
    .filter((line) => / v[^ ]+$/.test(line));
  return [...new Set(foreign)].map((line) => line.replace(" v", " ")).sort();
}

/** @param {string} folder */
function licenceFiles(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map(({ name }) => name)
    .sort();
  // If there is a choice, the shortest is enough: MIT.
  const mit = names.filter((name) => /mit/i.test(name));
  const others = names.filter((name) => !/mit|apache|unlicense|copying|bsd/i.test(name));
  const chosen =
    mit.length > 0
      ? [...mit, ...others.filter((name) => !/^licen[cs]e(\.md)?$/i.test(name))]
      : names;
  return chosen.map((name) =>
    readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim(),
  );
}

/**
 * The text of the MIT licence, for crates published under it without their own text.
 * @param {string} holders
 */
function mit(holders) {
  const own = readFileSync(join(root, "LICENSE-MIT"), "utf8").trim();
  return own.replace(/^Copyright .*$/m, `Copyright (c) ${holders}`);
}

/** @param {Shipped} shipped @returns {Notice[]} */
function notices(shipped) {
  /** @type {{ packages: Crate[] }} */
  const { packages } = JSON.parse(
    cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", shipped.target),
  );
  const known = new Map(packages.map((crate) => [`${crate.name} ${crate.version}`, crate]));
  const compiled = crates(shipped).map((id) => {
    const crate = known.get(id);
    if (!crate?.license || !isAllowed(crate.license))
      throw new Error(`the licence of ${id} is not allowed by deny.toml: ${crate?.license}`);
    const home = crate.repository ?? `https://crates.io/crates/${crate.name}`;
    let texts = licenceFiles(dirname(crate.manifest_path));
    // Some repositories of several crates have the file in only one of them.
    for (const other of packages) {
      if (texts.length > 0) break;
      if (other.repository === crate.repository && other.license === crate.license)
        texts = licenceFiles(dirname(other.manifest_path));
    }
    if (texts.length === 0 && crate.license === "MIT")
      texts = [mit(`the authors of ${crate.name} (${home})`)];
    if (texts.length === 0) throw new Error(`${id} has no file with its licence`);
    return { name: crate.name, version: crate.version, license: crate.license, home, texts };
  });
  const version = cargo("--version").split(" ")[1] ?? "";
  return [
    {
      name: "The Rust standard library, with the crates in it,",
      version,
      license: "MIT OR Apache-2.0",
      home: "https://github.com/rust-lang/rust",
      texts: [mit("The Rust Project Contributors")],
    },
    ...compiled,
  ];
}

/**
 * The licence of an npm package that a bundle contains.
 * @param {string} name
 * @returns {Notice}
 */
export function npmNotice(name) {
  const folder = join(root, "node_modules", name);
  const { version, license, repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  if (!isAllowed(license))
    throw new Error(`the licence of ${name} is not allowed by deny.toml: ${license}`);
  const texts = licenceFiles(folder);
  if (texts.length === 0) throw new Error(`${name} has no file with its licence`);
  return {
    name,
    version,
    license,
    home: repository?.url ?? `https://www.npmjs.com/package/${name}`,
    texts,
  };
}

/**
 * Each licence text once, below all packages that it applies to.
 * @param {Notice[]} all
 */
export function write(all) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const { name, version, license, home, texts } of all) {
    const text = texts.join("\n\n");
    groups.set(text, [...(groups.get(text) ?? []), `${name} ${version} (${license})\n  ${home}`]);
  }
  const line = "-".repeat(80);
  return Array.from(groups, ([text, names]) => `${line}\n\n${names.join("\n")}\n\n${text}\n`).join(
    "\n",
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const what = shipped(argv[2] ?? "wasm");
  const path = join(root, what.file);
  const text = `${what.head}\n\n${write(notices(what))}`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
