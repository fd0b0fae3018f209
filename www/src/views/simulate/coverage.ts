// Shows why nothing fired: the number of events that passed each clause of each trigger, and the values seen instead.

import { html, nothing } from "lit";
import type { SimulationResult } from "prefect-events";
import type { Scene } from "../../core/functions/scenes.ts";
import { prose } from "../../ui/prose.ts";
import { ended, plural, span } from "./summary.ts";

type Trigger = NonNullable<SimulationResult["coverage"]>[number];
type Clause = Trigger["clauses"][number];

const NAMES: Record<Clause["clause"], string> = {
  name: "the name of the event",
  match: "match",
  match_related: "match_related",
  for_each: "for_each",
  after: "after",
};

/** `open`: show the table immediately. */
export function coveragePanel({ coverage }: Scene, open: boolean) {
  const triggers = coverage?.filter(({ clauses }) => clauses.length > 0) ?? [];
  if (triggers.length === 0) return nothing;
  return html`<details class="coverage" ?open=${open}>
    <summary>How many events passed each clause</summary>
    ${triggers.map((trigger) => renderTrigger(trigger, triggers.length > 1))}
  </details>`;
}

function renderTrigger({ path, clauses, windows, reason }: Trigger, named: boolean) {
  return html`
    ${named ? html`<h3>Trigger <code>${path}</code></h3>` : nothing}
    ${named && reason ? html`<p>${prose(ended(reason))}</p>` : nothing}
    <div class="scroll" role="group" aria-label="Clauses" tabindex="0">
      <table>
        <thead>
          <tr><th scope="col">Clause</th><th scope="col" class="number">Events that passed</th><th scope="col">Required</th><th scope="col">Seen instead</th></tr>
        </thead>
        <tbody>${clauses.map((one, index) => renderClause(one, clauses.findIndex(({ passed }) => passed === 0) === index))}</tbody>
      </table>
    </div>
    ${windows && windows.opened > 0 ? html`<p class="soft">${windowsSentence(windows)}</p>` : nothing}
  `;
}

/** `stops`: the first clause that no event passed. */
function renderClause(
  { clause, passed, wanted, role, nearest, seen = [] }: Clause,
  stops: boolean,
) {
  const others = seen.filter(({ value }) => value !== nearest);
  const first =
    seen.find(({ value }) => value === nearest) ??
    (nearest ? { value: nearest, events: 1 } : undefined);
  const shown = [...(first ? [first] : []), ...others].slice(0, 3);
  return html`<tr class=${stops ? "none" : ""}>
    <th scope="row">${NAMES[clause]}</th>
    <td class="number">${passed}</td>
    <td>${wanted ? html`<code>${wanted}</code>${role ? html` in the role <code>${role}</code>` : nothing}` : nothing}</td>
    <td>${shown.map(
      (one, index) =>
        html`${index > 0 ? ", " : ""}<code>${one.value}</code>${one.events > 1 ? ` (${one.events})` : nothing}`,
    )}</td>
  </tr>`;
}

function windowsSentence(windows: NonNullable<Trigger["windows"]>): string {
  const { opened, reached, threshold, answered, leastLeftSeconds, open } = windows;
  const parts = [opened === 1 ? "1 window opened" : `${opened} windows opened`];
  if (answered === undefined) parts.push(`the most events in one: ${reached} of ${threshold}`);
  else {
    const left =
      leastLeftSeconds === undefined ? "" : ` (at least ${span(leastLeftSeconds)} before the end)`;
    parts.push(`in ${answered} the expected events arrived in time${left}`);
  }
  if (open) parts.push(`${plural(open, "window")} still open at the end`);
  return `${parts.join("; ")}.`;
}
