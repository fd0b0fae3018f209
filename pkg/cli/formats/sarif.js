// SARIF 2.1.0, which code scanning services read.

import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { explain } from "../../api/explain.js";
import { version } from "../../api/version.js";
import { jsonText } from "../escape.js";
import { displayName } from "../text.js";

/** @typedef {import("../../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../../index.js").TextRange} Range */

/** @type {{ [severity in import("../../index.js").Severity]: "error" | "warning" | "note" }} */
const LEVELS = { error: "error", warning: "warning", info: "note" };

/**
 * @param {import("./index.js").Out} out
 * @returns {import("./index.js").Format}
 */
export function sarif(out) {
  return {
    file() {},
    end(results) {
      out.write(`${jsonText(log(results))}\n`);
    },
  };
}

/**
 * @param {import("./index.js").Result[]} files
 * @returns {import("sarif").Log}
 */
function log(files) {
  /** @type {Map<string, number>} */
  const rules = new Map();
  /** @type {import("sarif").Result[]} */
  const results = [];
  /** @type {import("sarif").Notification[]} */
  const notifications = [];
  for (const file of files) {
    const artifactLocation = { uri: uri(file.file) };
    if ("unreadable" in file) {
      const text = `${displayName(file.file)} ${file.unreadable}`;
      const locations = [{ physicalLocation: { artifactLocation } }];
      notifications.push({ level: "error", message: { text }, locations });
      continue;
    }
    for (const diagnostic of file.report.diagnostics) {
      const index = rules.get(diagnostic.code) ?? rules.size;
      rules.set(diagnostic.code, index);
      results.push(finding(diagnostic, index, artifactLocation));
    }
    if (file.report.truncated) {
      const text = `${file.report.truncated} more findings in ${displayName(file.file)} are not listed`;
      notifications.push({ level: "note", message: { text } });
    }
  }
  const executionSuccessful = files.every((file) => "report" in file);
  const driver = { name: "prefect-events", version: version(), rules: [...rules.keys()].map(rule) };
  return {
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful, toolExecutionNotifications: notifications }],
        results,
      },
    ],
  };
}

/**
 * @param {string} code
 * @returns {import("sarif").ReportingDescriptor}
 */
function rule(code) {
  const meaning = explain(code);
  if (!meaning) return { id: code };
  const { title, text, severity, docs, wrong, right } = meaning;
  const language = /^[[{]/.test(right) ? "json" : "yaml";
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text },
    help: {
      text: `${text}\n\nWrong:\n${wrong}\n\nRight:\n${right}`,
      markdown: `${text}\n\nWrong:\n\`\`\`${language}\n${wrong}\n\`\`\`\nRight:\n\`\`\`${language}\n${right}\n\`\`\``,
    },
    ...(docs && { helpUri: docs }),
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

/**
 * @param {Diagnostic} diagnostic
 * @param {number} ruleIndex
 * @param {import("sarif").ArtifactLocation} artifactLocation
 * @returns {import("sarif").Result}
 */
function finding(diagnostic, ruleIndex, artifactLocation) {
  const { code, severity, message, help, index, name, path, range, docs, fix } = diagnostic;
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: help ? `${message}\n${help}` : message },
    locations: [
      { physicalLocation: { artifactLocation, ...(range && { region: region(range) }) } },
    ],
    ...(fix && {
      fixes: [
        {
          description: { text: fix.title },
          artifactChanges: [
            {
              artifactLocation,
              replacements: fix.edits.map((edit) => ({
                deletedRegion: region(edit.range),
                insertedContent: { text: edit.text },
              })),
            },
          ],
        },
      ],
    }),
    // `undefined` is not written.
    properties: { index, name, path, docs },
  };
}

/**
 * @param {Range} range
 * @returns {import("sarif").Region}
 */
function region({ start, end }) {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  };
}

/** @param {string} file */
function uri(file) {
  if (file === "-") return "stdin";
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(sep).map(encodeURIComponent).join("/");
}
