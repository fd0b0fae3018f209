// The contents of the package, and the verdicts of package checkers.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { anchors, links, read, root } from "../node/helpers/documentation.js";
import { project, tool } from "./helpers/project.js";

const { folder, tarball, files, run } = await project();
const source = fileURLToPath(new URL("../../pkg", import.meta.url));
const manifest = JSON.parse(
  readFileSync(join(folder, "node_modules/prefect-events/package.json"), "utf8"),
);

const BELONGS =
  /^(((api|entries|modules|widget|cli)\/)?[\w-]+\.js|cli\/commands\.json|(inline|widget)\.global\.js|entries\/\w+\.(node\.js|d\.ts)|[\w.-]+\.d\.ts|wasm\/prefect_events_(validate|author)\.base64\.js|wasm\/prefect_events_(validate|author|schemas|live|command)\.(js|wasm)|wasm\/(version|event-types|explanations|schemas|automation-schemas)\.js|schemas\/[\w.-]+\.json|(package|custom-elements|widget\.author)\.json|README\.md|LICENSE-(APACHE|MIT)|THIRD_PARTY_NOTICES\.txt)$/;

test("the package contains the files that it needs, and no others", () => {
  for (const name of [
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "THIRD_PARTY_NOTICES.txt",
    "package.json",
    "index.d.ts",
    "events.d.ts",
    "inputs.d.ts",
    "entries/validate.d.ts",
    "cli/main.js",
    "cli/commands.json",
    "widget.js",
    "widget/element.js",
    "custom-elements.json",
    "schemas/scenario.json",
    "schemas/events.json",
    "schemas/automation.json",
    "schemas/trigger.json",
    "schemas/deployment-triggers.json",
    "schemas/prefect.task-run.state.json",
  ]) {
    assert.ok(files.includes(name), `${name} is missing from the package`);
  }
  for (const name of files) assert.match(name, BELONGS);
});

test("every export exists, with its types first", () => {
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (typeof target === "object" && "types" in target) {
      assert.equal(Object.keys(target)[0], "types", path);
    }
    for (const file of typeof target === "string" ? [target] : Object.values(target)) {
      if (!file.includes("*")) assert.ok(files.includes(file.slice(2)), `${path}: ${file}`);
    }
  }
});

test("a release would publish the same files", async () => {
  const said = await run("npm", ["publish", "--dry-run", "--json"], { cwd: source });
  // Newer versions of npm nest the result under the package's name.
  const answer = JSON.parse(said);
  const published = (answer.files ?? answer["prefect-events"].files).map(
    (/** @type {{ path: string }} */ { path }) => path,
  );
  assert.deepEqual(published.sort(), files.toSorted());
});

const repository = /^repository = "(.*)"$/m.exec(read("Cargo.toml"))?.[1] ?? "";

test("the addresses are those of the repository that Cargo.toml names", () => {
  assert.match(repository, /^https:/);
  assert.equal(manifest.repository.url, `git+${repository}.git`);
  assert.equal(manifest.homepage, `${repository}#readme`);
  assert.equal(manifest.bugs.url ?? manifest.bugs, `${repository}/issues`);
});

test("the links of the packed README lead to packed files, or to files of the repository", () => {
  const readme = readFileSync(join(folder, "node_modules/prefect-events/README.md"), "utf8");
  const targets = links(readme);
  assert.equal(targets.length, links(read("README.md")).length);
  for (const target of targets) {
    const [, path = "", anchor] =
      /^(?:blob|raw)\/HEAD\/([^#]+)(?:#(.+))?$/.exec(target.replace(`${repository}/`, "")) ?? [];
    if (path) {
      assert.ok(existsSync(join(root, path)), target);
      if (anchor) assert.ok(anchors(read(path)).has(anchor), target);
    } else if (target.startsWith("#")) assert.ok(anchors(readme).has(target.slice(1)), target);
    else assert.ok(target.startsWith("https://") || files.includes(target), target);
  }
});

test("publint reports nothing", async () => {
  await run(tool("publint"), ["--strict", tarball]);
});

test("arethetypeswrong reports nothing", async () => {
  // CommonJS cannot load it before Node.js 20.19: see `.attw.json`.
  await run(tool("attw"), [tarball], { cwd: source });
});
