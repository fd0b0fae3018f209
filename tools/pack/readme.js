// Writes `pkg/README.md`: the README of the repository, with relative links to files outside the package replaced by
// links to the repository.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, root), "utf8");

const repository = /^repository = "(.*)"$/m.exec(read("Cargo.toml"))?.[1];
if (!repository) throw new Error("Cargo.toml names no repository");

const text = read("README.md").replaceAll(
  /(!?)(\[[^\]]*\])\(([^)\s]+)\)/g,
  (link, image, words, target) => {
    if (/^(https:|#)/.test(target) || existsSync(new URL(`pkg/${target}`, root))) return link;
    return `${image}${words}(${repository}/${image ? "raw" : "blob"}/HEAD/${target})`;
  },
);
writeFileSync(new URL("pkg/README.md", root), text);
