// Both command lines read any arguments in the same way: random ones, a seed (SEED) of which always gives the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { both } from "./helpers/both.js";

const TABLE = JSON.parse(
  readFileSync(new URL("../../pkg/cli/commands.json", import.meta.url), "utf8"),
);
const { SEED = "1", COUNT = "60" } = process.env;

/** @typedef {import("../../pkg/cli/program.js").OptionRow} OptionRow */

/** What can be wrong, or look like something else. */
const WORDS =
  "right.json missing.yaml - -- -5 -1.5 60 3m x validate help --help -h -V --version --bogus --fromat --formt=json -x -Vx --profile=x a=b = 1e3 é😀 --= --format= 1h30m Pt 00 --no-fix documented json --windows vlidate pul".split(
    " ",
  );
/** @type {{ [kind: string]: string[] }} */
const RIGHT = { span: ["60", "3m"], "whole number": ["5"], decimal: ["1.5"], severity: ["a=b"] };
/** Each built event is another one, and the one in Python alone has `archive` and `watch`. */
const COMMANDS = TABLE.commands.filter(
  (/** @type {any} */ { name }) => !["build", "archive", "watch"].includes(name),
);

let state = Number(SEED);
/** A whole number below `end`. @param {number} end */
function random(end) {
  // Lehmer: the next state is below 2^31, so that the product is exact.
  state = (state * 48271) % 2147483647;
  return state % end;
}

/** @template T @param {T[]} all */
const one = (all) => /** @type {T} */ (all[random(all.length)]);

/** @param {(OptionRow | string)[]} rows @returns {OptionRow[]} */
const ungrouped = (rows) =>
  rows.flatMap((row) => (typeof row === "string" ? ungrouped(TABLE.groups[row]) : row));

/** @param {OptionRow[]} options */
function argument(options) {
  if (options.length === 0 || random(2) === 0) return [one(WORDS)];
  const { name, value, kind = "", choices } = one(options);
  const text = random(3) > 0 ? one(choices ?? RIGHT[kind] ?? ["v"]) : one(WORDS);
  if (value === undefined) return [`--${name}`];
  return random(3) === 0 ? [`--${name}=${text}`] : [`--${name}`, text];
}

for (let count = 0; count < Number(COUNT); count++) {
  const { name, options } = one(COMMANDS);
  const rows = ungrouped(options);
  const args = Array.from({ length: random(5) }, () => argument(rows)).flat();
  if (random(10) > 0) args.unshift(name);
  test(JSON.stringify(args), async () => {
    const [js, python] = await both({ arguments: args });
    const isLayout = [js, python].some(({ stdout, stderr }) => /^Usage:/m.test(stdout + stderr));
    if (isLayout) {
      assert.equal(python.status, js.status);
      assert.deepEqual(
        [python.stdout === "", python.stderr === ""],
        [js.stdout === "", js.stderr === ""],
      );
    } else assert.deepEqual(python, js);
  });
}
