// Long texts: a browser takes about 30 µs for each line of a textarea before it shows the first.

/** In lines. */
const MOST_LINES = 5000;

export function isManyLines(text: string): boolean {
  let lines = 0;
  for (const _ of text.matchAll(/[\r\n]/g)) {
    lines += 1;
    if (lines > MOST_LINES) return true;
  }
  return false;
}

/** The JSON of a value, indented if it is short: with the nesting, indentation grows to many times the text. */
export function jsonText(value: unknown, longest: number): string {
  const text = JSON.stringify(value);
  if (text.length > longest) return text;
  const indented = JSON.stringify(value, null, 2);
  return indented.length > longest * 10 ? text : indented;
}
