// The JSON Schemas of automations in editors: the completions and marks of VS Code's JSON service and the YAML language server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { jsonSchema } from "../../pkg/node.js";
import { ajv } from "./helpers/ajv.js";
import { run } from "./helpers/run.js";

// Both are CommonJS modules.
const require = createRequire(import.meta.url);
const { getLanguageService: jsonService, TextDocument } = require("vscode-json-languageservice");
const { getLanguageService: yamlService } = require("yaml-language-server");

const NAMES = ["automation", "trigger", "deployment-triggers", "scenario"];
const file = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../pkg/schemas/${name}.json`, import.meta.url), "utf8"));

/** @param {string} schema */
function yaml(schema) {
  const service = yamlService({
    schemaRequestService: async () => "",
    workspaceContext: { resolveRelativePath: (/** @type {string} */ path) => path },
  });
  service.configure({
    completion: true,
    validate: true,
    hover: true,
    schemas: [{ uri: `file:///${schema}.json`, fileMatch: ["*.yaml"], schema: file(schema) }],
  });
  return service;
}

let documents = 0;

/** A new document each time, because the services cache documents by address. @param {"yaml" | "json"} language @param {string} text */
function open(language, text) {
  documents += 1;
  return TextDocument.create(`file:///${documents}.${language}`, language, 1, text);
}

/**
 * The proposals at `|`.
 * @param {"yaml" | "json"} language
 * @param {string} marked
 * @param {string} [schema]
 * @returns {Promise<string[]>}
 */
async function proposals(language, marked, schema = "automation") {
  const offset = marked.indexOf("|");
  const text = marked.replace("|", "");
  const document = open(language, text);
  const position = document.positionAt(offset);
  if (language === "yaml") {
    const { items } = await yaml(schema).doComplete(document, position, false);
    return items.map(({ label }) => label);
  }
  const service = jsonService({});
  service.configure({
    schemas: [{ uri: `file:///${schema}.json`, fileMatch: ["*.json"], schema: file(schema) }],
  });
  const parsed = service.parseJSONDocument(document);
  const found = await service.doComplete(document, position, parsed);
  return (found?.items ?? []).map(({ label }) => label.replace(/^"(.*)"$/, "$1"));
}

/** @param {string} text @param {string} [schema] @returns {Promise<string[]>} */
async function marks(text, schema = "automation") {
  const document = open("yaml", text);
  const found = await yaml(schema).doValidation(document, false);
  return found.map(({ message }) => message);
}

const START = "name: n\ntrigger:\n";

