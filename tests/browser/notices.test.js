// The page lists its dependencies, with their licences.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { thePage } from "./helpers/page.js";

const open = thePage();
const root = new URL("../../", import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, root), "utf8");

test("the notices have every package that the page imports, its fonts and all crates", async () => {
  const { page } = await open();
  const link = page.getByRole("link", { name: "Third-party notices" });
  const address = new URL((await link.getAttribute("href")) ?? "", page.url());
  const notices = await (await page.request.get(address.href)).text();

  const sources = new URL("www/src/", root);
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const imported = files.flatMap((name) =>
    Array.from(
      readFileSync(new URL(name, sources), "utf8").matchAll(
        /^(?:import |.*\bfrom )["'](@[\w-]+\/[\w-]+|[\w-]+)[/"']/gm,
      ),
      ([, found = ""]) => found,
    ),
  );
  const packages = new Set(imported.filter((name) => name !== "prefect-events"));
  assert.ok(packages.size > 10);
  for (const name of [...packages, "workbox-core", "workbox-precaching"])
    assert.match(notices, new RegExp(`^(## )?${name} (- )?\\d`, "m"), name);
  assert.ok(notices.includes(read("pkg/THIRD_PARTY_NOTICES.txt")));
});
