import { html, type TemplateResult } from "lit";

/** A message of the core: text between backticks is code. */
export function prose(text: string): TemplateResult {
  const parts = text.split("`");
  // An unpaired backtick does not enclose anything.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
