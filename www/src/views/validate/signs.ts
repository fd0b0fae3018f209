// Small signs with different shapes, so that they do not differ by colour alone.

import { html, type SVGTemplateResult, svg } from "lit";
import type { Severity } from "prefect-events";

const SHAPES: Record<Severity | "good", SVGTemplateResult> = {
  error: svg`<circle cx="8" cy="8" r="7" /><path d="M5.5 5.5l5 5m0-5l-5 5" />`,
  warning: svg`<path class="filled" d="M8 1.2L15.4 14.3H.6z" /><path d="M8 6v3.6m0 1.8v.4" />`,
  info: svg`<rect x="1" y="1" width="14" height="14" rx="3" /><path d="M8 7.2v4.4M8 4.2v.5" />`,
  good: svg`<circle cx="8" cy="8" r="7" /><path d="M4.8 8.3l2.3 2.3 4.2-4.8" />`,
};

export function sign(kind: Severity | "good") {
  return html`<svg class="sign ${kind}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[kind]}</svg>`;
}
