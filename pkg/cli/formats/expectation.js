// Prints an expectation of a scenario beside the result.

import { printable } from "../escape.js";
import { timeline } from "./timeline.js";

const MAX_FIRINGS = 10;

/**
 * @param {import("../../index.js").TestedExpectation} expectation
 * @param {number} columns how many a line may have
 * @param {import("../terminal.js").Colours} style
 */
export function expectationTimeline({ actual, between, ...drawn }, columns, style) {
  const lines = timeline(drawn, columns, style, between);
  for (const { at, reason } of actual.slice(0, MAX_FIRINGS))
    lines.push(style.dim(`${at}  ${printable(reason)}`));
  return lines;
}
