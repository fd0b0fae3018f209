// The package in bundles, in a real browser.

import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { build as esbuild } from "esbuild";
import { createServer, build as vite } from "vite";

import { serve } from "../browser/helpers/serve.js";
import { results } from "./helpers/expected.js";
import { HTML, pages, sends, shows } from "./helpers/page.js";
import { project } from "./helpers/project.js";
import { bundle } from "./helpers/webpack.js";

const { folder, add } = await project();
const { expected, expectedOfSchemas } = await results(folder);
const show = pages();

/**
 * A folder of the project with a page.
 * @param {string} name
 * @param {string} main
 */
function site(name, main) {
  add(`${name}/index.html`, HTML);
  add(`${name}/main.js`, main);
  copyFileSync(join(folder, "proof.mjs"), join(folder, name, "proof.mjs"));
  return join(folder, name);
}

/**
 * The text of a page from a server.
 * @param {string} root
 */
async function served(root) {
  const { url, close } = await serve(root);
  try {
    return await show(url);
  } finally {
    await close();
  }
}

test("Vite, on its development server", async () => {
  const root = site("dev", shows("prefect-events"));
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    server: { port: 0 },
  });
  try {
    await server.listen();
    const { text } = await show(server.resolvedUrls?.local[0] ?? "");
    assert.equal(text, expected);
  } finally {
    await server.close();
  }
});

test("Vite, built: page and worker, with custom schemas", async () => {
  const root = site(
    "vite",
    `
    import { init, validate } from "prefect-events";
    import { proofOfSchemas } from "./proof.mjs";
    await init({ schemas: true });
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      document.querySelector("output").textContent = data + proofOfSchemas({ validate });
    };
    worker.onerror = (event) => reportError(event.message);`,
  );
  add("vite/worker.js", sends("prefect-events"));
  await vite({ root, configFile: false, logLevel: "error", base: "./" });
  const { text } = await served(join(root, "dist"));
  assert.equal(text, expected + expectedOfSchemas);
});

test("webpack", async () => {
  const root = site("webpack", shows("prefect-events"));
  await bundle({
    context: root,
    entry: "./main.js",
    performance: false,
    output: { path: join(root, "dist"), filename: "main.js" },
  });
  add("webpack/dist/index.html", HTML);
  const { text } = await served(join(root, "dist"));
  assert.equal(text, expected);
});

test("esbuild, with its loader for files", async () => {
  const main = `
    import events from "prefect-events/prefect_events_validate.wasm";
    import author from "prefect-events/prefect_events_author.wasm";
    ${shows("prefect-events", "await init({ validate: events, author });")}`;
  const root = site("esbuild", main);
  await esbuild({
    entryPoints: [join(root, "main.js")],
    outdir: join(root, "dist"),
    bundle: true,
    format: "esm",
    loader: { ".wasm": "file" },
    logLevel: "warning",
  });
  add("esbuild/dist/index.html", HTML);
  const { text } = await served(join(root, "dist"));
  assert.equal(text, expected);
});

test("inline, in one script, on a page opened from disk", async () => {
  const root = site("one", shows("prefect-events/inline", ""));
  const outfile = join(root, "dist/main.js");
  await esbuild({
    entryPoints: [join(root, "main.js")],
    outfile,
    bundle: true,
    logLevel: "warning",
  });
  const page = add("one/dist/index.html", HTML.replace('type="module" ', ""));
  const { text } = await show(pathToFileURL(page).href);
  assert.equal(text, expected);
});

/** How many modules a page has loaded. */
const loaded = `performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm")).length`;

test("a bundle that only validates contains and loads nothing else", async () => {
  const main = `
    import { init, validate } from "prefect-events";
    await init();
    document.querySelector("output").textContent = [validate("[{}").valid, ${loaded}].join();`;
  const root = site("validate", main);
  await vite({ root, configFile: false, logLevel: "error", base: "./" });
  const { text } = await served(join(root, "dist"));
  assert.equal(text, "false,1");
  const assets = readdirSync(join(root, "dist/assets")).filter((name) => name.endsWith(".js"));
  const script = assets.map((name) => readFileSync(join(root, "dist/assets", name), "utf8")).join();
  // As in `tests/node/size.test.js`, which lists its parts, and 0.7 KB of Vite's own.
  assert.ok(script.length < 29_800, String(script.length));
});

for (const [entry, call, modules] of /** @type {const} */ ([
  ["validate", 'validate("[{}").valid', ["schemas", "validate"]],
  ["automations", 'checkAutomation("[{}").valid', ["author"]],
  ["simulate", 'simulate("{}").errors.length > 2', ["author"]],
  ["build", 'buildEvent("prefect.flow-run.Running").event === "a"', ["author"]],
])) {
  test(`prefect-events/${entry} bundles and loads only its module`, async () => {
    const name = call.slice(0, call.indexOf("("));
    const root = site(
      `only-${entry}`,
      `
      import { init, ${name} } from "prefect-events/${entry}";
      await init();
      document.querySelector("output").textContent = [${call}, ${loaded}].join();`,
    );
    await vite({ root, configFile: false, logLevel: "error", base: "./" });
    const { text } = await served(join(root, "dist"));
    assert.equal(text, "false,1");
    const files = readdirSync(join(root, "dist/assets")).map(
      (file) => file.match(/^prefect_events_(\w+?)-.*\.wasm$/)?.[1],
    );
    assert.deepEqual(files.filter((file) => file !== undefined).sort(), modules);
  });
}

test("a part of a page that is loaded later loads its module", async () => {
  const root = site(
    "later",
    `
    import { init, validate } from "prefect-events";
    await init();
    const first = [validate("[{}").valid, ${loaded}];
    const { default: heading } = await import("./later.js");
    document.querySelector("output").textContent = [...first, heading, ${loaded}].join();`,
  );
  add(
    "later/later.js",
    `
    import { explain, heartbeatAdvice, init } from "prefect-events";
    await init();
    const { toleratedMisses } = heartbeatAdvice({ frequency: 30, within: 90 });
    export default explain("misspelt-role").title + toleratedMisses;`,
  );
  await vite({ root, configFile: false, logLevel: "error", base: "./" });
  const { text } = await served(join(root, "dist"));
  assert.equal(text, "false,1,Misspelt role1,2");
});

test("the widget, built by Vite", async () => {
  const root = site(
    "widget",
    `
    import "prefect-events/widget";
    addEventListener("prefect-event-validated", ({ detail }) => {
      document.querySelector("output").textContent = JSON.stringify(detail.report);
    });`,
  );
  const { event, report } = JSON.parse(expected);
  const wrong = JSON.stringify(event).replace("prefect.worker-type", "prefect.worker-typ");
  const block = `<prefect-event-validator><pre>${wrong}</pre></prefect-event-validator>`;
  add("widget/index.html", HTML.replace("<output>", `${block}<output>`));
  await vite({ root, configFile: false, logLevel: "error", base: "./" });
  const { text, requests } = await served(join(root, "dist"));
  assert.deepEqual(JSON.parse(text), report);
  assert.equal(requests.filter((url) => url.includes(".wasm")).length, 1);
});
