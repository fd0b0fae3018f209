// The parts of JUnit XML.

/** @typedef {{ name: string, cases: string[], failures: number, errors: number, output?: string }} Suite */

/** @param {Suite[]} suites */
export function testsuites(suites) {
  /** @param {(suite: Suite) => number} count */
  const sum = (count) => suites.reduce((total, suite) => total + count(suite), 0);
  const [tests, failures, errors] = [
    sum(({ cases }) => cases.length),
    sum((suite) => suite.failures),
    sum((suite) => suite.errors),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="prefect-events" tests="${tests}" failures="${failures}" errors="${errors}">`,
    ...suites.map(testsuite),
    "</testsuites>\n",
  ].join("\n");
}

/** @param {Suite} suite */
function testsuite({ name, cases, failures, errors, output }) {
  return [
    `  <testsuite name="${toXml(name)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="0">`,
    ...cases,
    ...(output ? [`    <system-out>${toXml(output)}</system-out>`] : []),
    "  </testsuite>",
  ].join("\n");
}

/**
 * @param {string} file
 * @param {string} name
 * @param {string} content
 */
export function testcase(file, name, content) {
  const start = `    <testcase classname="${toXml(file)}" name="${toXml(name)}"`;
  return content ? `${start}>\n      ${content}\n    </testcase>` : `${start}/>`;
}

/** @type {{ [character: string]: string }} */
const ENTITIES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
  "\r": "&#13;",
};

/**
 * For text and attributes; what XML 1.0 cannot hold at all becomes U+FFFD.
 * @param {string} text
 */
export function toXml(text) {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"\n\t\r]/g, (character) => ENTITIES[character] ?? character);
}
