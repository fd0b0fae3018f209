// Shows the core's advice on the window.

import { html, nothing } from "lit";
import type { Advice } from "prefect-events";
import { prose } from "../../ui/prose.ts";
import { plural, span } from "./summary.ts";
import "./advice.css";

/** The panel "False alarms and delay", which compares windows. */
interface Comparison {
  open: boolean;
  toggle: () => void;
}

export function advicePanel(
  advice: Advice,
  set: (within: number) => void,
  { open, toggle }: Comparison,
) {
  const { toleratedMisses: misses, detection, healthyRunsFire, within } = advice;
  const better = advice.smallestWithin.filter((one) => one.misses > 0 && one.misses <= 3);
  return html`
    <section class="advice panel" aria-labelledby="advice-title">
      <header><h2 id="advice-title">Heartbeats every ${span(advice.frequency)}, a window of ${span(within)}</h2></header>
      <dl>
        <div class=${healthyRunsFire ? "bad" : ""}>
          <dt>Tolerates</dt>
          <dd>${
            healthyRunsFire
              ? html`<strong>nothing</strong>: it fires on healthy runs`
              : html`<strong>${misses === 0 ? "no missed heartbeat" : plural(misses, "missed heartbeat")}</strong>${misses > 1 ? " in a row" : ""}`
          }</dd>
        </div>
        <div>
          <dt>Detects</dt>
          <dd><strong>${detected(detection.earliestAfterDeath, detection.latestAfterDeath)}</strong> after a run dies</dd>
        </div>
        <div class="windows">
          <dt>Windows that tolerate more or less</dt>
          <dd class="better">${better.map(
            (one) =>
              html`<button title="Set within to ${one.within} seconds" ?disabled=${one.within === within} @click=${() => set(one.within)}>${one.misses} missed <b>${one.within} s</b></button>`,
          )}<button title="Set within to ${advice.recommendedWithin} seconds" ?disabled=${advice.recommendedWithin === within} @click=${() => set(advice.recommendedWithin)}>recommended <b>${advice.recommendedWithin} s</b></button></dd>
        </div>
      </dl>
      <p class="compare"><button aria-expanded=${open} @click=${toggle}>False alarms and delay of each window</button></p>
      <details>
        <summary>How this is calculated</summary>
        <ul>${advice.arithmetic.map((one) => html`<li>${prose(one)}</li>`)}</ul>
        <p class="soft">${prose(advice.documentation.says)} <a href=${advice.documentation.url} target="_blank" rel="noreferrer">Documentation</a></p>
      </details>
      <details>
        <summary>False alarms and misses</summary>
        <h3>Fires on runs that are alive or finished</h3>
        <ul>${advice.falseAlarms.map((one) => html`<li>${prose(one)}</li>`)}</ul>
        <h3>Misses dead runs</h3>
        <ul>${advice.undetected.map((one) => html`<li>${prose(one)}</li>`)}</ul>
        ${advice.client ? html`<p class="soft">${advice.client.note}</p>` : nothing}
      </details>
    </section>
  `;
}

function detected(earliest: number, latest: number): string {
  const [from, to] = [Math.max(0, Math.round(earliest)), Math.round(latest)];
  return `${span(from).replace(/ s$/, to < 120 ? "" : " s")} to ${span(to)}`;
}
