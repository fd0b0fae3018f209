// The chart of false alarms against delay: a curve over `within`, and a handle that moves along it.

import { type ScaleLinear, scaleLinear, scaleLog } from "d3-scale";
import { html, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { Chart } from "./chart.ts";
import { span } from "./summary.ts";
import "./curve.css";

/** What to expect of one window. */
export interface CurvePoint {
  /** Seconds. */
  within: number;
  /** Median and 95th percentile of the seconds from the death of a run to the firing. */
  delay: number;
  delay95: number;
  /** False alarms per 1,000 run-hours, and their 95 % confidence interval. */
  alarms: number;
  low: number;
  high: number;
}

/** Lower rates are drawn on the axis, and not written as numbers. */
const LEAST_RATE = 1e-6;

const HEIGHT = 230;
export const MARGIN = { top: 12, right: 20, bottom: 40, left: 52 };
/** Pixels between two labels of the x axis. */
const APART = 70;

@customElement("simulate-curve")
export class Curve extends Chart {
  /** Ordered by `within`. */
  @property({ attribute: false }) points: CurvePoint[] = [];
  /** The window in the text, in seconds. */
  @property({ type: Number }) within = 0;
  /** The window in the text before the handle was moved. */
  @property({ attribute: false }) former: number | undefined;
  /** The window for the target, if one reaches it. */
  @property({ attribute: false }) best: number | undefined;
  /** The target: the most false alarms per 1,000 run-hours. */
  @property({ attribute: false }) target: number | undefined;

  private get x() {
    const most = Math.max(1, ...this.points.map((one) => one.delay));
    return scaleLinear()
      .domain([Math.min(...this.points.map((one) => one.delay), most), most])
      .nice()
      .range([MARGIN.left, Math.max(MARGIN.left + 20, this.width - MARGIN.right)]);
  }

  private get y() {
    const most = Math.max(1, this.target ?? 0, ...this.points.map((one) => one.high));
    // What is far below the target does not matter.
    const least = Math.max(LEAST_RATE, (this.target ?? 0.01) / 10);
    const lowest = 10 ** Math.floor(Math.log10(least));
    return scaleLog()
      .domain([lowest, 10 ** Math.ceil(Math.log10(most))])
      .range([HEIGHT - MARGIN.bottom, MARGIN.top])
      .clamp(true);
  }

  private move(within: number) {
    const [first, last] = [this.points[0], this.points.at(-1)];
    if (!first || !last) return;
    const wanted = Math.round(Math.max(first.within, Math.min(last.within, within)));
    if (wanted !== this.within)
      this.dispatchEvent(new CustomEvent("within", { detail: wanted, bubbles: true }));
  }

  private readonly pressed = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.move(Math.abs(step) === Infinity ? step : this.within + step);
  };

  private readonly grabbed = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const area = event.currentTarget as HTMLElement;
    area.setPointerCapture(event.pointerId);
    this.querySelector<HTMLElement>("[role=slider]")?.focus();
    event.preventDefault();
    this.follow(event);
  };

  private readonly dragged = (event: PointerEvent) => {
    const area = event.currentTarget as HTMLElement;
    if (area.hasPointerCapture(event.pointerId)) this.follow(event);
  };

  private follow(event: PointerEvent) {
    const left = this.getBoundingClientRect().left;
    this.move(withinOf(this.points, this.x.invert(event.clientX - left)));
  }

  protected override render() {
    const { points, within, width } = this;
    if (points.length === 0 || width === 0) return nothing;
    const here = at(points, within);
    const [x, y] = [this.x, this.y];
    const place = (one: CurvePoint) => [x(one.delay), y(clamped(one.alarms))] as const;
    const [left, top] = place(here);
    return html`
      <div class="area" @pointerdown=${this.grabbed} @pointermove=${this.dragged}>
        <svg width=${width} height=${HEIGHT} aria-hidden="true">
          ${this.axes()}
          <path class="range" d=${`${line(points.map((one) => [x(one.delay), y(clamped(one.high))]))}L${line(points.toReversed().map((one) => [x(one.delay), y(clamped(one.low))])).slice(1)}Z`} />
          <path class="line" d=${line(points.map(place))} />
          ${this.target === undefined ? nothing : this.targetLine(this.target)}
          ${this.mark(this.best, "best")} ${this.former === within ? nothing : this.mark(this.former, "former")}
        </svg>
        <div class="handle" role="slider" tabindex="0" aria-label="Window on the curve, seconds"
          aria-valuemin=${points[0]?.within ?? 0} aria-valuemax=${points.at(-1)?.within ?? 0} aria-valuenow=${within}
          aria-valuetext=${`${span(within)}: ${described(here)}`}
          style="left:${left}px;top:${top}px" @keydown=${this.pressed}></div>
      </div>
    `;
  }

  private axes() {
    const [x, y] = [this.x, this.y];
    const [from = 0, to = 0] = x.range();
    const bottom = HEIGHT - MARGIN.bottom;
    const powers = y.ticks().filter((one) => Math.log10(one) % 1 === 0);
    return svg`
      ${powers.map(
        (one) => svg`<g transform="translate(0,${y(one)})">
          <line class="grid" x1=${from} x2=${to}></line>
          <text class="tick" x=${from - 8} dy="0.32em" text-anchor="end">${rate(one)}</text>
        </g>`,
      )}
      ${ticksOf(x).map(
        (one) => svg`<g transform="translate(${x(one)},0)">
          <line class="grid" y1=${MARGIN.top} y2=${bottom}></line>
          <text class="tick" y=${bottom + 15} text-anchor="middle">${one} s</text>
        </g>`,
      )}
      <text class="title" x=${to} y=${HEIGHT - 4} text-anchor="end">detected after (median)</text>
    `;
  }

  private targetLine(target: number) {
    const [from = 0, to = 0] = this.x.range();
    const height = this.y(clamped(target));
    return svg`<line class="target" x1=${from} x2=${to} y1=${height} y2=${height}></line>`;
  }

  private mark(within: number | undefined, name: string) {
    if (within === undefined) return nothing;
    const point = at(this.points, within);
    return svg`<circle class=${name} r="5" cx=${this.x(point.delay)} cy=${this.y(clamped(point.alarms))}></circle>`;
  }
}

