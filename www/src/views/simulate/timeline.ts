// The timeline: names and outcomes are text, the marks are a canvas. For the keyboard, it is one widget.

import { scaleUtc } from "d3-scale";
import { select } from "d3-selection";
import { utcFormat } from "d3-time-format";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import type { Lane, ListedDecision, Scene } from "../../core/functions/scenes.ts";
import { announce } from "../../ui/announce.ts";
import { prose } from "../../ui/prose.ts";
import { COLOURS, type Colours, deathOf, type LaneShape, openAt, paint } from "./paint.ts";
import { clock, day, span } from "./summary.ts";
import "./timeline.css";

/** Wide: names and outcomes are beside the lanes. Narrow: they are above the lanes. */
const WIDE: LaneShape = { height: 54, track: 19, base: 43 };
const NARROW: LaneShape = { height: 76, track: 43, base: 66 };
/** Of the whole widget, in pixels. */
const NARROW_BELOW = 720;
/** Maximum distance of the pointer from a mark, in pixels. */
const NEAR = 7;
const DAY = 86_400_000;
/** The order of interest of simultaneous decisions. */
const WEIGHT: { [kind: string]: number } = { fired: 4, disarmed: 3, armed: 2, rearmed: 1 };

interface Looked {
  lane: number;
  mark: number;
}

/** Whether some lanes fired and others did not, so that a filter is useful. */
const canFilter = ({ lanes, firedLanes }: Scene) => firedLanes > 0 && firedLanes < lanes.length;

@customElement("simulate-timeline")
export class Timeline extends LitElement {
  @property({ attribute: false }) whole: Scene | undefined;
  /** The lanes that are drawn: all, or those that fired. */
  @state() private scene: Scene | undefined;
  @property({ type: Boolean }) onlyFired = false;
  /** Whether the timeline is of an earlier text. */
  @property({ type: Boolean }) stale = false;
  /** The decision selected here or in the list. */
  @property({ attribute: false }) chosen: number | undefined;
  /** Fetches the decisions of a lane. */
  @property({ attribute: false }) fetchDecisions: (lane: number) => Promise<ListedDecision[]> =
    async () => [];

  @state() private wide = true;
  @state() private looked: Looked | undefined;
  @state() private decision: ListedDecision | undefined;
  private cursor: number | undefined;
  @state() private legend = false;
  /** A mark under the pointer that is not a decision: a missing heartbeat, a death. */
  @state() private remark = "";
  private pointedLane: number | undefined;
  private tip = { x: 0, y: 0 };

