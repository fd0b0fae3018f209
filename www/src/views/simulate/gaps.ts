// The histogram of observed gaps between heartbeats. A gap longer than the window is a false alarm.

import { scaleLinear, scaleSymlog } from "d3-scale";
import { html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Chart } from "./chart.ts";
import { MARGIN, ticksOf } from "./curve.ts";

/** Gaps of `from` to before `to` seconds. */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

const HEIGHT = 130;
const TOP = 18;

@customElement("simulate-gaps")
export class Gaps extends Chart {
  @property({ attribute: false }) bins: Bin[] = [];
  /** The window in the text, in seconds. */
  @property({ type: Number }) within = 0;

  protected override render() {
    const { bins, within, width } = this;
    if (bins.length === 0 || width === 0) return nothing;
    const right = Math.max(MARGIN.left + 20, width - MARGIN.right);
    const bottom = HEIGHT - MARGIN.bottom;
    const longest = Math.max(within, ...bins.map((one) => one.to));
    const most = Math.max(...bins.map((one) => one.count));
    const x = scaleLinear()
      .domain([0, longest * 1.02])
      .range([MARGIN.left, right]);
    // A few long gaps matter more than thousands of usual ones: they must be visible.
    const y = scaleSymlog().domain([0, most]).range([bottom, TOP]);
    const line = Math.min(right, x(within));
    return html`<svg width=${width} height=${HEIGHT} aria-hidden="true">
      ${ticksOf(x).map(
        (one) => svg`<g transform="translate(${x(one)},0)">
          <line class="grid" y1=${TOP} y2=${bottom}></line>
          <text class="tick" y=${bottom + 15} text-anchor="middle">${one} s</text>
        </g>`,
      )}
      ${[...new Set([1, most])].map(
        (one) =>
          svg`<text class="tick" x=${MARGIN.left - 8} y=${y(one)} dy="0.32em" text-anchor="end">${one.toLocaleString("en-US")}</text>`,
      )}
      ${bins
        .filter((one) => one.count > 0)
        .map(
          ({ from, to, count }) =>
            svg`<rect class=${from >= within ? "gap longer" : "gap"} x=${x(from)} y=${y(count)} width=${Math.max(1.5, x(to) - x(from) - 1)} height=${bottom - y(count)}></rect>`,
        )}
      <line class="base" x1=${MARGIN.left} x2=${right} y1=${bottom} y2=${bottom}></line>
      <line class="window" x1=${line} x2=${line} y1=${TOP - 4} y2=${bottom}></line>
      <text class="within" x=${line} y=${TOP - 7} text-anchor=${line > width / 2 ? "end" : "start"}>within ${within} s</text>
      <text class="title" x=${right} y=${HEIGHT - 4} text-anchor="end">observed gap between two heartbeats</text>
    </svg>`;
  }
}
