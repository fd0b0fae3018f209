// JSON in colours, to be read: there at once, without an editor.

import { html } from "lit";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

/** More than this is shown in one colour. */
const MOST = 60_000;

export function coloured(text: string) {
  if (text.length > MOST) return text;
  const parts: unknown[] = [];
  let last = 0;
  for (const token of text.matchAll(TOKEN)) {
    const [whole, string, colon] = token;
    parts.push(text.slice(last, token.index));
    last = token.index + whole.length;
    if (string && colon) parts.push(html`<span class="key">${string}</span>`, colon);
    else if (string) parts.push(html`<span class="text">${string}</span>`);
    else parts.push(html`<span class="atom">${whole}</span>`);
  }
  parts.push(text.slice(last));
  return parts;
}
