// Runs the commands that report on files: prints a report for each in a format, and returns the exit status.

import { printable } from "./escape.js";
import { completeExcerpts, History, report, reportWhole } from "./file-report.js";
import { FixRefused, fixAll, rejectSpecialFile, writeBack } from "./fix.js";
import { FORMATS } from "./formats/index.js";
import { printError, stderr, stdout } from "./output.js";
import { progress } from "./progress-bar.js";
import { openInput, readAll, Unreadable } from "./read-input.js";
import { displayName } from "./text.js";

/** @typedef {import("./file-report.js").Content} Content */
/** @typedef {import("./file-report.js").ReportOptions} ReportOptions */
/** @typedef {import("./file-report.js").Result} Result */
/** @typedef {{ format: keyof typeof FORMATS, fix?: boolean }} PrintOptions how the result is printed */
/** @typedef {PrintOptions & { profile: "documented" | "server", severity?: ReportOptions["severity"], maxDiagnostics: number }} CommonOptions */

/**
 * @param {string[]} files
 * @param {Content} content
 * @param {ReportOptions} options
 * @param {PrintOptions} how
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function reportCommand(files, content, options, how, usage) {
  if (files.length === 0) {
    if (process.stdin.isTTY) usage();
    files = ["-"];
  }
  try {
    // A mistake in the options is reported once, not for each file.
    content.report("[]", options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printError(error.message);
  }
  // With --fix, standard output is for the text of standard input.
  const out = how.fix && files.includes("-") ? stderr : stdout;
  const format = FORMATS[how.format](out, content.noun);
  /** @type {Result[]} */
  const results = [];
  // Findings on a file can arrive with the last file.
  const history = content.lines && files.length > 1 ? new History(options) : undefined;
  for (const file of files) {
    const result = await reportOne(file, content, options, how, history);
    if ("unreadable" in result) printError(`${displayName(file)} ${result.unreadable}`);
    if (!history) format.file(result);
    results.push(result);
  }
  if (history) {
    history.end();
    for (const result of results) {
      if (how.format === "pretty" && "report" in result) await readAgain(result);
      format.file(result);
    }
  }
  format.end(results);
  if (results.some((result) => "unreadable" in result)) return 2;
  return results.every((result) => "report" in result && result.report.valid) ? 0 : 1;
}

/**
 * @param {string} file
 * @param {Content} content
 * @param {ReportOptions} options
 * @param {PrintOptions} how
 * @param {History | undefined} history of which the file is a part
 * @returns {Promise<Result>}
 */
async function reportOne(file, content, options, { fix, format }, history) {
  /** @type {ReturnType<typeof progress> | undefined} */
  let bar;
  try {
    if (fix) return await fixOne(file, content, options, history);
    const input = await openInput(file);
    bar = progress(printable(displayName(file)), input.size);
    const result = await report(file, input, content, options, bar.add, history);
    if (format === "pretty" && !history) await readAgain(result);
    return result;
  } catch (error) {
    if (error instanceof FixRefused) return { file, unreadable: error.message, unfixed: true };
    if (error instanceof Unreadable) return { file, unreadable: error.message };
    // Too long, or an internal error: the other files are still checked.
    history?.restart();
    return { file, unreadable: `cannot be checked: ${/** @type {Error} */ (error).message}` };
  } finally {
    bar?.stop();
  }
}

/**
 * Adds the text around late findings. Only the format for people shows it; standard input cannot be read twice.
 * @param {import("./file-report.js").Checked} result
 */
async function readAgain(result) {
  if (result.file === "-") return;
  try {
    await completeExcerpts(result, () => openInput(result.file));
  } catch (error) {
    // Only the excerpts are missing.
    if (!(error instanceof Unreadable)) throw error;
  }
}

/**
 * @param {string} file
 * @param {Content} content
 * @param {ReportOptions} options
 * @param {History | undefined} history of which the file is a part
 * @returns {Promise<Result>}
 */
async function fixOne(file, content, options, history) {
  if (file !== "-") await rejectSpecialFile(file);
  const input = await openInput(file);
  const original = await readAll(input);
  const { bytes, fixed } = fixAll(original, content, options);
  if (file === "-") {
    stdout.write(bytes);
    // A fix only counts if it was written.
    await stdout.flush();
  } else if (fixed > 0) await writeBack(file, bytes, { bytes: original, stats: input.stats });
  return Object.assign(reportWhole(file, bytes, content, options, history), { fixed });
}