const KEYS: { [key: string]: number } = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** A logarithmic scale has no zero. */
const clamped = (alarms: number) => Math.max(LEAST_RATE, alarms);

/** The labels of an x axis that fit. */
export function ticksOf(x: ScaleLinear<number, number>): number[] {
  const [from = 0, to = 0] = x.range();
  return x.ticks(Math.max(2, Math.floor((to - from) / APART)));
}

function line(places: (readonly [number, number])[]): string {
  return `M${places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`;
}

/** Between two calculated windows: the delay grows linearly, the rate falls exponentially. */
export function at(points: CurvePoint[], within: number): CurvePoint {
  const next = points.findIndex((one) => one.within >= within);
  const after = points[next] ?? points.at(-1);
  const first = points[next - 1] ?? after;
  if (!after || !first) throw new RangeError("a curve has points");
  const share =
    after.within === first.within ? 1 : (within - first.within) / (after.within - first.within);
  const part = Math.max(0, Math.min(1, share));
  const mix = (from: number, to: number) => from + (to - from) * part;
  const fall = (from: number, to: number) =>
    from > 0 && to > 0 ? from ** (1 - part) * to ** part : mix(from, to);
  return {
    within,
    delay: mix(first.delay, after.delay),
    delay95: mix(first.delay95, after.delay95),
    alarms: fall(first.alarms, after.alarms),
    low: fall(first.low, after.low),
    high: fall(first.high, after.high),
  };
}

/** The window that detects a dead run after this delay. */
export function withinOf(points: CurvePoint[], delay: number): number {
  const next = points.findIndex((one) => one.delay >= delay);
  const after = points[next] ?? points.at(-1);
  const first = points[next - 1] ?? after;
  if (!after || !first) throw new RangeError("a curve has points");
  if (next <= 0 || after.delay === first.delay) return after.within;
  const share = (delay - first.delay) / (after.delay - first.delay);
  return first.within + share * (after.within - first.within);
}

/** `0.4`, `12`, `3,400`. */
export function rate(alarms: number): string {
  if (alarms === 0) return "0";
  if (alarms < LEAST_RATE) return `< ${LEAST_RATE}`;
  return alarms.toLocaleString("en-US", { maximumSignificantDigits: 2 });
}

export function described({ alarms, delay }: CurvePoint): string {
  return `${rate(alarms)} false alarms per 1,000 run-hours, a dead run is detected after ${span(Math.round(delay))}`;
}
