// axe-core in a page of the tests.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * A summary of axe's violations, and of checks that it could not decide.
 * @param {import("playwright-core").Page} page
 * @param {string} [within] a selector; the whole page without it
 * @returns {Promise<string[]>}
 */
export async function violations(page, within) {
  await page.evaluate(source);
  return await page.evaluate(async (selector) => {
    const { axe } = /** @type {any} */ (globalThis);
    const { violations } = await axe.run(selector ?? document, { resultTypes: ["violations"] });
    return violations.flatMap((/** @type {any} */ { id, nodes }) =>
      nodes.map((/** @type {any} */ { target, failureSummary }) =>
        [id, target.flat().join(" "), failureSummary].join(": "),
      ),
    );
  }, within);
}

/**
 * Fails if axe finds something on the current page.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 */
export async function assertAccessible(page, where) {
  assert.deepEqual(await violations(page), [], where);
}
