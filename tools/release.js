// Checks that all files agree with the version of a tag: release.js TAG

import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";

const [, , tag = ""] = argv;
const read = (/** @type {string} */ name) =>
  readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

const version = /^version = "(.*)"$/m.exec(read("Cargo.toml"))?.[1];
const dated = new RegExp(`^## ${version?.replaceAll(".", "\\.")} — \\d{4}-\\d\\d-\\d\\d$`, "m");
const problems = [
  tag !== `v${version}` && `the tag is ${tag || "missing"}, Cargo.toml has ${version}`,
  JSON.parse(read("pkg/package.json")).version !== version &&
    `pkg/package.json does not have ${version}`,
  !dated.test(read("CHANGELOG.md")) && `CHANGELOG.md has no heading "## ${version} — YYYY-MM-DD"`,
].filter(Boolean);
for (const problem of problems) console.error(`release: ${problem}`);
exit(problems.length > 0 ? 1 : 0);
