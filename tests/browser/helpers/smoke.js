// The tests that also run in other browsers: one test for each feature that differs between browsers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Their names. Braces contain the value of one of several tests, or nothing for all of them. */
const NAMES = [
  // The Content-Security-Policy, with all that the three views do.
  "the view {} does not violate the policy, {light}",
  "the service worker is allowed",
  "injected elements neither run, nor load, nor are styled",
  "a Content Security Policy for styles does not matter, one against WebAssembly is reported",
  // The system's theme.
  "dark theme from the system",
  // The clipboard.
  "an internal error is shown as ours, with a report",
  "the event is copied as JSON, curl and Python",
  "the text can be copied",
  // Streams for compressed links.
  "a link of nearly 1 MB still works",
  // The worker, files, and the editor.
  "large files are checked without the editor, and can be stopped",
  "fixes are applied one by one, all at once, and from the editor, and can be undone",
  // Drawing, and the pointer.
  "at first, the documented automation fires on a run that is alive, with the reason",
  "marks and windows are at the same instant, to the microsecond",
  // The element: shadow trees, highlights, editing.
  "shows a verdict below each example",
  "finds its block in a shadow tree of the page",
  "is editable on demand, and validates during typing: {}",
  "a finding shows its position in the code",
  "a fix is applied in the editor, and can be undone",
  "a module that does not load is reported, and the block does not change",
];

/**
 * The files with these tests, and patterns of their names.
 * @param {string[]} files
 */
export function smoke(files) {
  const texts = files.map((file) => ({
    file,
    text: readFileSync(file, "utf8").replaceAll(/\$\{\w+\}/g, "{}"),
  }));
  const used = new Set();
  const patterns = NAMES.map((name) => {
    const general = name.replaceAll(/\{\w+\}/g, "{}");
    const found = texts.filter(({ text }) =>
      ['"', "`"].some((quote) => text.includes(`test(${quote}${general}${quote}`)),
    );
    assert.ok(found.length > 0, `no test is called: ${name}`);
    for (const { file } of found) used.add(file);
    const parts = name.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").split("{}");
    return `^${parts.join(".*").replaceAll(/[{}]/g, "")}$`;
  });
  return { files: files.filter((file) => used.has(file)), patterns };
}
