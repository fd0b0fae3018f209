// The command `validate`.

import { check, checkWhole, completeExcerpts, readAll } from "./check.js";
import { fixAll, writeBack } from "./fix.js";
import { FORMATS } from "./formats/index.js";
import { progress } from "./progress.js";
import { openInput, Unreadable } from "./read.js";
import { printable } from "./terminal.js";
import { shown } from "./words.js";

/** @typedef {import("./check.js").Result} Result */

/**
 * @typedef {object} Options
 * @property {"documented" | "server"} profile
 * @property {keyof typeof FORMATS} format
 * @property {boolean} [fix]
 * @property {number} maxDiagnostics
 */

/**
 * @param {string[]} files
 * @param {Options} options
 * @param {() => void} usage
 * @returns {Promise<number>} the exit status
 */
export async function validateCommand(files, options, usage) {
  if (files.length === 0) {
    if (process.stdin.isTTY) usage();
    files = ["-"];
  }
  // With --fix, standard output is for the text of standard input.
  const out = options.fix && files.includes("-") ? process.stderr : process.stdout;
  const format = FORMATS[options.format](out);
  /** @type {Result[]} */
  const results = [];
  for (const file of files) {
    const result = await checkOne(file, options);
    if ("unreadable" in result) {
      process.stderr.write(
        `prefect-events: ${printable(shown(file))} ${printable(result.unreadable)}\n`,
      );
    }
    format.file(result);
    results.push(result);
  }
  format.end(results);
  if (results.some((result) => "unreadable" in result)) return 2;
  return results.every((result) => "report" in result && result.report.valid) ? 0 : 1;
}

/**
 * @param {string} file
 * @param {Options} options
 * @returns {Promise<Result>}
 */
async function checkOne(file, { profile, maxDiagnostics, fix, format }) {
  const options = { profile, maxDiagnostics };
  /** @type {ReturnType<typeof progress> | undefined} */
  let bar;
  try {
    const input = await openInput(file);
    if (fix) return await fixOne(file, await readAll(input), options);
    bar = progress(printable(shown(file)), input.size);
    const result = await check(file, input, options, bar.add);
    // Only people are shown the text; standard input cannot be read twice.
    if (format === "pretty" && file !== "-") await completeExcerpts(result, () => openInput(file));
    return result;
  } catch (error) {
    if (error instanceof Unreadable) return { file, unreadable: error.message };
    // A line or a document beyond all measure, or a fault of ours: the other files are still checked.
    return { file, unreadable: `cannot be checked: ${/** @type {Error} */ (error).message}` };
  } finally {
    bar?.stop();
  }
}

/**
 * @param {string} file
 * @param {Uint8Array} original
 * @param {import("../index.js").ValidateOptions} options
 * @returns {Promise<Result>}
 */
async function fixOne(file, original, options) {
  const { bytes, fixed } = fixAll(original, options);
  if (file === "-") process.stdout.write(bytes);
  else if (fixed > 0) await writeBack(file, bytes);
  return { ...checkWhole(file, bytes, options), fixed };
}
