import { html, nothing } from "lit";
import { prose } from "../../ui/prose.ts";
import { documentation } from "./explanation.ts";
import type { Fact } from "./knowledge.ts";
import { sentence } from "./words.ts";

/** Maximum number of listed values. */
const MOST_VALUES = 24;

export function factPanel({ term, form, meaning, source, docs, values }: Fact) {
  return html`<div class="fact">
    <p><code class="term">${term}</code> <span class="form">${form}</span></p>
    <p>${prose(sentence(meaning))}</p>
    ${
      values
        ? html`<p>One of ${values.slice(0, MOST_VALUES).map((value, index) => html`${index > 0 ? ", " : nothing}<code>${value}</code>`)}${values.length > MOST_VALUES ? " and others" : nothing}.</p>`
        : nothing
    }
    <p class="source">${sentence(source)} ${docs ? documentation(docs) : nothing}</p>
  </div>`;
}
