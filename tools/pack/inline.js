// Writes the WebAssembly modules as text, and the scripts without modules: one with everything, and the widget for a
// whole site: inline.js PACKAGE

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { minify } from "terser";

const [, , folder = ""] = argv;

// The module for the user's own schemas would double the size.
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
  // A page opened from disk may not declare its encoding.
  charset: "ascii",
  banner: { js: `/*! prefect-events ${version}, ${license} */` },
  logLevel: "warning",
};
await script({
  entryPoints: [join(folder, "inline.js")],
  outfile: join(folder, "inline.global.js"),
  globalName: "prefectEvents",
});

/**
 * terser makes these scripts 1.1 KB smaller with brotli.
 * @param {import("esbuild").BuildOptions & { outfile: string }} options
 */
async function script(options) {
  const { outputFiles } = await build({ ...SCRIPT, ...options, write: false });
  const text = outputFiles?.[0]?.text ?? "";
  const format = { ascii_only: true, comments: /^!/ };
  const { code = "" } = await minify(text, { ecma: 2020, format });
  writeFileSync(options.outfile, `${code}\n`);
}

/**
 * Compressed it has 154 KB of text instead of 386; the other one 566 instead of 1,339. Smaller blocks than by default save 300 bytes.
 * @param {string} name
 */
const compressed = (name) =>
  JSON.stringify(
    gzipSync(readFileSync(join(folder, `wasm/prefect_events_${name}.wasm`)), {
      level: 9,
      memLevel: 7,
    }).toString("base64"),
  );

const here = fileURLToPath(new URL(".", import.meta.url));
await script({
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
