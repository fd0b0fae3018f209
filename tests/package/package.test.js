// What users install: the packed tarball, in an empty project.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);

/** @type {string} */
let project;
/** @type {string} */
let tarball;
/** @type {string[]} */
let packed;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} [cwd]
 */
async function run(program, args, cwd = project) {
  try {
    return (await execute(program, args, { cwd, env: { ...process.env, NO_COLOR: "1" } })).stdout;
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
  }
}

/** @param {string} name */
const tool = (name) => join(root, "node_modules/.bin", name);

before(async () => {
  project = await mkdtemp(join(tmpdir(), "prefect-events-package-"));
  const [{ filename, files }] = JSON.parse(
    await run("npm", ["pack", "--json", "--pack-destination", project], join(root, "pkg")),
  );
  tarball = join(project, filename);
  packed = files.map((/** @type {{ path: string }} */ { path }) => path);
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true }');
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball]);
});

after(() => rmSync(project, { recursive: true, force: true }));

test("holds what it needs, and no more", () => {
  const expected = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "index.d.ts",
    "events.d.ts",
    "package.json",
  ];
  for (const name of [
    ...expected,
    "node.js",
    "browser.js",
    "wasm/prefect_events.wasm",
    "cli/main.js",
    "schemas/events.json",
    "schemas/prefect.task-run.state.json",
  ]) {
    assert.ok(packed.includes(name), `${name} is missing from the package`);
  }
  for (const name of packed) {
    assert.match(
      name,
      /^(wasm\/(prefect_events(_authoring|_schemas)?\.(js|wasm)|(event-types|explanations|schemas)\.js)|schemas\/[\w.-]+\.json|(cli\/(formats\/)?)?[\w-]+\.js|(index|events)\.d\.ts|package\.json|README\.md|LICENSE-[A-Z]+)$/,
    );
  }
});

test("import", async () => {
  const script =
    'import { validate } from "prefect-events"; console.log(validate("[{}").diagnostics[0].code);';
  assert.match(await run("node", ["--input-type=module", "--eval", script]), /^syntax-/);
});

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const requires = major > 20 || minor >= 19;

test("require", { skip: !requires && "this Node.js cannot require ES modules" }, async () => {
  const script = 'console.log(require("prefect-events").validate("[{}").diagnostics[0].code);';
  assert.match(await run("node", ["--input-type=commonjs", "--eval", script]), /^syntax-/);
});

test("the raw wasm, for those who load it themselves", async () => {
  const script = `
    import { readFileSync } from "node:fs";
    const file = new URL(import.meta.resolve("prefect-events/prefect_events.wasm"));
    console.log(WebAssembly.validate(readFileSync(file)));`;
  assert.equal(await run("node", ["--input-type=module", "--eval", script]), "true\n");
});

test("a schema, as a file", async () => {
  const script = `
    import schema from "prefect-events/schemas/prefect.worker.started.json" with { type: "json" };
    import { jsonSchema } from "prefect-events";
    console.log(schema.$id === jsonSchema("prefect.worker.started").$id);`;
  assert.equal(
    await run("node", ["--no-warnings", "--input-type=module", "--eval", script]),
    "true\n",
  );
});

test("a bundler or browser gets the browser's entry", async () => {
  const script = 'console.log(import.meta.resolve("prefect-events"));';
  const conditions = ["--conditions=browser", "--input-type=module", "--eval", script];
  assert.match(await run("node", conditions), /prefect-events\/node\.js\n$/);
  const { exports } = JSON.parse(
    readFileSync(join(project, "node_modules/prefect-events/package.json"), "utf8"),
  );
  assert.equal(exports["."].default, "./browser.js");
});

test("npx prefect-events", async () => {
  writeFileSync(join(project, "bad.json"), "[{}");
  assert.match(
    await run("npx", ["--no-install", "prefect-events", "--version"]),
    /^\d+\.\d+\.\d+\n$/,
  );
  await assert.rejects(
    run("npx", ["--no-install", "prefect-events", "validate", "bad.json"]),
    /error\[syntax-/,
  );
});

const CONSUMER = `
import { applyFixes, describe, eventTypes, explain, init, validate, validateStream, version } from "prefect-events";
import type { Diagnostic, EventType, Explanation, Report, ValidateOptions } from "prefect-events";

const options: ValidateOptions = { profile: "server" };
const report: Report = validate("{}", options);
const first: Diagnostic | undefined = report.diagnostics[0];
export const known: [EventType[], EventType | undefined, Explanation | undefined] = [eventTypes(), describe("a"), explain("b")];
export const text: string = applyFixes("{}", first ? [first] : []) + version();
export async function* all(source: AsyncIterable<Uint8Array>): AsyncGenerator<Report> {
  await init();
  yield* validateStream(source);
}
`;

for (const [module, moduleResolution, lib] of [
  ["Node16", "Node16", "ES2022,DOM"],
  ["ESNext", "Bundler", "ES2022,DOM"],
  ["ESNext", "Bundler", "ES2022"],
]) {
  test(`TypeScript: module resolution ${moduleResolution}, lib ${lib}`, async () => {
    writeFileSync(join(project, "consumer.mts"), CONSUMER);
    const flags = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "false",
      "--types",
      "",
      "--target",
      "ES2022",
    ];
    const where = ["--module", module, "--moduleResolution", moduleResolution, "--lib", lib];
    await run(tool("tsc"), [...flags, ...where, "consumer.mts"].map(String));
  });
}

test("publint has nothing to say", async () => {
  await run(tool("publint"), ["--strict", tarball]);
});

test("are the types wrong? They are not", async () => {
  // CommonJS cannot have it before Node.js 20.19, which is the only thing that this profile leaves out.
  await run(tool("attw"), [
    tarball,
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "./prefect_events.wasm",
    "./prefect_events_authoring.wasm",
    "./prefect_events_schemas.wasm",
  ]);
});
