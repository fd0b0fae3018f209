// Runs the README's commands to install the package from the repository, unchanged.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { examples, read, root } from "../node/helpers/documentation.js";
import { run } from "./helpers/project.js";

const commands = examples(read("README.md"))
  .filter(({ language }) => language === "sh")
  .flatMap(({ content }) => content.trim().split("\n"));

/** @param {string} beginning */
function command(beginning) {
  const found = commands.filter((line) => line.startsWith(beginning));
  assert.equal(found.length, 1, `one command with ${beginning}`);
  return found[0]?.split(" ") ?? [];
}

test("the output of make build can be packed and installed, and works", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "prefect-events-install-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true }');

  const [npm = "", ...pack] = command("npm pack");
  await run(npm, [...pack, "--pack-destination", folder], { cwd: root });

  const [, ...install] = command("npm install");
  const tarball = install.find((argument) => argument.endsWith(".tgz")) ?? "";
  assert.ok(existsSync(join(folder, tarball)), `npm pack does not write ${tarball}`);
  await run(npm, [...install, "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });

  const { version } = JSON.parse(read("pkg/package.json"));
  const printed = await run("npx", ["--no-install", "prefect-events", "--version"], {
    cwd: folder,
  });
  assert.equal(printed.trim(), version);
});
