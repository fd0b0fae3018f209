// The package in Node.js: as a module, by `require`, as a command, in a bundle, and in Deno where there is one.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { results } from "./helpers/expected.js";
import { project } from "./helpers/project.js";
import { bundle } from "./helpers/webpack.js";

const { folder, run, add } = await project();
const { expected } = await results(folder);

const PROOF = 'import { proof } from "./proof.mjs";\nprocess.stdout.write(proof(api));\n';

/**
 * The output of a program of the project.
 * @param {string} name
 * @param {string} text
 */
async function program(name, text) {
  add(name, text);
  return await run(process.execPath, [name]);
}

test("import", async () => {
  assert.equal(
    await program("main.mjs", `import * as api from "prefect-events";\n${PROOF}`),
    expected,
  );
});

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const requires = major > 20 || minor >= 19;

test("require", { skip: !requires && "this Node.js cannot require ES modules" }, async () => {
  const script = `
    const api = require("prefect-events");
    const { proof } = require("./proof.mjs");
    process.stdout.write(proof(api));`;
  assert.equal(await program("main.cjs", script), expected);
});

for (const [entry, call, modules] of /** @type {const} */ ([
  ["validate", 'validate("[{}").errors', "validate"],
  ["automations", 'checkAutomation("{}").errors', "author"],
  ["simulate", 'simulate("{}").firings', "author"],
  ["build", 'buildEvent("prefect.flow-run.Running")', "author"],
])) {
  test(`prefect-events/${entry} reads only its module`, async () => {
    const script = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const read = fs.readFileSync;
      const seen = [];
      fs.readFileSync = (path, ...rest) => {
        const name = String(path).match(/prefect_events_(\\w+)\\.wasm$/)?.[1];
        if (name) seen.push(name);
        return read(path, ...rest);
      };
      syncBuiltinESMExports();
      const api = await import("prefect-events/${entry}");
      await api.init();
      api.${call};
      console.log(seen.join());
      try { await api.init({ inline: true }); } catch (error) { console.log(error.constructor.name); }`;
    assert.equal(await program(`only-${entry}.mjs`, script), `${modules}\nTypeError\n`);
  });
}

test("prefect-events/inline", async () => {
  assert.equal(
    await program("inline.mjs", `import * as api from "prefect-events/inline";\n${PROOF}`),
    expected,
  );
});

test("prefect-events/inline has no module for schemas, and reports it", async () => {
  const script = `
    import { validate } from "prefect-events/inline";
    try { validate({}, { schemas: { "*": true } }); } catch (error) { console.log(error.code + ": " + error.message); }`;
  assert.match(
    await program("inline-schemas.mjs", script),
    /^not-available: the option `schemas` needs a module that this entry point does not have: import `prefect-events`/,
  );
});

for (const start of ["initSync", "await init"]) {
  test(`prefect-events/slim, by ${start}`, async () => {
    const script = `

      import { readFileSync } from "node:fs";
      import * as api from "prefect-events/slim";
      import { init, initSync } from "prefect-events/slim";

      const read = (name) => readFileSync(new URL(import.meta.resolve("prefect-events/" + name)));
      const validate = new WebAssembly.Module(read("prefect_events_validate.wasm"));
      ${start}({ validate, author: read("prefect_events_author.wasm") });
      ${PROOF}`;
    assert.equal(await program("slim.mjs", script), expected);
  });
}

test("prefect-events/slim requires the module", async () => {
  const script = `

    import { init, initSync, validate } from "prefect-events/slim";

    const calls = [() => validate("{}"), () => initSync(), () => initSync({ validate: new Uint8Array(), author: true }), () => init({})];
    for (const call of calls) {
      try { await call(); } catch (error) { console.log(error.message); }
    }`;
  const lines = (await program("slim-empty.mjs", script)).trim().split("\n");
  const file = (/** @type {string} */ name) =>
    `prefect-events/slim does not locate files: pass \`prefect_events_${name}.wasm\`, its bytes or the compiled module, as \`${name}\``;
  assert.deepEqual(lines, [
    "prefect-events is not initialized: call `await init()` first",
    file("validate"),
    file("author"),
    file("validate"),
  ]);
});

test("a schema, as a file", async () => {
  const script = `
    import schema from "prefect-events/schemas/prefect.worker.started.json" with { type: "json" };
    import { jsonSchema } from "prefect-events";
    console.log(schema.$id === jsonSchema("prefect.worker.started").$id);`;
  assert.equal(await program("schema.mjs", script), "true\n");
});

test("npx prefect-events", async () => {
  add("bad.json", "[{}");
  assert.match(
    await run("npx", ["--no-install", "prefect-events", "--version"]),
    /^\d+\.\d+\.\d+\n$/,
  );
  await assert.rejects(
    run("npx", ["--no-install", "prefect-events", "validate", "bad.json"]),
    /error\[syntax-/,
  );
});

/**
 * A program that imports only what it needs, so that a bundler leaves out the rest.
 * @param {string} from
 */
const named = (from) => `
import { buildEvent, simulate, validate } from ${JSON.stringify(from)};
import { proof } from "./proof.mjs";
process.stdout.write(proof({ buildEvent, simulate, validate }));
`;

for (const [what, from] of /** @type {const} */ ([
  ["with the modules as files beside it", "prefect-events"],
  ["with the modules in it", "prefect-events/inline"],
])) {
  // Functions that are not imported are left out; imported ones must start their module.
  test(`in a bundle for Node.js, by webpack, ${what}`, async () => {
    const name = from.replace("/", "-");
    await bundle({
      target: "node",
      context: folder,
      entry: add(`${name}.mjs`, named(from)),
      performance: false,
      output: { path: join(folder, name), filename: "main.cjs" },
    });
    assert.equal(await run(process.execPath, [`${name}/main.cjs`]), expected);
  });
}

test("Deno", async (t) => {
  try {
    await run("deno", ["--version"]);
  } catch {
    return t.skip("there is no Deno on this machine");
  }
  add(
    "deno.mjs",
    `import * as api from "prefect-events";\nimport process from "node:process";\n${PROOF}`,
  );
  assert.equal(
    await run("deno", [
      "run",
      "--no-remote",
      "--node-modules-dir=manual",
      "--allow-read",
      "deno.mjs",
    ]),
    expected,
  );
});
