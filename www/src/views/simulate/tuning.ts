// The panel "False alarms and delay": assumptions, the curve over `within`, and the observed gaps.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { InputError, latest, tuning } from "../../core/client.ts";
import type { Observed } from "../../core/functions/actions.ts";
import type { Assumed, WindowCurve } from "../../core/functions/tuning.ts";
import { prose } from "../../ui/prose.ts";
import { type CurvePoint, rate } from "./curve.ts";
import { plural, span } from "./summary.ts";
import "./curve.ts";
import "./gaps.ts";
import "./tuning.css";

type Given = Omit<Assumed, "frequency">;

interface Field {
  key: keyof Given;
  label: string;
  unit: string;
  least: number;
  most: number;
  /** How many of the unit are one. */
  scale?: number;
}

const FIELDS: Field[] = [
  { key: "loss", label: "Lost heartbeats", unit: "%", least: 0, most: 90, scale: 100 },
  { key: "jitter", label: "Jitter", unit: "s", least: 0, most: 600 },
  { key: "drift", label: "Extra delay per heartbeat", unit: "s", least: 0, most: 60 },
  { key: "outage", label: "Outage in each day", unit: "s", least: 0, most: 86_400 },
  { key: "runs", label: "Runs at any time", unit: "", least: 1, most: 1_000_000 },
  { key: "hours", label: "Length of a run", unit: "h", least: 0.1, most: 87_660 },
  { key: "target", label: "Allowed false alarms a month", unit: "", least: 1, most: 1_000_000 },
];

/** Where neither the scenario nor captured heartbeats say anything. */
const ASSUMED: Given = {
  loss: 0.02,
  jitter: 5,
  drift: 0.015,
  outage: 30,
  runs: 500,
  hours: 24,
  target: 1,
};

/** Points of the curve, beside those that the core chooses. */
const FINE = 60;
/** Milliseconds without changes before the exact figures of one window are requested. */
const SETTLED = 250;

@customElement("simulate-tuning")
export class Tuning extends LitElement {
  /** Seconds from one heartbeat to the next. */
  @property({ type: Number }) frequency = 30;
  /** The window in the text, in seconds. */
  @property({ type: Number }) within = 0;
  /** What the scenario says of its heartbeats. */
  @property({ attribute: false }) known: Partial<Given> = {};
  /** Reads the gaps between captured heartbeats; absent if no events are loaded. */
  @property({ attribute: false }) observe: (() => Promise<Observed[]>) | undefined;

  @state() private observed: Observed[] = [];
  /** The index of the shown one. */
  @state() private deployment = 0;
  /** What was entered here. */
  @state() private entered: Partial<Given> = {};
  @state() private assumed: Assumed = { ...ASSUMED, frequency: 0 };
  @state() private curve: WindowCurve | undefined;
  @state() private points: CurvePoint[] = [];
  /** The exact figures of the window in the text. */
  @state() private here: WindowCurve["windows"][number] | undefined;
  @state() private former: number | undefined;
  @state() private rejected = "";
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly calculate = latest(tuning.curve);
  private readonly look = latest(tuning.curve);

