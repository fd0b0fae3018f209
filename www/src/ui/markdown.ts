// Markdown for sharing: inserted text cannot change its structure. CommonMark with GitHub's extensions.

/** A code block. The fence is longer than every run of backticks in the text, so that nothing in it ends the block. */
export function fence(text: string, language: string): string {
  const ticks = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${text.trimEnd()}\n${ticks}`;
}

/** Code within a line, such as a name. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === "") return "";
  const ticks = "`".repeat(longestRun(line) + 1);
  // Markdown removes one space at each end, unless there is nothing else.
  const padded = /^`|`$|^ .* $/.test(line) && line.trim() !== "" ? ` ${line} ` : line;
  return `${ticks}${padded}${ticks}`;
}

/** Text within a line, escaped so that Markdown does not interpret it. */
export function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>&~|@#$!]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\\.`)
    .replace(/^\s*([-+=])/, "\\$1")
    .replace(/^\s*(\d+)([.)])/, "$1\\$2");
}

/** A message of the core: text between backticks is code. */
export function sentence(text: string): string {
  const parts = oneLine(text).split("`");
  // An unpaired backtick does not enclose anything.
  if (parts.length % 2 === 0) return plain(text);
  return parts.map((part, index) => (index % 2 === 0 ? plain(part) : code(part))).join("");
}

/** A link to an address serialised by `URL`, which contains no `<` or `>`. */
export function link(title: string, address: string): string {
  return `[${plain(title)}](<${address}>)`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, " ");
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
}
