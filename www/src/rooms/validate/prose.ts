import { html, nothing } from "lit";

/** A sentence of the core, in which names stand in backticks. */
export function prose(text: string) {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part || nothing));
}
