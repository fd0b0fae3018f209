// Prints the explanation of a diagnostic code, for people.

import { printable } from "../escape.js";

/**
 * @param {import("../../index.js").Explanation} meaning
 * @param {import("../terminal.js").Colours} style
 */
export function explanation({ code, severity, title, text, docs, wrong, right }, style) {
  const paint = { error: style.red, warning: style.yellow, info: style.blue }[severity];
  const parts = [
    `${paint(style.bold(`${severity}[${code}]`))}${style.bold(`: ${title}`)}`,
    text.trimEnd(),
    `${style.bold("Wrong:")}\n${indent(wrong)}`,
    `${style.bold("Right:")}\n${indent(right)}`,
  ];
  if (docs) parts.push(`${style.bold("Documentation:")} ${docs}`);
  return parts.join("\n\n");
}

/** @param {string} text */
function indent(text) {
  return text
    .split("\n")
    .map((line) => `    ${printable(line)}`)
    .join("\n");
}