/** @type {[string, "yaml" | "json", string, string[], string[], string?][]} */
const PLACES = [
  ["a key of an automation", "yaml", "name: n\n|", ["trigger", "actions", "enabled"], ["name"]],
  [
    "a key of a trigger",
    "yaml",
    `${START}  type: event\n  |`,
    ["for_each", "match_related", "posture", "expect"],
    ["require", "type"],
  ],
  [
    "a type of trigger",
    "yaml",
    `${START}  type: |`,
    ["event", "compound", "sequence"],
    ["run-deployment"],
  ],
  [
    "a posture",
    "yaml",
    `${START}  type: event\n  posture: |`,
    ["Reactive", "Proactive"],
    ["event"],
  ],
  [
    "an event",
    "yaml",
    `${START}  type: event\n  expect:\n    - |`,
    ["prefect.flow-run.Failed", "prefect.flow-run.*", "prefect.work-queue.not-ready"],
    ["flow"],
  ],
  [
    "a label",
    "yaml",
    `${START}  type: event\n  match:\n    |`,
    ["prefect.resource.id", "prefect.resource.name"],
    ["prefect.deployment.version", "type"],
  ],
  [
    "an id",
    "yaml",
    `${START}  type: event\n  match:\n    prefect.resource.id: |`,
    ["prefect.flow-run.*", "prefect.deployment.*"],
    ["flow"],
  ],
  [
    "a role",
    "yaml",
    `${START}  type: event\n  match_related:\n    prefect.resource.role: |`,
    ["flow", "deployment", "work-pool", "tag"],
    ["prefect.flow-run.*"],
  ],
  [
    "a label to group by",
    "yaml",
    `${START}  type: event\n  for_each:\n    - |`,
    ["prefect.resource.id", "related:deployment:prefect.resource.id"],
    [],
  ],
  [
    "a key of a compound trigger",
    "yaml",
    `${START}  type: compound\n  |`,
    ["require", "triggers", "within"],
    ["posture", "expect"],
  ],
  [
    "a key of a trigger in a trigger",
    "yaml",
    `${START}  type: sequence\n  within: 60\n  triggers:\n    - type: event\n      |`,
    ["posture", "for_each"],
    ["require", "triggers"],
  ],
  [
    "an action",
    "yaml",
    "name: n\nactions:\n  - type: |",
    ["run-deployment", "change-flow-run-state", "send-notification"],
    ["event"],
  ],
  [
    "a key of an action",
    "yaml",
    "name: n\nactions:\n  - type: change-flow-run-state\n    |",
    ["state", "message", "force"],
    ["deployment_id", "body", "type"],
  ],
  [
    "a state",
    "yaml",
    "name: n\nactions:\n  - type: change-flow-run-state\n    state: |",
    ["CRASHED", "FAILED"],
    ["Crashed"],
  ],
  [
    "a key of a trigger, in JSON",
    "json",
    '{"trigger": {"type": "event", "|"}}',
    ["for_each", "posture"],
    ["require"],
  ],
  [
    "an event, in JSON",
    "json",
    '{"trigger": {"type": "event", "expect": ["|"]}}',
    ["prefect.flow-run.Failed"],
    ["flow"],
  ],
  [
    "a key of an action, in JSON",
    "json",
    '{"actions": [{"type": "send-notification", "|"}]}',
    ["block_document_id", "subject", "body"],
    ["state"],
  ],
  [
    "a key of a deployment's trigger",
    "yaml",
    "deployments:\n  - name: d\n    triggers:\n      - expect: [a.b]\n        |",
    ["schedule_after", "parameters", "for_each"],
    ["expect"],
    "deployment-triggers",
  ],
  [
    "a key of a scenario",
    "yaml",
    "automation: crash-zombie-flows\n|",
    ["runs", "heartbeat", "expect", "server_version"],
    ["automation", "trigger"],
    "scenario",
  ],
  [
    "a built-in automation",
    "yaml",
    "automation: |",
    ["crash-zombie-flows", "unresponsive-run-detection"],
    ["event"],
    "scenario",
  ],
  [
    "a key of an automation in a scenario",
    "yaml",
    "automation:\n  name: n\n  |",
    ["trigger", "actions", "enabled"],
    ["name", "runs"],
    "scenario",
  ],
  [
    "a key of a trigger in a scenario",
    "yaml",
    "automation:\n  trigger:\n    type: event\n    |",
    ["for_each", "match_related", "posture", "expect"],
    ["require", "type"],
    "scenario",
  ],
  [
    "an event in a scenario",
    "yaml",
    "automation:\n  trigger:\n    type: event\n    expect:\n      - |",
    ["prefect.flow-run.Failed", "prefect.flow-run.*"],
    ["flow"],
    "scenario",
  ],
  [
    "a role in a scenario",
    "yaml",
    "automation:\n  trigger:\n    type: event\n    match_related:\n      prefect.resource.role: |",
    ["flow", "deployment", "work-pool"],
    ["prefect.flow-run.*"],
    "scenario",
  ],
  [
    "a label in a scenario",
    "yaml",
    "automation:\n  trigger:\n    type: event\n    match:\n      |",
    ["prefect.resource.id", "prefect.resource.name"],
    ["type"],
    "scenario",
  ],
  [
    "an action in a scenario",
    "yaml",
    "automation:\n  trigger:\n    type: event\n  actions:\n    - type: |",
    ["run-deployment", "send-notification"],
    ["event"],
    "scenario",
  ],
  [
    "an event in a scenario, in JSON",
    "json",
    '{"automation": {"trigger": {"type": "event", "expect": ["|"]}}}',
    ["prefect.flow-run.Failed"],
    ["flow"],
    "scenario",
  ],
  [
    "a key of a run",
    "yaml",
    "automation: crash-zombie-flows\nruns:\n  - name: a\n    |",
    ["dies", "ends", "misses"],
    ["name", "fires"],
    "scenario",
  ],
  [
    "a key of an expectation",
    "yaml",
    "automation: crash-zombie-flows\nexpect:\n  - run: a\n    |",
    ["fires", "never", "between"],
    ["dies"],
    "scenario",
  ],
  [
    "a version, and how events reach the triggers",
    "yaml",
    "automation: crash-zombie-flows\ndelivery: |",
    ["consumer", "direct"],
    [],
    "scenario",
  ],
  [
    "an event that starts a deployment",
    "yaml",
    "deployments:\n  - name: d\n    triggers:\n      - expect:\n          - |",
    ["prefect.flow-run.Completed"],
    ["event"],
    "deployment-triggers",
  ],
];

