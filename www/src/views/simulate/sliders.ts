// Sliders, each with a number field.

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import "./sliders.css";

export interface Slider {
  label: string;
  unit: string;
  least: number;
  most: number;
  step: number;
  value: number;
  set: (value: number) => void;
}

export function sliders(all: Slider[]) {
  if (all.length === 0) return nothing;
  return html`<section class="sliders panel" aria-label="Heartbeats and window">
    ${all.map(slider)}
  </section>`;
}

/** The number is not `live`: typed text must stay when a result arrives meanwhile. */
function slider({ label, unit, least, most, step, value, set }: Slider) {
  const take = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const { valueAsNumber } = input;
    const taken = Number.isFinite(valueAsNumber)
      ? Math.min(most, Math.max(least, valueAsNumber))
      : value;
    input.value = String(taken);
    if (taken !== value) set(taken);
  };
  const title = unit ? `${label}, ${UNITS[unit]}` : label;
  return html`<div class="slider">
    <span class="name" aria-hidden="true">${label}</span>
    <span class="value"><input type="number" aria-label=${title} min=${least} max=${most} step="any" .value=${String(value)} @change=${take} />${unit}</span>
    <input type="range" aria-label=${title} min=${least} max=${most} step=${step} .value=${live(String(value))} @input=${take} />
  </div>`;
}

const UNITS: { [unit: string]: string } = { s: "seconds", min: "minutes", "%": "per cent" };