  protected override createRenderRoot() {
    return this;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.settling);
  }

  protected override willUpdate(changed: PropertyValues) {
    this.former ??= this.within;
    if (changed.has("observe")) void this.readGaps();
    const { frequency, known, entered, observed, deployment } = this;
    const assumed = { ...ASSUMED, frequency, ...known, ...observed[deployment]?.shows, ...entered };
    const isNew = JSON.stringify(assumed) !== JSON.stringify(this.assumed);
    if (isNew) {
      this.assumed = assumed;
      void this.recalculate();
    }
    if (isNew || changed.has("within")) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => void this.settle(), SETTLED);
    }
  }

  /** First the few windows that differ by a missed heartbeat, then finely. */
  private async recalculate() {
    const { assumed } = this;
    const isOutdated = () => assumed !== this.assumed;
    try {
      const coarse = await this.calculate(assumed);
      if (!coarse || isOutdated()) return;
      this.rejected = "";
      this.draw(coarse);
      const [first, last] = [coarse.windows[0], coarse.windows.at(-1)];
      if (!first || !last) return;
      const step = Math.max(1, (last.within - first.within) / FINE);
      const windows = coarse.windows.map((one) => one.within);
      for (let at = first.within; at < last.within && windows.length < 100; at += step)
        windows.push(Math.round(at));
      const fine = await this.calculate(assumed, windows);
      if (fine && !isOutdated()) this.draw({ ...fine, best: coarse.best });
    } catch (error) {
      this.blame(error);
    }
  }

  private async readGaps() {
    const { observe } = this;
    try {
      const observed = observe ? await observe() : [];
      if (observe !== this.observe) return;
      this.observed = observed.filter(({ gaps }) => gaps.length > 0);
      this.deployment = 0;
    } catch (error) {
      this.blame(error);
    }
  }

  private draw(curve: WindowCurve) {
    this.curve = curve;
    this.points = curve.windows.flatMap(({ within, falseAlarms, detection }) =>
      detection
        ? {
            within,
            delay: detection.median,
            delay95: detection.p95,
            alarms: falseAlarms.per1000RunHours,
            low: falseAlarms.low,
            high: falseAlarms.high,
          }
        : [],
    );
  }

  private async settle() {
    const { within, assumed } = this;
    if (within < 10) return;
    try {
      const found = await this.look(assumed, [within]);
      if (found && within === this.within) this.here = found.windows[0];
    } catch (error) {
      this.blame(error);
    }
  }

  private blame(error: unknown) {
    if (error instanceof InputError) this.rejected = error.message;
    else this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
  }

  private set(within: number) {
    this.dispatchEvent(new CustomEvent("within", { detail: within, bubbles: true }));
  }

  protected override render() {
    const { curve, points, within, rejected } = this;
    return html`<section class="tuning panel" aria-labelledby="tuning-title">
      <header><h2 id="tuning-title">False alarms and delay</h2>
        <span class="soft">Heartbeats every ${span(this.assumed.frequency)}</span></header>
      <div class="body">
        <div class="charts">
          <p class="soft">False alarms per 1,000 run-hours. Move the point along the curve: it changes <code>within</code> in the automation.</p>
          ${
            points.length > 0
              ? html`<simulate-curve .points=${points} .within=${within} .former=${this.former}
                  .best=${curve?.best ?? undefined} .target=${curve?.target.per1000RunHours}></simulate-curve>`
              : html`<p class="loading" role="status">Calculating…</p>`
          }
          ${this.renderSigns()}
          ${this.renderGaps()}
        </div>
        <div class="figures">
          ${rejected ? html`<p class="error" role="alert">${prose(rejected)}</p>` : this.renderFigures()}
          <fieldset>
            <legend>Assumptions</legend>
            ${FIELDS.map((field) => this.renderField(field))}
          </fieldset>
        </div>
      </div>
    </section>`;
  }

  private renderGaps() {
    const { observed, deployment, within } = this;
    const shown = observed[deployment];
    if (!shown) return nothing;
    const longer = shown.gaps
      .filter(({ from }) => from >= within)
      .reduce((sum, { count }) => sum + count, 0);
    const says = `${plural(shown.heartbeats, "captured heartbeat")} of ${shown.name}: ${plural(longer, "gap")} of ${span(within)} or longer`;
    return html`
      ${
        observed.length > 1
          ? html`<label>Heartbeats of
              <select @change=${(event: Event) => {
                this.deployment = Number((event.target as HTMLSelectElement).value);
              }}>${observed.map((one, index) => html`<option value=${index} ?selected=${index === deployment}>${one.name}</option>`)}</select>
            </label>`
          : nothing
      }
      <simulate-gaps role="img" aria-label=${says} .bins=${shown.gaps} .within=${within}></simulate-gaps>
      <p class="soft">${says}</p>
    `;
  }

  private renderSigns() {
    const { curve, former, within } = this;
    return html`<ul class="signs" aria-label="Signs of the curve">
      <li><span class="sign handle"></span>the window in the automation, ${span(within)}</li>
      ${former === within ? nothing : html`<li><span class="sign former"></span>before, ${span(former ?? 0)}</li>`}
      ${curve?.best == null ? nothing : html`<li><span class="sign best"></span>shortest that meets the target, ${span(curve.best)}</li>`}
      <li><span class="sign target"></span>the target</li>
    </ul>`;
  }

  private renderFigures() {
    const { here, curve, within, assumed } = this;
    if (!curve) return nothing;
    const { best } = curve;
    const current = here?.within === within ? here : undefined;
    return html`<dl aria-live="polite">
        <div><dt>A window of</dt><dd><strong>${span(within)}</strong></dd></div>
        <div><dt>False alarms</dt><dd>${
          current
            ? html`<strong>${rate(current.falseAlarms.expected)}</strong> a month over ${plural(assumed.runs, "run")}${
                current.falseAlarms.method === "simulation"
                  ? html`<br /><span class="soft">${rate(current.falseAlarms.per1000RunHours)} per 1,000 run-hours; 95 %: ${rate(current.falseAlarms.low)} to ${rate(current.falseAlarms.high)}</span>`
                  : html`<br /><span class="soft">${rate(current.falseAlarms.per1000RunHours)} per 1,000 run-hours, by formula</span>`
              }`
            : "…"
        }</dd></div>
        <div><dt>Detects</dt><dd>${
          current?.detection
            ? html`after <strong>${span(Math.round(current.detection.median))}</strong>; 95 % of dead runs after ${span(Math.round(current.detection.p95))}`
            : current
              ? "no dead run"
              : "…"
        }</dd></div>
        <div><dt>The target</dt><dd>${
          best == null
            ? "no window of these meets it"
            : html`is met from ${span(best)} <button ?disabled=${best === within} @click=${() => this.set(best)}>Set <code>within: ${best}</code></button>`
        }</dd></div>
      </dl>`;
  }

  private renderField({ key, label, unit, least, most, scale = 1 }: Field) {
    const value = Number((this.assumed[key] * scale).toPrecision(10));
    return html`<label><span>${label}</span> <span class="value"><input type="number" min=${least} max=${most} step="any" .value=${String(value)}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const { valueAsNumber } = input;
        const taken = Number.isFinite(valueAsNumber)
          ? Math.min(most, Math.max(least, valueAsNumber))
          : value;
        input.value = String(taken);
        const whole = key === "runs" || key === "target" ? Math.round(taken) : taken;
        if (whole !== value) this.entered = { ...this.entered, [key]: whole / scale };
      }} />${unit}</span></label>`;
  }
}
