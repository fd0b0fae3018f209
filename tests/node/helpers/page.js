// Runs the examples of a page for users in their order, in one folder, and compares their output. UPDATE_README=1 writes the real
// output into the page.

import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";

import { examples, read, root } from "./documentation.js";

const update = process.env.UPDATE_README === "1";

/** @typedef {import("./documentation.js").Workplace} Workplace */

/**
 * What is not the same for all pages: their commands, workflows and scripts.
 * @typedef {object} Kinds
 * @property {(command: string, workplace: Workplace) => void} runOrKnow
 * @property {(name: string, content: string, workplace: Workplace) => Promise<void>} [workflow]
 * @property {(content: string) => void} [scripts]
 */

/**
 * @param {string} path
 * @param {Workplace} workplace
 * @param {Kinds} kinds
 */
export function testPage(path, workplace, { runOrKnow, workflow, scripts }) {
  suite(path, () => {
    const page = read(path);
    /** @type {string[]} the page as it should be, in pieces */
    const pieces = [];
    let end = 0;
    for (const { block, language, name, content, index, line } of examples(page)) {
      pieces.push(page.slice(end, index), block);
      end = index + block.length;
      const place = pieces.length - 1;
      test(`line ${line}: ${language} ${name ?? ""}`, async () => {
        let real = content;
        if (/^(ini|json|python|toml|yaml)$/.test(language) && name) {
          workplace.write(name, content);
          if (name.startsWith(".github/")) await workflow?.(name, content, workplace);
        } else if (language === "sh")
          for (const command of content.trim().split("\n")) runOrKnow(command, workplace);
        else if (language === "console") real = workplace.session(content);
        else if (language === "js") real = workplace.module(content);
        else if (language === "html" && scripts) scripts(content);
        else assert.fail("unknown kind of example");
        pieces[place] = block.replace(content, () => real);
        if (!update) assert.equal(content, real);
      });
    }

    test("every fence belongs to an example", () => {
      const fences = page.match(/^ *(```|~~~)/gm) ?? [];
      assert.equal(fences.length, pieces.length);
    });

    test("files of the package that it names exist", () => {
      for (const [, file = ""] of page.matchAll(
        /(?:node_modules\/|`)prefect-events\/(schemas\/[\w./-]*\w)/g,
      ))
        assert.ok(existsSync(join(root, "pkg", file)), file);
    });

    test("the real output is written", { skip: !update && "only with UPDATE_README=1" }, () => {
      writeFileSync(join(root, path), pieces.join("") + page.slice(end));
    });
  });
}