for (const [what, language, text, wanted, unwanted, schema] of PLACES)
  test(`editors propose ${what}`, async () => {
    const found = await proposals(language, text, schema);
    const short = found.slice(0, 60).join(", ");
    for (const one of wanted) assert.ok(found.includes(one), `${one} is missing: ${short}`);
    for (const one of unwanted) assert.ok(!found.includes(one), `${one} is proposed: ${short}`);
  });

test("each proposal has a description", async () => {
  const document = open("yaml", `${START}  type: event\n  `);
  const { items } = await yaml("automation").doComplete(document, { line: 3, character: 2 }, false);
  const each = items.find((/** @type {{ label: string }} */ { label }) => label === "for_each");
  assert.match(JSON.stringify(each?.documentation), /distinct value of these labels/);
});

test("editors mark mistakes, and accept the user's own names", async () => {
  const right = `${START}  type: event\n  posture: Reactive\n  expect: [acme.order.created]\n  match: {acme.label: "x*"}\nactions:\n  - type: do-nothing\n`;
  assert.deepEqual(await marks(right), []);
  assert.match((await marks(right.replace("expect", "expects"))).join(), /expects is not allowed/);
  assert.match((await marks(right.replace("Reactive", "Reactve"))).join(), /Reactive/);
  const stateless = right.replace("do-nothing", "change-flow-run-state");
  assert.match((await marks(stateless)).join(), /Missing property "state"/);
});

test("the files are what jsonSchema returns, and Ajv accepts them in strict mode", (t) => {
  for (const name of NAMES) {
    assert.deepEqual(jsonSchema(name), file(name), name);
    const { compiler, warnings } = ajv();
    compiler.compile(file(name));
    assert.deepEqual(warnings, [], name);
    const text = JSON.stringify(file(name));
    t.diagnostic(`${name}: ${text.length} bytes, ${gzipSync(text).length} with gzip`);
  }
});

test("an unknown name throws, and the message names the nearest known one", async () => {
  for (const [name, near] of [
    ["automatoin", "; did you mean `automation`?"],
    ["triger", "; did you mean `trigger`?"],
    ["prefect.worker.startd", "; did you mean `prefect.worker.started`?"],
    ["acme.order.created", "; the schema of any event is `event`"],
    ["", ""],
  ]) {
    const message = `unknown schema or event: ${name}${near}`;
    assert.throws(() => jsonSchema(name), { name: "TypeError", message });
    const { status, stdout, stderr } = await run(["schema", String(name)]);
    assert.deepEqual([status, stdout, stderr], [2, "", `prefect-events: ${message}\n`]);
  }
  for (const name of [...NAMES, "event"]) {
    const { status, stdout } = await run(["schema", name]);
    assert.deepEqual([status, JSON.parse(stdout)], [0, jsonSchema(name)]);
  }
});

test("the examples of docs/schemas.md have no mistakes", async () => {
  const docs = readFileSync(new URL("../../docs/schemas.md", import.meta.url), "utf8");
  const examples = [...docs.matchAll(/^```yaml \S+\n(# yaml-language-server: \S+\n.*?)^```$/gms)];
  assert.equal(examples.length, 2);
  for (const [, text = ""] of examples) {
    const schema = /\$schema=\.\/([\w-]+)\.schema\.json/.exec(text)?.[1];
    const plain = text.replace(/^#.*\n/, "");
    assert.deepEqual(await marks(plain, schema), [], schema);
    // A mistake in it is found.
    assert.notDeepEqual(await marks(plain.replace("expect:", "expects:"), schema), [], schema);
  }
});
