// Small sites with the documentation's examples of events, built by the recipes of docs/widget.md.
//   ```yaml mkdocs/mkdocs.yml    in docs/widget.md: this file of the site `mkdocs`
//   {{ NAME.json }}              in a page: this file of sites/events/
//   {{ EVENT }}                  in a page: the catalogue's example of this event

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";

import { describeEvent } from "../../../pkg/node.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sites = join(root, "tests/browser/sites");
const execute = promisify(execFile);

/** Files that are not part of the published package. */
const UNPUBLISHED = /[/\\]node_modules$/;

/** The files in the documentation, by name. */
export const recipes = new Map(
  [
    ...readFileSync(join(root, "docs/widget.md"), "utf8").matchAll(
      /^(`{3,})\w+ (\S+)\n(.*?)^\1$/gms,
    ),
  ].map(([, , name, text]) => [/** @type {string} */ (name), /** @type {string} */ (text)]),
);

/** @param {string} name */
export function recipe(name) {
  const text = recipes.get(name);
  if (text === undefined) throw new Error(`docs/widget.md does not show ${name}`);
  return text;
}

/**
 * The text of an example.
 * @param {string} name
 * @returns {string}
 */
export function example(name) {
  if (name.endsWith(".json")) return readFileSync(join(sites, "events", name), "utf8").trimEnd();
  const known = describeEvent(name)?.example;
  if (!known) throw new Error(`there is no example of ${name}`);
  return JSON.stringify(known, null, 2);
}

/** @param {string} text */
const filled = (text) => text.replaceAll(/\{\{ ([\w.-]+) \}\}/g, (_, name) => example(name));

export function folder() {
  return mkdtempSync(join(tmpdir(), "prefect-events-site-"));
}

/** @param {string} made */
export const remove = (made) => rmSync(made, { recursive: true, force: true });

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * The package, as it is published.
 * @param {string} to
 */
export function installPackage(to) {
  cpSync(join(root, "pkg"), to, { recursive: true, filter: (file) => !UNPUBLISHED.test(file) });
}

/** @param {string} to */
function writePages(to) {
  for (const name of readdirSync(join(sites, "pages"))) {
    write(join(to, name), filled(readFileSync(join(sites, "pages", name), "utf8")));
  }
}

/** @param {string} site @param {string} to */
function writeRecipes(site, to) {
  for (const [name, text] of recipes) {
    if (name.startsWith(`${site}/`)) write(join(to, name.slice(site.length + 1)), text);
  }
}

/**
 * A page of plain HTML.
 * @param {{ title?: string, head?: string, body: string }} page
 */
export function page({ title = "Events", head = "", body }) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
${head}</head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`;
}

/**
 * Plain HTML: a folder of pages with the package in it.
 * @param {{ [file: string]: string }} pages
 * @returns {string} the folder
 */
export function buildHtml(pages) {
  const site = folder();
  installPackage(join(site, "prefect-events"));
  for (const [name, text] of Object.entries(pages)) write(join(site, name), text);
  return site;
}

/** A Python with MkDocs, which is installed on first use. Fails if there is no Python. */
export async function mkdocs() {
  const venv = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "mkdocs");
  const requirements = join(sites, "mkdocs/requirements.txt");
  const installed = join(venv, "requirements.txt");
  const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return python;
  await execute("python3", ["-m", "venv", "--clear", venv]);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps"];
  await execute(python, ["-m", "pip", "install", ...options, "--requirement", requirements]);
  writeFileSync(installed, wanted);
  return python;
}

/** Whether there is a Python that can create virtual environments. */
export function hasPython() {
  try {
    execFileSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * The packages of a site from its lock file, which are installed on first use.
 * @param {string} name of the site
 * @returns {Promise<string>} the folder that has them
 */
async function installed(name) {
  const own = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), name);
  const files = ["package.json", "package-lock.json"];
  const read = (/** @type {string} */ folder) =>
    files
      .map((file) => join(folder, file))
      .map((file) => existsSync(file) && readFileSync(file, "utf8"));
  const wanted = read(join(sites, name));
  const stamp = join(own, "node_modules/.installed");
  if (existsSync(stamp) && read(own).join() === wanted.join()) return own;
  for (const file of files) write(join(own, file), readFileSync(join(sites, name, file), "utf8"));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  await execute(npm, options, { cwd: own, shell: process.platform === "win32" });
  writeFileSync(stamp, "");
  return own;
}

/**
 * The contents of a folder. Symbolic links count by their name only.
 * @param {string} folder
 * @param {import("node:crypto").Hash} hash
 */
function digest(folder, hash) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    hash.update(`${entry.name}\0`);
    if (entry.isDirectory()) digest(join(folder, entry.name), hash);
    else if (entry.isFile()) hash.update(readFileSync(join(folder, entry.name)));
    hash.update("\0");
  }
  return hash;
}

/**
 * Builds a site, unless the last one was built from the same content with the same packages.
 * @param {{ name: string, site: string, output: string, lock: string }} what
 * @param {() => Promise<unknown>} build writes the folder `output` of `site`
 */
async function once({ name, site, output, lock }, build) {
  const kept = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "sites", name);
  const stamp = join(kept, "content.sha256");
  const content = digest(site, createHash("sha256")).update(readFileSync(lock)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === content) {
    cpSync(join(kept, "built"), join(site, output), { recursive: true });
    return;
  }
  await build();
  rmSync(kept, { recursive: true, force: true });
  cpSync(join(site, output), join(kept, "built"), { recursive: true });
  writeFileSync(stamp, content);
}

