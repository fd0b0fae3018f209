// The panel "What the actions do": the actions of the chosen firing, rendered as the server would.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { InputError } from "../../core/client.ts";
import type { RenderedFiring } from "../../core/functions/actions.ts";
import type { Fired, Lane, Scene } from "../../core/functions/scenes.ts";
import { prose } from "../../ui/prose.ts";
import { clock, ended } from "./summary.ts";
import "./actions.css";

type Action = RenderedFiring["actions"][number];
type Nothing = NonNullable<NonNullable<Action["texts"]>[number]["nothing"]>;

/** Where a value comes from. */
const SOURCES = {
  fromEvents: "from the event",
  given: "given below",
  unknown: "only the server knows it",
};

@customElement("simulate-actions")
export class Actions extends LitElement {
  @property({ attribute: false }) scene: Scene | undefined;
  /** The index of the chosen decision. */
  @property({ attribute: false }) chosen: number | undefined;
  @property({ attribute: false }) fetchActions: (given: string) => Promise<RenderedFiring[]> =
    async () => [];

  @state() private given = "";
  @state() private rendered: RenderedFiring[] | undefined;
  @state() private rejected = "";

  protected override createRenderRoot() {
    return this;
  }

  private get firing(): { lane: Lane; fired: Fired } | undefined {
    for (const lane of this.scene?.lanes ?? []) {
      const fired = lane.fired.find(({ decision }) => decision === this.chosen);
      if (fired && this.chosen !== undefined) return { lane, fired };
    }
    return undefined;
  }

  protected override willUpdate(changed: PropertyValues) {
    if (changed.has("scene")) this.rendered = undefined;
    const asked = changed.has("given") || this.rendered === undefined;
    if (asked && this.firing) void this.fetch();
  }

  private async fetch() {
    const { scene, given } = this;
    this.rendered ??= [];
    try {
      const rendered = await this.fetchActions(given);
      if (scene !== this.scene || given !== this.given) return;
      this.rendered = rendered;
      this.rejected = "";
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.rejected = error.message;
    }
  }

  protected override render() {
    const { scene, firing, rendered } = this;
    if (!scene || !firing) return nothing;
    const { lane, fired } = firing;
    const own = rendered?.find(({ firing }) => isSame(firing, fired, lane));
    return html`
      <section aria-labelledby="actions-title">
        <header>
          <h2 id="actions-title">What the actions do</h2>
          <p><time>${clock(fired.at, { precise: true, dated: scene.dated })}</time> ${lane.name}</p>
        </header>
        ${this.rejected ? html`<p class="rejected" role="alert">${this.rejected}</p>` : nothing}
        ${
          fired.child
            ? html`<p>A child of the trigger fired: only the automation’s own firing acts.</p>`
            : own?.actions.map(renderAction)
        }
        ${own?.actions.length === 0 ? html`<p>The automation has no actions.</p>` : nothing}
        <label>
          Objects that only the server knows, as JSON
          <textarea rows="3" spellcheck="false" placeholder='{"flow_run": {"parameters": {"day": 1}}}'
            .value=${this.given}
            @change=${(event: Event) => {
              this.given = (event.target as HTMLTextAreaElement).value;
            }}></textarea>
        </label>
      </section>
    `;
  }
}

/** Whether a firing of the simulation is the one of a lane: several lanes can fire in the same millisecond. */
function isSame({ at, labels }: RenderedFiring["firing"], fired: Fired, lane: Lane) {
  const values = Object.values(labels);
  return (
    Date.parse(at) === Math.floor(fired.at) &&
    (lane.id === undefined || values.length === 0 || values.includes(lane.id))
  );
}

function renderAction(action: Action) {
  const {
    summary,
    texts = [],
    parameters,
    fromTemplates = [],
    uses = [],
    failure,
    unknown,
  } = action;
  return html`
    <article>
      <h3><code>${action.type}</code>${
        action.list === "actions_on_trigger" ? html` <span>when it triggers</span>` : nothing
      }</h3>
      <p>${prose(ended(summary))}</p>
      ${
        failure
          ? html`<p class="failure">The action fails: ${failure.reason}${failure.detail ? html` <span>${failure.detail}</span>` : nothing}</p>`
          : nothing
      }
      ${unknown ? html`<p>${prose(ended(unknown))}</p>` : nothing}
      <dl>
        ${texts.map(
          ({ field, text, nothing: none }) => html`
            <dt>${field}</dt>
            <dd>${text === undefined ? nothing : html`<pre>${text}</pre>`}${renderNothing(none)}</dd>
          `,
        )}
        ${
          parameters
            ? html`<dt>parameters</dt><dd><pre>${JSON.stringify(parameters, null, 2)}</pre></dd>`
            : nothing
        }
        ${fromTemplates.map(
          ({ pointer, type, hint, nothing: none }) => html`
            <dt><code>${pointer}</code></dt>
            <dd>${type === undefined ? "not rendered" : `a ${type}`}${hint ? html`: ${prose(hint)}` : nothing}${renderNothing(none)}</dd>
          `,
        )}
        ${uses.map(
          ({ name, source }) =>
            html`<dt><code>${name}</code></dt><dd class=${source}>${SOURCES[source]}</dd>`,
        )}
      </dl>
    </article>
  `;
}

function renderNothing(all: Nothing = []) {
  return all.map(
    ({ expression, line, near }) =>
      html`<p class="nothing"><code>${expression}</code> in line ${line} renders to nothing${
        near === undefined ? "" : html`: did you mean <code>${near}</code>?`
      }</p>`,
  );
}
