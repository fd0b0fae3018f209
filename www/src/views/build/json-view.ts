// Read-only JSON in colours, shown immediately without an editor.

import { html } from "lit";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** A longer text is shown in one colour. */
const MOST = 60_000;

/** `marked`: the numbers of the highlighted lines. */
export function coloured(text: string, marked: ReadonlySet<number>) {
  if (text.length > MOST) return text;
  return text.split("\n").map((line, n) => {
    const tokens = coloursOf(line);
    return marked.has(n)
      ? html`<mark class="line">${tokens}</mark>`
      : html`<span class="line">${tokens}</span>`;
  });
}

function coloursOf(line: string) {
  const parts: unknown[] = [];
  let last = 0;
  for (const token of line.matchAll(TOKEN)) {
    const [whole, string, colon] = token;
    parts.push(line.slice(last, token.index));
    last = token.index + whole.length;
    if (string && colon) parts.push(html`<span class="key">${string}</span>`, colon);
    else if (string) parts.push(html`<span class="text">${string}</span>`);
    else parts.push(html`<span class="atom">${whole}</span>`);
  }
  parts.push(line.slice(last));
  return parts;
}

/** The new lines; none if nearly all lines are new. */
export function changed(before: string, after: string): ReadonlySet<number> {
  const old = new Map<string, number>();
  for (const line of before.split("\n")) old.set(line, (old.get(line) ?? 0) + 1);
  const lines = after.split("\n");
  const found = new Set<number>();
  for (const [n, line] of lines.entries()) {
    const left = old.get(line) ?? 0;
    if (left > 0) old.set(line, left - 1);
    else found.add(n);
  }
  return found.size * 2 > lines.length ? new Set() : found;
}
