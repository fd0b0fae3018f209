import { html, type TemplateResult } from "lit";

/** A sentence of the core: what stands between backticks is code. */
export function prose(text: string): TemplateResult {
  const parts = text.split("`");
  // An odd one does not enclose anything.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
