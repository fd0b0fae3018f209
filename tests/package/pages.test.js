// The package on pages without a bundler, in a real browser.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { serve } from "../browser/helpers/serve.js";
import { results } from "./helpers/expected.js";
import { HTML, pages, sends, shows } from "./helpers/page.js";
import { project } from "./helpers/project.js";
import { proof } from "./helpers/proof.js";

const { folder, add } = await project();
const { expected } = await results(folder);
const show = pages();

const PACKAGE = "./node_modules/prefect-events";

/**
 * The text of a page of the project.
 * @param {string} main
 * @param {{ [name: string]: string }} [headers]
 */
async function shown(main, headers = {}) {
  add("index.html", HTML);
  add("main.js", main);
  const { url, close } = await serve(folder, { headers });
  try {
    return await show(url);
  } finally {
    await close();
  }
}

test("a script", async () => {
  const { text } = await shown(shows(`${PACKAGE}/browser.js`));
  assert.equal(text, expected);
});

test("a worker, with the entry for browsers", async () => {
  add("worker.js", sends(`${PACKAGE}/browser.js`));
  const { text } = await shown(`
    const worker = new Worker("./worker.js", { type: "module" });
    worker.onmessage = ({ data }) => { document.querySelector("output").textContent = data; };`);
  assert.equal(text, expected);
});

test("a worker that is given the compiled modules", async () => {
  add(
    "worker.js",
    `
    import * as api from "${PACKAGE}/slim.js";
    import { proof } from "./proof.mjs";
    onmessage = ({ data }) => {
      const [validate, author] = data;
      api.initSync({ validate, author });
      postMessage(proof(api));
    };`,
  );
  const { text } = await shown(`
    const worker = new Worker("./worker.js", { type: "module" });
    worker.onmessage = ({ data }) => { document.querySelector("output").textContent = data; };
    const files = ["validate", "author"];
    const load = (name) => WebAssembly.compileStreaming(fetch("${PACKAGE}/wasm/prefect_events_" + name + ".wasm"));
    worker.postMessage(await Promise.all(files.map(load)));`);
  assert.equal(text, expected);
});

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

test("a strict Content Security Policy", async () => {
  const { text, messages } = await shown(shows(`${PACKAGE}/browser.js`), {
    "Content-Security-Policy": POLICY,
  });
  assert.equal(text, expected);
  assert.deepEqual(messages, []);
});

test("a policy without 'wasm-unsafe-eval' blocks it", async () => {
  const policy = POLICY.replace(" 'wasm-unsafe-eval'", "");
  await assert.rejects(
    shown(shows(`${PACKAGE}/browser.js`), { "Content-Security-Policy": policy }),
    /Content Security Policy/,
  );
});

test("a page opened from disk, with the script that contains everything", async () => {
  copyFileSync(join(folder, PACKAGE, "inline.global.js"), join(folder, "inline.global.js"));
  const scripts = `<script src="inline.global.js"></script>
<script>${proof}
document.querySelector("output").textContent = proof(prefectEvents);
</script>`;
  const page = add(
    "file.html",
    HTML.replace(/<script.*/, () => scripts),
  );
  const { text, requests } = await show(pathToFileURL(page).href);
  assert.equal(text, expected);
  assert.equal(requests.length, 2);
});

test("the widget as one script, on a plain page with a strict policy", async () => {
  const event = '{ "event": "acme.order.created", "id": 1, "resource": {} }';
  const automation = "trigger: {posture: Reactive, expect: [prefect.flow-run.Failed]}";
  add(
    "index.html",
    `<!doctype html>
<meta charset="utf-8">
<title>Examples</title>
<script src="${PACKAGE}/widget.global.js" defer></script>
<script src="tell.js"></script>
<pre><code class="language-json">${event}</code></pre>
<pre><code class="language-yaml">${automation}</code></pre>
<output></output>
`,
  );
  add(
    "tell.js",
    `const said = [];
document.addEventListener("prefect-event-validated", ({ detail: { report } }) => {
  said.push("triggers" in report ? report.triggers.length + " trigger" : report.valid);
  if (said.length === 2) document.querySelector("output").textContent = said.join();
});`,
  );
  const { url, close } = await serve(folder, { headers: { "Content-Security-Policy": POLICY } });
  try {
    const { text, requests, messages } = await show(url);
    assert.deepEqual(text.split(",").sort(), ["1 trigger", "false"]);
    assert.deepEqual(messages, []);
    assert.deepEqual(
      requests
        .filter((request) => /prefect-events/.test(request))
        .map((one) => one.replace(/.*\//, "")),
      ["widget.global.js", "widget.author.json"],
    );
  } finally {
    await close();
  }
});

test("inline, as a module, before the page could wait", async () => {
  const { text } = await shown(shows(`${PACKAGE}/inline.js`, ""));
  assert.equal(text, expected);
});
