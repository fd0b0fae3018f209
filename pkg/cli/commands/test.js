// The command `test`.

import { freezeFirings as freeze } from "../../api/backtest.js";
import { testScenarios } from "../../api/simulate.js";
import { connects } from "../../start-live.js";
import { jsonText, printable } from "../escape.js";
import { FixRefused, writeBack } from "../fix.js";
import { diagnostics } from "../formats/diagnostics.js";
import { expectationTimeline } from "../formats/expectation.js";
import { testGithub } from "../formats/github.js";
import { testJunit } from "../formats/junit.js";
import { printError, stdout } from "../output.js";
import { openInput, readAll, Unreadable } from "../read-input.js";
import { readScenarioFiles } from "../scenario-files.js";
import { colours, columns } from "../terminal.js";
import { displayName, plural } from "../text.js";

/** @typedef {import("../../index.js").TestReport} TestReport */
/** @typedef {{ file: string, report: TestReport } | { file: string, unreadable: string }} Result */

const freezeFirings = connects(freeze);

/**
 * @param {string[]} files
 * @param {{ format: "pretty" | "json" | "github" | "junit", update?: boolean }} options
 * @returns {Promise<number>} the exit status
 */
export async function testCommand(files, { format, update = false }) {
  /** @type {Result[]} */
  const results = [];
  for (const file of files) results.push(await testOne(file, update));
  for (const result of results) {
    if ("unreadable" in result) printError(`${displayName(result.file)} ${result.unreadable}`);
  }
  stdout.write(FORMATS[format](results));
  const broken = results.some(
    (result) =>
      "unreadable" in result ||
      result.report.errors ||
      result.report.scenarios.some(({ errors }) => errors),
  );
  if (broken) return 2;
  return results.every((result) => "report" in result && result.report.passed) ? 0 : 1;
}

/**
 * @param {string} file
 * @param {boolean} update
 * @returns {Promise<Result>}
 */
async function testOne(file, update) {
  try {
    const input = await openInput(file);
    let text = await readAll(input);
    const files = await readScenarioFiles(file, text);
    if (update) {
      if (file === "-") throw new Unreadable("cannot be updated: name a file");
      const frozen = new TextEncoder().encode(freezeFirings(text, { files }));
      if (Buffer.compare(frozen, text) !== 0)
        await writeBack(file, frozen, { bytes: text, stats: input.stats });
      text = frozen;
    }
    return { file, report: testScenarios(text, { files }) };
  } catch (error) {
    if (error instanceof Unreadable || error instanceof FixRefused)
      return { file, unreadable: error.message };
    return { file, unreadable: `cannot be tested: ${/** @type {Error} */ (error).message}` };
  }
}

const FORMATS = { pretty, json, github: testGithub, junit: testJunit };

/** @param {Result[]} results */
function pretty(results) {
  const style = colours(stdout);
  const lines = [];
  let passed = 0;
  let failed = 0;
  let broken = 0;
  for (const result of results) {
    if ("unreadable" in result) continue;
    const { file, report } = result;
    if (report.errors) {
      broken += 1;
      lines.push(diagnostics(report.errors, file, style));
    }
    if (report.warnings) lines.push(diagnostics(report.warnings, file, style), "");
    for (const [index, tested] of report.scenarios.entries()) {
      const name = printable(`${displayName(file)}: ${tested.scenario ?? `scenario ${index + 1}`}`);
      const mark = tested.passed ? style.green("ok") : style.red("FAILED");
      lines.push(`${mark} ${name}`);
      if (tested.errors) {
        broken += 1;
        lines.push(diagnostics(tested.errors, file, style));
      }
      for (const expectation of tested.expectations) {
        if (expectation.passed) {
          passed += 1;
          continue;
        }
        failed += 1;
        lines.push(`  ${style.red("✗")} ${printable(expectation.message ?? "")}`);
        for (const line of expectationTimeline(expectation, columns(stdout) - 6, style))
          lines.push(`      ${line}`);
      }
    }
  }
  const sum = [`${plural(passed, "expectation")} met`];
  if (failed > 0) sum.push(style.red(`${failed} not met`));
  if (broken > 0) sum.push(style.red(`${plural(broken, "scenario")} could not be played`));
  return `${[...lines, sum.join(", ")].join("\n")}\n`;
}

/** @param {Result[]} results */
function json(results) {
  const files = results.map((result) =>
    "unreadable" in result ? result : { file: result.file, ...result.report },
  );
  const passed = results.every((result) => "report" in result && result.report.passed);
  return `${jsonText({ passed, files })}\n`;
}
