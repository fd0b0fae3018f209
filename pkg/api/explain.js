// Explains diagnostic codes.

import { string } from "../input.js";
import { explanations } from "../wasm/explanations.js";

/** @typedef {import("../index.js").Explanation} Explanation */
/** @typedef {{ find: string, replace: string, times: number }} Replacement */
/** @typedef {Omit<Explanation, "wrong"> & { wrong: Replacement[] }} Written the explanation in its stored form */

/**
 * @param {string} code
 * @returns {Explanation | undefined}
 */
export function explain(code) {
  string(code, "explain", "a diagnostic code");
  const written = explanations().find((one) => one.code === code);
  return written && { ...written, wrong: written.wrong.reduce(replaced, written.right) };
}

/** @returns {import("../index.js").DiagnosticCode[]} */
export function diagnosticCodes() {
  return explanations().map(({ code }) => code);
}

/**
 * The text with the replacement at the first match.
 * @param {string} text
 * @param {Replacement} replacement
 */
function replaced(text, { find, replace, times }) {
  const by = Array.from({ length: times }, (_, n) => replace.replaceAll("{n}", String(n + 1)));
  return text.replace(find, () => by.join(""));
}
