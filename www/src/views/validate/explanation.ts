// Shows the explanation of a code below its finding.

import { html, nothing } from "lit";
import type { Explanation } from "prefect-events";
import { prose } from "../../ui/prose.ts";
import { differences, type Excerpt } from "./difference.ts";

export function explanationPanel(explanation: Explanation, take: (text: string) => void) {
  const { title, text, server, wrong, right, wrongOptions, docs } = explanation;
  const [before, after] = differences(wrong, right);
  return html`
    <p class="title">${title}</p>
    <p>${prose(text)}</p>
    <p class="who">${
      server
        ? "The Prefect server itself rejects it."
        : "The Prefect server accepts it, but it contradicts the documentation, or what Prefect itself emits."
    }</p>
    <div class="pair">${figure("Wrong", "−", before)} ${figure("Right", "+", after)}</div>
    <p class="links">
      ${wrongOptions ? nothing : html`<button class="plain link" @click=${() => take(wrong)}>Try the invalid example</button>`}
      ${docs ? documentation(docs) : nothing}
    </p>
  `;
}

export function documentation(url: string) {
  return html`<a href=${url} target="_blank" rel="noopener">Documentation</a>`;
}

function figure(name: string, sign: string, { lines, before, after }: Excerpt) {
  return html`
    <figure>
      <figcaption>${name}</figcaption>
      <pre tabindex="0" aria-label="${name} example">${before ? "  …\n" : nothing}${lines.map(
        ({ text, differs }) =>
          differs
            ? html`<mark class=${name.toLowerCase()}>${sign} ${text}\n</mark>`
            : `  ${text}\n`,
      )}${after ? "  …" : nothing}</pre>
    </figure>
  `;
}
