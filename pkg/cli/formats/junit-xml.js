// The elements of JUnit XML.

import { printableLines } from "../escape.js";

/** @typedef {{ message: string, type?: string, text?: string }} Problem */
/** @typedef {{ name: string, failure?: Problem, error?: Problem }} Case what failed, or could not be tested */
/** @typedef {{ name: string, cases: Case[], output?: string }} Suite */

/** @param {Suite[]} suites */
export function testsuites(suites) {
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="prefect-events" ${counts(cases)}>`,
    ...suites.map(testsuite),
    "</testsuites>\n",
  ].join("\n");
}

/** @param {Case[]} cases */
function counts(cases) {
  const failures = cases.filter(({ failure }) => failure).length;
  const errors = cases.filter(({ error }) => error).length;
  return `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

/** @param {Suite} suite */
function testsuite({ name, cases, output }) {
  return [
    `  <testsuite name="${toXml(name)}" ${counts(cases)} skipped="0">`,
    ...cases.map((one) => testcase(name, one)),
    ...(output ? [`    <system-out>${toXml(output)}</system-out>`] : []),
    "  </testsuite>",
  ].join("\n");
}

/**
 * @param {string} suite
 * @param {Case} one
 */
function testcase(suite, { name, failure, error }) {
  const start = `    <testcase classname="${toXml(suite)}" name="${toXml(name)}"`;
  const found = failure ? problem("failure", failure) : error && problem("error", error);
  return found ? `${start}>\n      ${found}\n    </testcase>` : `${start}/>`;
}

/**
 * @param {string} element
 * @param {Problem} problem
 */
function problem(element, { message, type, text }) {
  const of = type === undefined ? "" : ` type="${toXml(type)}"`;
  const start = `<${element} message="${toXml(message)}"${of}`;
  return text === undefined ? `${start}/>` : `${start}>${toXml(text)}</${element}>`;
}

/** @type {{ [character: string]: string }} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;" };

/**
 * Escapes text and attributes. Characters that XML cannot contain are among the escaped ones.
 * @param {string} text
 */
function toXml(text) {
  return printableLines(text).replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character);
}