/**
 * What a page of Mintlify has, top to bottom: a code block (`language`), some of them with tabs (`blocks`), a link, space, or
 * a paragraph.
 * @typedef {{ language?: string, title?: string, text?: string, link?: string, high?: number, blocks?: Part[] }} Part
 */

/**
 * Builds a site like those of Mintlify into `site`. Mintlify includes each script of the content on each page.
 * @param {string} folder with the content: what the recipe puts there
 * @param {{ [path: string]: { title: string, parts: Part[] } }} pages
 * @param {number} [wait] how many milliseconds after the scripts React takes the page over
 */
export async function buildMintlify(folder, pages, wait = 300) {
  const packages = await installed("mintlify");
  installPackage(join(folder, "content/node_modules/prefect-events"));
  await execute("sh", ["-c", recipe("mintlify/install.sh")], { cwd: join(folder, "content") });
  rmSync(join(folder, "content/node_modules"), { recursive: true });
  cpSync(join(folder, "content"), join(folder, "site"), { recursive: true });
  const own = readdirSync(join(folder, "content"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => `/${file.replaceAll("\\", "/")}`);
  const scripts = ["/data.js", "/_next/static/chunks/main.js", ...own];
  write(join(folder, "data.json"), JSON.stringify({ pages, scripts, wait }));
  /** @type {import("esbuild").BuildOptions} */
  const options = {
    bundle: true,
    jsx: "automatic",
    nodePaths: [join(packages, "node_modules")],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
    plugins: [
      {
        name: "left-out",
        setup({ onLoad }) {
          // The pages are rendered with highlighting.
          onLoad({ filter: /shiki[/\\]worker-client\.js$/ }, () => ({
            contents: "export const getShikiWorker = () => undefined;",
          }));
        },
      },
    ],
  };
  const here = join(sites, "mintlify");
  const server = join(folder, "server.mjs");
  await Promise.all([
    build({
      ...options,
      entryPoints: [join(here, "server.jsx")],
      outfile: server,
      platform: "node",
      format: "esm",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    }),
    build({
      ...options,
      entryPoints: [join(here, "client.jsx")],
      outfile: join(folder, "site/_next/static/chunks/main.js"),
      format: "iife",
      minify: true,
    }),
  ]);
  const css = join(folder, "site/_next/static/css");
  mkdirSync(css, { recursive: true });
  cpSync(
    join(packages, "node_modules/@mintlify/components/dist/styles.css"),
    join(css, "components.css"),
  );
  cpSync(join(here, "site.css"), join(css, "site.css"));
  write(join(folder, "site/theme.js"), THEME);
  await execute(process.execPath, [server, folder]);
}

/** Runs before the page is visible, like the library next-themes. */
const THEME = `if (matchMedia("(prefers-color-scheme: dark)").matches) {
  document.documentElement.className = "dark";
  document.documentElement.style.colorScheme = "dark";
}
`;

/** The placeholder for the site's address in the recipe. */
const ADDRESS = "https://docs.example.com/";

/**
 * Builds it into `site`.
 * @param {string} folder
 * @param {string} address where it is served from
 */
export async function buildMkdocs(folder, address) {
  const python = await mkdocs();
  writeRecipes("mkdocs", folder);
  const settings = recipe("mkdocs/mkdocs.yml");
  if (!settings.includes(ADDRESS)) throw new Error(`the recipe does not name ${ADDRESS}`);
  write(join(folder, "mkdocs.yml"), settings.replace(ADDRESS, address));
  writePages(join(folder, "docs"));
  installPackage(join(folder, "docs/prefect-events"));
  await execute(python, ["-m", "mkdocs", "build", "--quiet", "--strict"], { cwd: folder });
}

/**
 * Builds it into `build`.
 * @param {string} site its folder
 */
export async function buildDocusaurus(site) {
  const packages = await installed("docusaurus");
  writeRecipes("docusaurus", site);
  writePages(join(site, "docs"));
  installPackage(join(site, "node_modules/prefect-events"));
  await execute("sh", ["install.sh"], { cwd: site });
  rmSync(join(site, "node_modules"), { recursive: true });
  symlinkSync(join(packages, "node_modules"), join(site, "node_modules"), "junction");
  write(join(site, "package.json"), '{ "private": true }');
  const docusaurus = join(site, "node_modules/@docusaurus/core/bin/docusaurus.mjs");
  const lock = join(sites, "docusaurus/package-lock.json");
  await once({ name: "docusaurus", site, output: "build", lock }, () =>
    execute(process.execPath, [docusaurus, "build", site], {
      cwd: site,
      env: { ...process.env, DOCUSAURUS_TELEMETRY: "0", NO_UPDATE_NOTIFIER: "1" },
    }),
  );
}

/**
 * Builds it into `.vitepress/dist`.
 * @param {string} site its folder
 */
export async function buildVitepress(site) {
  writeRecipes("vitepress", site);
  writePages(site);
  write(join(site, "package.json"), '{ "private": true, "type": "module" }');
  mkdirSync(join(site, "node_modules"));
  for (const name of ["vitepress", "vue"]) {
    symlinkSync(join(root, "node_modules", name), join(site, "node_modules", name));
  }
  installPackage(join(site, "node_modules/prefect-events"));
  const vitepress = join(root, "node_modules/vitepress/bin/vitepress.js");
  const lock = join(root, "package-lock.json");
  await once({ name: "vitepress", site, output: ".vitepress/dist", lock }, () =>
    execute(process.execPath, [vitepress, "build", site], { cwd: site }),
  );
}
