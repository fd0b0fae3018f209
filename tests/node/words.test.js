// The project's language: a short list of phrases that make readers stumble, and what to write instead. The glossary in
// CONTRIBUTING.md has the terms.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";

const ROOT = new URL("../../", import.meta.url);

/**
 * Each phrase, what to write instead, and an example of the phrase.
 * @type {[phrase: RegExp, instead: string, example: string][]}
 */
const FORBIDDEN = [
  [/\breckon/i, "calculate", "it reckons how many"],
  [/\b(is|are|was|were|be|been) told\b/i, "is reported, distinguished", "is told with its place"],
  [/\b(take|takes|took|taken) for\b/i, "treat as, read as", "it is taken for dead"],
  [/\bhangs? on\b/i, "depends on", "it hangs on chance"],
  [/\bwhoever\b/i, "if you …, anyone who", "whoever looks for it"],
  [/(^|[.:] |\* |\/ )Who (?!is\b)[a-z]+s\b/m, "if you …", "Who imports only this"],
  [/\bfor ever\b/i, "forever", "it fires for ever"],
  [/(?<!")\brefus(e|es|ed|al|als|ing)\b(?!")/i, "reject", "the server refuses it"],
  [/\ball the same\b(?! [a-z]+s?\b)/i, "anyway", "accepts it all the same."],
  [/\bwithout a word\b/i, "silently", "drops it without a word"],
  [/\b(is|are|be) had\b/i, "is available", "it cannot be had"],
  [/\bnone to be\b/i, "no …", "tolerates none to be late"],
  [/\bwhat is meant\b/i, "what is intended", "does what is meant"],
  [/\bbrings? about\b|\bbrought about\b/i, "causes", "what it brings about"],
  [/\bmade of\b/i, "generated from, consists of", "is made of the catalogue"],
  [/\bthe room (Simulate|Validate|Build|Check)\b/i, "the view", "the room Simulate"],
];

/** Data, other people's words, and generated files. */
const NOT_OURS =
  /^(tests\/(cases|fuzz\/seeds|proptest-regressions|fuzz\/corpus)\/|LICENSE|.*(package-lock\.json|Cargo\.lock|\.(svg|webp|png|gz|ico|dict)$)|tests\/node\/words\.test\.js$)/;

function files() {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.split("\n").filter((file) => file && !NOT_OURS.test(file));
}

test("each forbidden phrase is found", () => {
  for (const [phrase, , example] of FORBIDDEN) assert.match(example, phrase);
});

test("no text of the project has a forbidden phrase", () => {
  const found = [];
  const all = files();
  assert.ok(all.length > 300);
  for (const file of all) {
    const text = readFileSync(new URL(file, ROOT), "utf8");
    for (const [number, line] of text.split("\n").entries())
      for (const [phrase, instead] of FORBIDDEN)
        if (phrase.test(line)) found.push(`${file}:${number + 1}: ${line.trim()} → ${instead}`);
  }
  assert.deepEqual(found, []);
});