  private transform: ZoomTransform = zoomIdentity;
  private readonly zooming = zoom<HTMLElement, unknown>()
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
      // One finger scrolls the page.
      if ("touches" in event) return (event as TouchEvent).touches.length > 1;
      return !(event as MouseEvent).button;
    })
    .on("zoom", (event: D3ZoomEvent<HTMLElement, unknown>) => {
      this.transform = event.transform;
      this.draw();
    });
  private width = 0;
  private shown = 0;
  private frame = 0;
  private colours: Colours | undefined;
  private readonly resized = new ResizeObserver(() => this.measure());
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private lanes: { scene: number; decisions: Map<number, Promise<ListedDecision[]>> } = {
    scene: -1,
    decisions: new Map(),
  };
  /** Number of drawn frames, for tests of smoothness. */
  frames = 0;

  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.resized.observe(this);
    addEventListener("themechange", this.recolour);
    this.dark.addEventListener("change", this.recolour);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
    removeEventListener("themechange", this.recolour);
    this.dark.removeEventListener("change", this.recolour);
    cancelAnimationFrame(this.frame);
  }

  private get plot() {
    return this.querySelector<HTMLElement>(".plot");
  }

  private get lane() {
    return this.wide ? WIDE : NARROW;
  }

  private get x() {
    const { start = 0, end = 1 } = this.scene ?? {};
    // Marks at the edges are fully visible.
    return this.transform.rescaleX(
      scaleUtc()
        .domain([start - 1500, end])
        .range([10, Math.max(20, this.width - 12)]),
    );
  }

  private readonly recolour = () => {
    this.colours = undefined;
    this.draw();
  };

  /** The current styles, because a canvas cannot use custom properties. */
  private readColours(): Colours {
    const probe = document.createElement("span");
    this.append(probe);
    const read = COLOURS.map((name) => {
      // Read the surface as a background, so that forced colours treat it as one.
      const as = name === "surface" ? "backgroundColor" : "color";
      probe.style[as] = `var(--${name})`;
      return [name, getComputedStyle(probe)[as]];
    });
    probe.remove();
    return Object.fromEntries(read) as Colours;
  }

  protected override firstUpdated() {
    const { plot } = this;
    if (plot) select(plot).call(this.zooming).on("dblclick.zoom", null);
    plot?.addEventListener("dblclick", (event) => {
      const [left] = [plot.getBoundingClientRect().left];
      this.scaleBy(event.shiftKey ? 1 / 2 : 2, event.clientX - left);
    });
    this.measure();
  }

  protected override willUpdate(changed: PropertyValues) {
    if (!changed.has("whole") && !changed.has("onlyFired")) return;
    const { whole } = this;
    this.scene =
      whole && this.onlyFired && canFilter(whole)
        ? { ...whole, lanes: whole.lanes.slice(0, whole.firedLanes) }
        : whole;
  }

  protected override updated(changed: PropertyValues) {
    if (changed.has("scene")) {
      if (this.lanes.scene !== this.scene?.number)
        this.lanes = { scene: this.scene?.number ?? -1, decisions: new Map() };
      void this.look(undefined);
      const before = changed.get("scene") as Scene | undefined;
      if (
        before?.lanes.length !== this.scene?.lanes.length ||
        before?.start !== this.scene?.start ||
        before?.end !== this.scene?.end
      )
        this.measure();
    }
    if (changed.has("chosen") && this.chosen !== undefined) this.reveal(this.chosen);
    this.draw();
  }

  private measure() {
    const { plot } = this;
    const scroller = this.querySelector<HTMLElement>(".scroller");
    const canvas = this.querySelector("canvas");
    if (!plot || !scroller || !canvas) return;
    this.wide = this.clientWidth >= NARROW_BELOW;
    const width = plot.clientWidth;
    const height = Math.min(
      scroller.clientHeight,
      (this.scene?.lanes.length ?? 0) * this.lane.height,
    );
    const ratio = Math.min(3, devicePixelRatio);
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
    }
    this.width = width;
    this.shown = height;
    this.zooming
      .extent([
        [0, 0],
        [width, 1],
      ])
      .translateExtent([
        [0, 0],
        [width, 1],
      ])
      .scaleExtent([1, Math.max(1, this.length / 10_000)]);
    this.draw();
  }

  private clock(time: number, precise = false) {
    return clock(time, { precise, dated: this.scene?.dated ?? false });
  }

  private get length() {
    return this.scene ? this.scene.end - this.scene.start : 1;
  }

  /** At most once per frame. */
  private draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawNow();
    });
  }

  private drawNow() {
    const { scene } = this;
    const context = this.querySelector("canvas")?.getContext("2d");
    const scroller = this.querySelector<HTMLElement>(".scroller");
    if (!scene || !context || !scroller) return;
    const ratio = Math.min(3, devicePixelRatio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.colours ??= this.readColours();
    const x = this.x;
    paint(context, {
      scene,
      x: (time) => x(time),
      width: this.width,
      height: this.shown,
      top: scroller.scrollTop,
      lane: this.lane,
      cursor: this.cursor,
      looked: this.looked,
      colours: this.colours,
    });
    this.drawAxis();
    const now = this.querySelector(".now");
    if (now && now.textContent !== this.now) now.textContent = this.now;
    this.frames += 1;
  }

  private drawAxis() {
    const axis = this.querySelector<HTMLElement>(".axis .times");
    if (!axis) return;
    const x = this.x;
    const times = x.ticks(Math.max(2, Math.floor(this.width / 90)));
    const step = (times[1]?.getTime() ?? 0) - (times[0]?.getTime() ?? 0);
    const timeOfDay = utcFormat(
      step % 60_000 === 0 ? "%H:%M" : step % 1000 === 0 ? "%H:%M:%S" : "%S.%L",
    );
    const isDated = this.scene?.dated;
    // At midnight and at the start of the scale, the label shows the date.
    const format = (time: Date, index: number) =>
      isDated && (index === 0 || time.getTime() % DAY === 0)
        ? `${day(time.getTime())}${time.getTime() % DAY === 0 ? "" : ` ${timeOfDay(time)}`}`
        : timeOfDay(time);
    while (axis.childElementCount > times.length) axis.lastElementChild?.remove();
    times.forEach((time, index) => {
      const label = axis.children[index] ?? axis.appendChild(document.createElement("span"));
      const text = format(time, index);
      if (label.textContent !== text) label.textContent = text;
      (label as HTMLElement).style.transform =
        `translateX(${Math.max(20, Math.min(this.width - 20, x(time)))}px) translateX(-50%)`;
    });
  }

  private scaleBy(factor: number, at?: number) {
    const { plot } = this;
    if (!plot) return;
    const centre = at ?? (this.cursor === undefined ? this.width / 2 : this.x(this.cursor));
    this.zooming.scaleBy(select(plot), factor, [Math.max(0, Math.min(this.width, centre)), 0]);
  }

  private panBy(share: number) {
    const { plot } = this;
    if (plot) this.zooming.translateBy(select(plot), (share * this.width) / this.transform.k, 0);
  }

  private fit() {
    const { plot } = this;
    if (plot) this.zooming.transform(select(plot), zoomIdentity);
  }

  /** Focuses a decision: fetches its text, and shows it if the decision is still focused. */
  private async look(looked: Looked | undefined, say = false) {
    if (looked?.lane === this.looked?.lane && looked?.mark === this.looked?.mark && !say) return;
    this.looked = looked;
    if (looked) this.remark = "";
    this.decision = undefined;
    this.draw();
    const { scene } = this;
    if (!looked || !scene) return;
    const lane = scene.lanes[looked.lane];
    const index = lane?.decisions[looked.mark];
    this.cursor = lane?.times[looked.mark];
    const decision = (await this.decisionsOf(looked.lane)).find((one) => one.decision === index);
    if (this.looked !== looked || this.scene !== scene || !decision) return;
    this.decision = decision;
    if (say)
      announce(
        `${lane?.name}, ${this.clock(decision.at)}, ${decision.kind}: ${decision.reason}. ${looked.mark + 1} of ${lane?.times.length}`,
      );
  }

  private decisionsOf(lane: number): Promise<ListedDecision[]> {
    let decisions = this.lanes.decisions.get(lane);
    if (!decisions) {
      decisions = this.fetchDecisions(lane);
      this.lanes.decisions.set(lane, decisions);
    }
    return decisions;
  }

  private choose(decision: number | undefined) {
    if (decision !== undefined)
      this.dispatchEvent(new CustomEvent("choose", { detail: decision, bubbles: true }));
  }

  /** Scrolls to a decision that was selected elsewhere. */
  private reveal(decision: number) {
    const { scene, plot } = this;
    if (!scene || !plot) return;
    for (const [index, lane] of scene.lanes.entries()) {
      const mark = lane.decisions.indexOf(decision);
      if (mark < 0) continue;
      const place = this.x(lane.times[mark] ?? 0);
      if (place < 20 || place > this.width - 20)
        this.zooming.translateTo(select(plot), this.transform.invertX(place), 0);
      this.showLane(index);
      this.place(index, lane.times[mark] ?? 0);
      void this.look({ lane: index, mark });
    }
  }

  private showLane(index: number) {
    const scroller = this.querySelector<HTMLElement>(".scroller");
    if (!scroller) return;
    const { height } = this.lane;
    if (index * height < scroller.scrollTop) scroller.scrollTop = index * height;
    else if ((index + 1) * height > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = (index + 1) * height - scroller.clientHeight;
  }

  /** Places the tip below its mark. */
  private place(lane: number, time: number) {
    const scroller = this.querySelector<HTMLElement>(".scroller");
    this.tip = {
      x: Math.max(0, Math.min(this.width, this.x(time))),
      y: (lane + 1) * this.lane.height - (scroller?.scrollTop ?? 0),
    };
  }

  private readonly pointed = (event: PointerEvent) => {
    const { scene, plot } = this;
    if (!scene || !plot) return;
    const box = plot.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const index = Math.floor(y / this.lane.height);
    const lane = scene.lanes[index];
    this.cursor = this.x.invert(x).getTime();
    const mark = lane && this.nearest(lane, x);
    if (lane && mark !== undefined) {
      this.place(index, lane.times[mark] ?? 0);
      void this.look({ lane: index, mark });
      this.remark = "";
    } else {
      void this.look(undefined);
      this.remark = lane ? this.remarkOn(lane, x) : "";
      if (this.remark) this.place(index, this.cursor);
    }
    this.pointedLane = lane && index;
    this.draw();
  };

  private remarkOn(lane: Lane, at: number): string {
    const x = this.x;
    const near = (time: number) => Math.abs(x(time) - at) <= NEAR;
    const missed = lane.missed.find(near);
    if (missed !== undefined)
      return `At ${this.clock(missed, true)} a heartbeat was due, but none arrived.`;
    const dies = deathOf(lane);
    if (dies !== undefined && near(dies))
      return `At ${this.clock(dies, true)} the process dies silently.`;
    return "";
  }

  /** The time at the cursor, and the remaining time of the window there. */
  private get now(): string {
    const { cursor, scene } = this;
    if (cursor === undefined) return "";
    const lane = scene?.lanes[this.looked?.lane ?? this.pointedLane ?? -1];
    const window = lane && openAt(lane, cursor);
    if (!lane || !window?.waits) return this.clock(cursor, true);
    const left = Math.round((window.end - cursor) / 1000);
    return `${this.clock(cursor, true)} · ${lane.name}: ${left > 0 ? `${span(left)} left` : "the window is over"}`;
  }

  private nearest(lane: Lane, at: number): number | undefined {
    const x = this.x;
    let best: number | undefined;
    let least = -Infinity;
    for (const [mark, time] of lane.times.entries()) {
      const far = Math.abs(x(time) - at);
      if (far > NEAR) continue;
      const worth = (WEIGHT[lane.kinds[mark] ?? ""] ?? 0) * NEAR - far;
      if (worth > least) [best, least] = [mark, worth];
    }
    return best;
  }

  private readonly left = (event?: Event) => {
    // Lifting a finger does not leave the timeline.
    if (event instanceof PointerEvent && event.pointerType === "touch") return;
    this.cursor = undefined;
    this.pointedLane = undefined;
    this.remark = "";
    void this.look(undefined);
  };

  private readonly clicked = () => {
    const { looked, scene } = this;
    if (looked) this.choose(scene?.lanes[looked.lane]?.decisions[looked.mark]);
  };

  private readonly pressed = (event: KeyboardEvent) => {
    const { scene } = this;
    if (!scene || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: { [key: string]: () => void } = {
      "+": () => this.scaleBy(1.5),
      "=": () => this.scaleBy(1.5),
      "-": () => this.scaleBy(1 / 1.5),
      "0": () => this.fit(),
      ArrowLeft: () => (event.shiftKey ? this.panBy(0.2) : this.step(-1)),
      ArrowRight: () => (event.shiftKey ? this.panBy(-0.2) : this.step(1)),
      ArrowUp: () => this.change(-1),
      ArrowDown: () => this.change(1),
      Home: () => this.step(-Infinity),
      End: () => this.step(Infinity),
      Enter: this.clicked,
      " ": this.clicked,
      Escape: () => this.left(),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  /** Moves to another decision of the lane. */
  private step(by: number) {
    const { scene, looked } = this;
    const lane = looked?.lane ?? 0;
    const count = scene?.lanes[lane]?.times.length ?? 0;
    const from = looked?.mark ?? (by > 0 ? -1 : count);
    this.goTo(lane, Math.max(0, Math.min(count - 1, from + by)));
  }

  /** Moves to the decision of another lane that is nearest in time. */
  private change(by: number) {
    const { scene, looked } = this;
    if (!scene) return;
    const index = looked
      ? Math.max(0, Math.min(scene.lanes.length - 1, looked.lane + by))
      : by > 0
        ? 0
        : scene.lanes.length - 1;
    const lane = scene.lanes[index];
    if (!lane) return;
    const at = this.cursor ?? scene.start;
    let nearest = 0;
    lane.times.forEach((time, mark) => {
      if (Math.abs(time - at) < Math.abs((lane.times[nearest] ?? 0) - at)) nearest = mark;
    });
    this.goTo(index, nearest);
  }

  private goTo(lane: number, mark: number) {
    const time = this.scene?.lanes[lane]?.times[mark];
    const { plot } = this;
    if (time === undefined || !plot) return;
    const place = this.x(time);
    if (place < 0 || place > this.width)
      this.zooming.translateTo(select(plot), this.transform.invertX(place), 0);
    this.showLane(lane);
    this.place(lane, time);
    void this.look({ lane, mark }, true);
  }

  protected override render() {
    const { scene, lane } = this;
    if (!scene) return nothing;
    const high = scene.lanes.length * lane.height;
    return html`
      <div class="timeline ${this.wide ? "wide" : "narrow"} ${this.stale ? "stale" : ""}">
        <header>
          <h2>Timeline</h2>
          <p class="now" aria-hidden="true"></p>
          ${
            this.whole && canFilter(this.whole)
              ? html`<label class="filter"><input type="checkbox" .checked=${this.onlyFired} @change=${(
                  event: Event,
                ) => {
                  const { checked } = event.target as HTMLInputElement;
                  this.dispatchEvent(new CustomEvent("only-fired", { detail: checked }));
                }} /> Only fired (${this.whole.firedLanes} of ${this.whole.lanes.length})</label>`
              : nothing
          }
          <button aria-expanded=${this.legend} aria-controls="timeline-keys" @click=${() => {
            this.legend = !this.legend;
          }}>Keys</button>
          <div class="zoom" role="group" aria-label="Zoom">
            <button @click=${() => this.scaleBy(1 / 1.5)} aria-label="Zoom out">−</button>
            <button @click=${() => this.scaleBy(1.5)} aria-label="Zoom in">+</button>
            <button @click=${() => this.fit()}>Fit</button>
          </div>
        </header>
        <p class="keys" id="timeline-keys" ?hidden=${!this.legend}>
          <kbd>←</kbd> <kbd>→</kbd> decisions, <kbd>↑</kbd> <kbd>↓</kbd> runs, <kbd>Enter</kbd> shows the decision in the list,
          <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom, <kbd>Shift</kbd> with <kbd>←</kbd> <kbd>→</kbd> moves.
          With the pointer: drag, double click, <kbd>Ctrl</kbd> with the wheel.
        </p>
        <div class="chart">
          <div class="axis" aria-hidden="true"><div class="times"></div></div>
          <div class="scroller" @scroll=${() => this.draw()}>
            <ol class="lanes" aria-label="Runs and their outcomes" style="height:${high}px">
              ${guard([scene, lane], () =>
                scene.lanes.map((one) => {
                  const fires = one.fired.some(({ ifSilent }) => !ifSilent);
                  const tone = one.wrong ? "bad" : fires ? "good" : "plain";
                  return html`<li style="height:${lane.height}px">
                  <span class="run" title=${one.name}>${one.name}</span>
                  <span class="outcome ${tone}">${one.caption}</span>
                </li>`;
                }),
              )}
            </ol>
            <div
              class="plot"
              role="application"
              aria-roledescription="timeline"
              aria-label="Timeline of ${scene.lanes.length} lanes. Left and right: decisions. Up and down: lanes. Enter: show in the list. Plus, minus and zero: zoom."
              tabindex="0"
              style="height:${high}px"
              @pointermove=${this.pointed}
              @pointerdown=${this.pointed}
              @pointerleave=${this.left}
              @click=${this.clicked}
              @keydown=${this.pressed}
            ><canvas aria-hidden="true"></canvas></div>
          </div>
          ${this.renderTip()}
        </div>
        ${this.renderLegend(scene)}
      </div>
    `;
  }

  private renderTip() {
    const { looked, decision, scene, cursor } = this;
    const lane = looked && scene?.lanes[looked.lane];
    const side = this.tip.x > this.width * 0.55 ? "before" : "after";
    if (this.remark)
      return html`<div class="tip ${side}" style="--x:${this.tip.x}px;--y:${this.tip.y}px" aria-hidden="true"><p>${this.remark}</p></div>`;
    if (!lane || !decision) return nothing;
    const window = cursor === undefined ? undefined : openAt(lane, cursor);
    return html`<div class="tip ${side}" style="--x:${this.tip.x}px;--y:${this.tip.y}px" aria-hidden="true">
      <p class="when"><strong class="kind ${decision.kind}">${decision.kind}</strong> <span>${this.clock(decision.at, true)}</span> <span>${lane.name}</span></p>
      <p>${prose(decision.reason)}</p>
      ${
        window && window.end > decision.at
          ? html`<p class="soft">${span(Math.round((window.end - decision.at) / 100) / 10)} left</p>`
          : nothing
      }
    </div>`;
  }

  private renderLegend({ tick, lanes }: Scene) {
    const some = (has: (lane: Lane) => boolean) => lanes.some(has);
    return html`
      <ul class="legend" aria-label="Signs">
        ${some((lane) => lane.waits) ? html`<li><span class="sign fuse"></span>time left before firing; at zero it fires on the next check (every ${span(tick / 1000)})</li>` : nothing}
        ${some((lane) => lane.reactive) ? html`<li><span class="sign window"></span>open window that counts events</li>` : nothing}
        ${some((lane) => lane.heartbeats.length > 0) ? html`<li><span class="sign heartbeat"></span>heartbeat</li>` : nothing}
        ${some((lane) => lane.missed.length > 0) ? html`<li><span class="sign missed"></span>missing heartbeat</li>` : nothing}
        ${some((lane) => lane.fired.some((one) => one.falseAlarm)) ? html`<li><span class="sign fire">▲</span>fired on a run that was alive or had finished</li>` : nothing}
        ${some((lane) => lane.fired.some((one) => !one.child && !one.ifSilent && !one.falseAlarm)) ? html`<li><span class="sign fire">◆</span>fired</li>` : nothing}
        ${some((lane) => lane.fired.some((one) => one.child && !one.ifSilent)) ? html`<li><span class="sign fire">◇</span>a child of the compound trigger fired</li>` : nothing}
        ${some((lane) => lane.fired.some((one) => one.ifSilent)) ? html`<li><span class="sign fire">◇</span>fires only if nothing comes after the last event (dashed)</li>` : nothing}
        ${some((lane) => deathOf(lane) !== undefined) ? html`<li><span class="sign">✕</span>the process dies</li>` : nothing}
      </ul>
    `;
  }
}
