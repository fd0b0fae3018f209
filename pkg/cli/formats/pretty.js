// For people: each finding with its excerpt, help, and a link.

import { printable } from "../escape.js";
import { colours, columns } from "../terminal.js";
import { displayName, plural } from "../text.js";
import { codeFrame } from "./code-frame.js";
import { totals } from "./totals.js";

/** @typedef {import("../../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../../index.js").Severity} Severity */
/** @typedef {import("../terminal.js").Colours} Colours */

/** For more findings than this, a table counts each code. */
const FEW = 10;

/**
 * @param {import("./index.js").Out} out
 * @param {string} noun
 * @returns {import("./index.js").Format}
 */
export function pretty(out, noun) {
  const style = colours(out);
  const width = columns(out);
  return {
    file(result) {
      if ("unreadable" in result) return;
      const { report, excerpts } = result;
      report.diagnostics.forEach((diagnostic, index) => {
        out.write(`${finding(diagnostic, noun, result.file, excerpts[index], style, width)}\n\n`);
      });
      if (report.truncated) {
        const more = `${plural(report.truncated, "more finding")} in ${printable(displayName(result.file))} not listed`;
        out.write(`${style.dim(`… ${more}: --max-diagnostics lists them`)}\n\n`);
      }
    },
    end(results) {
      out.write(`${countsByCode(results, style)}${summary(results, noun, style)}\n`);
    },
  };
}

/**
 * @param {Diagnostic} diagnostic
 * @param {string} noun
 * @param {string} file
 * @param {import("../excerpt.js").Excerpt | undefined} excerpt
 * @param {Colours} style
 * @param {number} width how many columns a line may have
 */
function finding(diagnostic, noun, file, excerpt, style, width) {
  const { severity, code, message, range, help, docs, fix } = diagnostic;
  const paint = painter(style)[severity];
  const gutter = " ".repeat(String(range?.start.line ?? "").length);
  const bar = style.cyan("|");
  const lines = [
    `${paint(style.bold(`${severity}[${code}]`))}${style.bold(`: ${printable(message)}`)}`,
  ];
  lines.push(
    `${gutter}${style.cyan("-->")} ${printable(displayName(file))}${place(diagnostic, noun)}`,
  );
  if (range && excerpt) {
    const { text, before, marked } = codeFrame(excerpt, range, width - gutter.length - 3);
    lines.push(`${gutter} ${bar}`);
    lines.push(`${style.cyan(String(range.start.line))} ${bar} ${text}`);
    lines.push(`${gutter} ${bar} ${" ".repeat(before)}${paint("^".repeat(marked))}`);
  }
  /** @param {string} label @param {string} text */
  const note = (label, text) =>
    lines.push(`${gutter} ${style.cyan("=")} ${style.bold(label)}: ${printable(text)}`);
  if (help) note("help", help);
  if (fix) note("fix", `${fix.title} (--fix)`);
  if (docs) note("docs", docs);
  return lines.join("\n");
}

/**
 * @param {Diagnostic} diagnostic
 * @param {string} noun
 */
function place({ range, index, path }, noun) {
  if (range) return `:${range.start.line}:${range.start.column}`;
  return index === undefined ? "" : ` (${noun} ${index}${path && `, ${printable(path)}`})`;
}

/**
 * @param {Colours} style
 * @returns {{ [severity in Severity]: (text: string) => string }}
 */
function painter(style) {
  return { error: style.red, warning: style.yellow, info: style.blue };
}

/**
 * @param {import("./index.js").Result[]} results
 * @param {Colours} style
 */
function countsByCode(results, style) {
  const listed = results.flatMap((result) => ("report" in result ? result.report.diagnostics : []));
  if (listed.length <= FEW) return "";
  /** @type {Map<string, { severity: Severity, code: string, count: number }>} */
  const counts = new Map();
  for (const { severity, code } of listed) {
    const key = `${severity} ${code}`;
    const entry = counts.get(key) ?? { severity, code, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  const rows = [...counts.values()].sort((one, other) => other.count - one.count);
  const digits = String(rows[0]?.count ?? 0).length;
  const table = rows.map(
    ({ severity, code, count }) =>
      `${String(count).padStart(digits + 2)} ${painter(style)[severity](severity)}[${code}]\n`,
  );
  return `${table.join("")}\n`;
}

/**
 * @param {import("./index.js").Result[]} results
 * @param {string} noun
 * @param {Colours} style
 */
function summary(results, noun, style) {
  const sum = totals(results);
  const paint = painter(style);
  const found = [
    sum.errors > 0 && paint.error(plural(sum.errors, "error")),
    sum.warnings > 0 && paint.warning(plural(sum.warnings, "warning")),
    sum.infos > 0 && paint.info(plural(sum.infos, "info")),
  ].filter(Boolean);
  // If no file was checked, there is nothing to say about findings.
  const parts = [];
  if (sum.files > 0 || sum.unreadable + sum.unfixed === 0) {
    const none = style.green("no problems found");
    const what = found.length > 0 ? found.join(", ") : none;
    parts.push(`${plural(sum.count, noun)} in ${plural(sum.files, "file")}: ${what}`);
  }
  if (sum.fixed > 0) parts.push(`${sum.fixed} fixed`);
  if (sum.fixable > 0) parts.push(`${sum.fixable} fixable with --fix`);
  if (sum.unreadable > 0)
    parts.push(paint.error(`${plural(sum.unreadable, "file")} could not be read`));
  if (sum.unfixed > 0) parts.push(paint.error(`${plural(sum.unfixed, "file")} could not be fixed`));
  return parts.join("; ");
}
