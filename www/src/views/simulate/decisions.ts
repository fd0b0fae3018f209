// The list of decisions beside the timeline.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ListedDecision, Scene } from "../../core/functions/scenes.ts";
import { SERVER_FAULTS } from "../../links.ts";
import { prose } from "../../ui/prose.ts";
import { clock, ended } from "./summary.ts";
import "./decisions.css";

/** Number of rows added at a time. */
const PAGE = 200;

@customElement("simulate-decisions")
export class Decisions extends LitElement {
  @property({ attribute: false }) scene: Scene | undefined;
  @property({ attribute: false }) chosen: number | undefined;
  @property({ attribute: false }) fetchDecisions: (
    lane: number | undefined,
    all: boolean,
  ) => Promise<ListedDecision[]> = async () => [];

  @state() private lane: number | undefined;
  @state() private all = false;
  @state() private listed: ListedDecision[] = [];
  @state() private most = PAGE;

  protected override createRenderRoot() {
    return this;
  }

  protected override willUpdate(changed: PropertyValues) {
    if (changed.has("scene") && (this.lane ?? 0) >= (this.scene?.lanes.length ?? 0))
      this.lane = undefined;
    if (changed.has("scene") || changed.has("lane") || changed.has("all")) void this.fetch();
  }

  private async fetch() {
    const { scene, lane, all } = this;
    if (!scene) return;
    const listed = await this.fetchDecisions(lane, all);
    if (scene !== this.scene || lane !== this.lane || all !== this.all) return;
    this.listed = listed;
    this.most = PAGE;
  }

  protected override async updated(changed: PropertyValues) {
    if (!changed.has("chosen") || this.chosen === undefined) return;
    // A decision hidden by the filter is shown with all decisions of its lane.
    if (!this.listed.some((one) => one.decision === this.chosen)) {
      const lane = this.scene?.lanes.findIndex((one) => one.decisions.includes(this.chosen ?? -1));
      if (lane === undefined || lane < 0) return;
      this.lane = lane;
      this.all = true;
      await this.fetch();
    }
    const at = this.listed.findIndex((one) => one.decision === this.chosen);
    if (at >= this.most) this.most = at + PAGE;
    await this.updateComplete;
    const list = this.querySelector<HTMLElement>("ol");
    const row = this.querySelector<HTMLElement>("[aria-current]");
    // Only the list scrolls, not the page.
    if (list && row) {
      const top = row.offsetTop - list.offsetTop;
      if (top < list.scrollTop || top + row.offsetHeight > list.scrollTop + list.clientHeight)
        list.scrollTop = top - list.clientHeight / 3;
    }
  }

  protected override render() {
    const { scene, listed, most } = this;
    if (!scene) return nothing;
    return html`
      <section class="decisions" aria-labelledby="decisions-title">
        <header>
          <h2 id="decisions-title">Decisions</h2>
          <select aria-label="Decisions of" @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            this.lane = value === "" ? undefined : Number(value);
          }}>
            <option value="" ?selected=${this.lane === undefined}>All lanes</option>
            ${scene.lanes.map(
              (one, index) =>
                html`<option value=${index} ?selected=${index === this.lane}>${one.name}</option>`,
            )}
          </select>
          <label><input type="checkbox" .checked=${this.all} @change=${(event: Event) => {
            this.all = (event.target as HTMLInputElement).checked;
          }} /> Each heartbeat</label>
        </header>
        ${
          listed.length === 0
            ? html`<p class="empty">${scene.reason === undefined ? "Nothing was decided." : html`Nothing was decided: ${prose(ended(scene.reason))}`}</p>`
            : html`<ol tabindex="-1">
                ${listed.slice(0, most).map((one) => this.renderOne(one, scene))}
                ${
                  listed.length > most
                    ? html`<li><button @click=${() => {
                        this.most += PAGE;
                      }}>Show more of ${listed.length}</button></li>`
                    : nothing
                }
              </ol>`
        }
      </section>
    `;
  }

  private renderOne({ decision, at, kind, reason, fault, lane }: ListedDecision, scene: Scene) {
    return html`<li>
      <button class="plain" aria-current=${decision === this.chosen ? "true" : nothing}
        @click=${() => this.dispatchEvent(new CustomEvent("choose", { detail: decision, bubbles: true }))}>
        <span class="head">
          <time>${clock(at, { precise: true, dated: scene.dated })}</time>
          <strong class="kind ${kind}">${kind}</strong>
          <span class="run">${scene.lanes[lane]?.name}</span>
        </span>
        <span class="reason">${prose(reason)}</span>
      </button>
      ${fault ? html`<p class="fault-name">A server fault: <a href="${SERVER_FAULTS}#${fault}" target="_blank" rel="noreferrer">${fault}</a></p>` : nothing}
    </li>`;
  }
}
