// Writes the modules of WebAssembly as text, and one script that has everything: inline.js PACKAGE

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import { build } from "esbuild";

const [, , folder = ""] = argv;

// The module for schemas of the user's own would double it all.
for (const name of ["prefect_events_validate", "prefect_events_author"]) {
  const wasm = join(folder, "wasm", name);
  const text = readFileSync(`${wasm}.wasm`, "base64");
  writeFileSync(`${wasm}.base64.js`, `export const base64 =\n  "${text}";\n`);
}

const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
await build({
  entryPoints: [join(folder, "inline.js")],
  outfile: join(folder, "inline.global.js"),
  bundle: true,
  format: "iife",
  globalName: "prefectEvents",
  target: "es2022",
  minify: true,
  // A page that a browser reads from a file need not say how it is written.
  charset: "ascii",
  banner: { js: `/*! prefect-events ${version}, ${license} */` },
  logLevel: "warning",
});
