// Writes the modules of WebAssembly as text, and the scripts without modules: one that has everything, and the widget for a
// whole site: inline.js PACKAGE

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const [, , folder = ""] = argv;

// The module for schemas of the user's own would double it all.
for (const name of ["prefect_events_validate", "prefect_events_author"]) {
  const wasm = join(folder, "wasm", name);
  const text = readFileSync(`${wasm}.wasm`, "base64");
  writeFileSync(`${wasm}.base64.js`, `export const base64 =\n  "${text}";\n`);
}

const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
/** @type {import("esbuild").BuildOptions} */
const SCRIPT = {
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  // A page that a browser reads from a file need not say how it is written.
  charset: "ascii",
  banner: { js: `/*! prefect-events ${version}, ${license} */` },
  logLevel: "warning",
};
await build({
  ...SCRIPT,
  entryPoints: [join(folder, "inline.js")],
  outfile: join(folder, "inline.global.js"),
  globalName: "prefectEvents",
});

/** Compressed it is 154 KB of text, and not 386; the other one 566 and not 1,339. @param {string} name */
const compressed = (name) =>
  JSON.stringify(
    gzipSync(readFileSync(join(folder, `wasm/prefect_events_${name}.wasm`)), { level: 9 }).toString(
      "base64",
    ),
  );

const here = fileURLToPath(new URL(".", import.meta.url));
await build({
  ...SCRIPT,
  entryPoints: [join(here, "widget-global.js")],
  outfile: join(folder, "widget.global.js"),
  plugins: [
    {
      name: "files",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^\.\/files\.js$/ }, () => ({ path: join(here, "widget-files.js") }));
        onLoad({ filter: /[/\\]validate\.gzip\.js$/ }, () => ({
          contents: `export const base64 = ${compressed("validate")};`,
        }));
        onResolve({ filter: /^\.\/validate\.gzip\.js$/ }, () => ({
          path: join(here, "validate.gzip.js"),
        }));
      },
    },
  ],
});
writeFileSync(join(folder, "widget.author.json"), `${compressed("author")}\n`);
