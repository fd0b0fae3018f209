// The view Build: choose an event, fill in a form, and see the event beside it.

import "@fontsource/ibm-plex-mono/latin-400.css";
import { html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { BuiltEvent, EventType, InputKey } from "prefect-events";
import { authoring, catalogue, events, InputError, latest } from "../../core/client.ts";
import { MOST_LEVELS } from "../../state/levels.ts";
import { announce } from "../../ui/announce.ts";
import { jsonText } from "../../ui/long-text.ts";
import { code, fence, sentence as prose } from "../../ui/markdown.ts";
import { View } from "../view.ts";
import "./choice.ts";
import { type Form, fieldId, firstFold, foldOf, formFields, type Problem, SELF } from "./form.ts";
import { at, known, textOf, tooDeep, typed, withValue } from "./given.ts";
import { changed } from "./json-view.ts";
import { type Choice, choices } from "./names.ts";
import { type Built, MOST_SHOWN, output, peek } from "./output.ts";
import { runForm, runInputs, specOf } from "./run.ts";
import "./view.css";
import { fresh, type Given, type Kind, type OutputView, type State, stateOf } from "./state.ts";
import { counted, quoted } from "./words.ts";

/** Margin around a scroll target, in pixels. */
const MARGIN = 24;

const FLOW_RUN = "prefect.flow-run.Completed";

@customElement("view-build")
export class BuildView extends View<unknown> {
  @state() private current: State = stateOf(undefined);
  @state() private all: Choice[] = [];
  /** The description of the event; none for custom events. */
  @state() private type: EventType | undefined;
  @state() private inputs: InputKey[] | undefined;
  @state() private built: Built | undefined;
  @state() private problem: Problem | undefined;
  @state() private asked: ReadonlySet<string> = new Set();
  @state() private unfolded: ReadonlySet<string> = new Set();
  private drafts = new Map<string, string>();
  private said = "";

  override connectedCallback() {
    super.connectedCallback();
    this.current = stateOf(this.initial);
    void this.begin();
  }

  private async begin() {
    try {
      const [types] = await Promise.all([catalogue.eventTypes(), this.enter()]);
      this.all = choices(types);
    } catch (error) {
      this.fault(error);
    }
  }

  /** The form of the current event or run. */
  private async enter() {
    const { kind, event } = this.current;
    const [type, custom] = await Promise.all([
      describe(kind === "event" ? event : FLOW_RUN),
      catalogue.customEventInputs(),
    ]);
    if (kind !== this.current.kind || event !== this.current.event) return;
    this.type = kind === "event" ? type : undefined;
    this.inputs = kind === "run" ? runInputs(type) : (type?.inputs ?? custom);
    this.asked = new Set();
    this.drafts.clear();
    this.unfolded = new Set(kind === "run" ? [SELF] : firstFold(this.inputs));
    this.set(kind === "event" ? { input: this.withExamples(this.inputs) } : {}, true);
    await this.build();
  }

  /** Required fields begin with an example, so that the event is valid from the start. */
  private withExamples(inputs: InputKey[]) {
    let { input } = this.current;
    for (const { key, required, example, type } of inputs) {
      if (required && at(input, key) === undefined && example !== undefined)
        input = withValue(input, key, typed(textOf(example, type), type));
    }
    return input;
  }

  private set(change: Partial<State>, isOwn = false) {
    this.current = { ...this.current, ...change };
    this.keep(this.current, isOwn);
  }

  private readonly make = latest(async (at: State, inputs: InputKey[]): Promise<Built> => {
    const deep = tooDeep(at.kind === "event" ? at.input : at.run, inputs);
    if (deep) throw new InputError(`\`${deep}\` is nested deeper than ${MOST_LEVELS} levels`);
    const options = { seed: at.seed, now: at.now };
    const built: BuiltEvent[] =
      at.kind === "event"
        ? [await authoring.buildEvent(at.event, known(at.input, inputs), options)]
        : await authoring.buildRun(specOf(at.run), options);
    const json =
      at.kind === "event"
        ? jsonText(built[0], MOST_SHOWN)
        : built.map((event) => `${JSON.stringify(event)}\n`).join("");
    const { view } = at;
    const [report, text] = await Promise.all([
      events.validate(json),
      view === "curl"
        ? authoring.toCurl(built)
        : view === "python"
          ? authoring.toPython(built)
          : "",
    ]);
    const old = this.built;
    const marked =
      !old || old.json === json ? (old?.marked ?? new Set<number>()) : changed(old.json, json);
    return {
      events: built,
      json,
      bytes: new Blob([json]).size,
      sent: { view, text },
      report,
      marked,
    };
  });

  private async build() {
    const { inputs } = this;
    if (!inputs) return;
    const state = this.current;
    const isCurrent = () => state.kind === this.current.kind && state.event === this.current.event;
    try {
      const built = await this.make(state, inputs);
      if (!built || !isCurrent()) return;
      this.built = built;
      this.problem = undefined;
      const { errors, warnings } = built.report;
      this.say(
        errors + warnings === 0
          ? "Valid"
          : `${counted(errors, "error")}, ${counted(warnings, "warning")}`,
      );
    } catch (error) {
      if (!isCurrent()) return;
      if (!(error instanceof InputError)) {
        this.fault(error);
        return;
      }
      this.explain(error.message, inputs);
    }
  }

  private explain(message: string, inputs: InputKey[]) {
    const keys = inputs.map(({ key }) => key);
    const words = quoted(message);
    const key =
      words.find((word) => keys.includes(word)) ??
      keys.find((key) =>
        words.some((word) => key.startsWith(`${word}.`) || word.startsWith(`${key}[`)),
      );
    this.problem = { message, key };
    // Showing another event would mislead.
    if (this.current.kind === "event" && this.built?.events[0]?.event !== this.current.event)
      this.built = undefined;
    // It stays among the required fields while it is filled in.
    if (key && message.includes("` needs `")) this.asked = new Set([...this.asked, key]);
    const fold = key && foldOf({ inputs, asked: this.asked }, key);
    if (fold !== undefined) this.unfolded = new Set([...this.unfolded, fold]);
    this.say(`Cannot be built yet: ${message}`);
  }

  /** Announces only new texts. */
  private say(text: string) {
    if (text === this.said) return;
    this.said = text;
    announce(text.replaceAll("`", ""));
  }

  private async turn(kind: Kind) {
    if (kind === this.current.kind) return;
    this.built = undefined;
    this.problem = undefined;
    this.inputs = undefined;
    this.set({ kind, view: kind === "run" ? "events" : "json" });
    try {
      await this.enter();
    } catch (error) {
      this.fault(error);
    }
  }

  private async choose(event: string) {
    this.set({ event });
    try {
      await this.enter();
    } catch (error) {
      this.fault(error);
    }
  }

  private change(given: Given, key: string, text: string) {
    this.drafts.set(key, text);
    this.set(this.current.kind === "event" ? { input: given } : { run: given });
    void this.build();
  }

  private fold(group: string, open: boolean) {
    if (open === this.unfolded.has(group)) return;
    const next = new Set(this.unfolded);
    if (open) next.add(group);
    else next.delete(group);
    this.unfolded = next;
  }

  private async goTo(key: string) {
    const fold = foldOf({ inputs: this.inputs ?? [], asked: this.asked }, key);
    if (fold !== undefined) this.fold(fold, true);
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#${fieldId(key)}`)?.focus();
  }

  protected override updated(changed: PropertyValues) {
    if (changed.has("built")) this.showChange();
  }

  /** Scrolls only the event to the last change. */
  private showChange() {
    const view = this.querySelector<HTMLElement>("#view");
    const marks = view?.querySelectorAll<HTMLElement>("mark");
    const [first, last] = [marks?.[0], marks?.[marks.length - 1]];
    if (!view || !first || !last) return;
    const frame = view.getBoundingClientRect();
    const above = first.getBoundingClientRect().top - frame.top;
    const below = last.getBoundingClientRect().bottom - frame.bottom;
    if (above < 0) view.scrollTop += above - MARGIN;
    else if (below > 0) view.scrollTop += Math.min(below + MARGIN, above - MARGIN);
  }

  /** No dropped input opens in this view. */
  override receive() {}

  override markdown() {
    const { built, problem, current: at } = this;
    const title =
      at.kind === "event"
        ? `Event ${code(at.event)}`
        : "The events of a flow run, built by prefect-events";
    if (problem || !built)
      return `### ${title}\n\nCannot be built: ${prose(problem?.message ?? "")}`;
    const { valid, errors, warnings, diagnostics } = built.report;
    const verdict =
      valid && diagnostics.length === 0
        ? "Valid."
        : `${counted(errors, "error")}, ${counted(warnings, "warning")}.`;
    const found = diagnostics
      .slice(0, 20)
      .map((one) => `- **${one.severity}** ${prose(one.message)} (${code(one.code)})`);
    const text =
      at.kind === "event"
        ? fence(built.json, "json")
        : `${counted(built.events.length, "event")} of this run:\n\n${fence(jsonText(specOf(at.run), MOST_SHOWN), "json")}`;
    return [`### ${title}`, verdict, ...(found.length > 0 ? [found.join("\n")] : []), text].join(
      "\n\n",
    );
  }

  protected override render() {
    const { kind } = this.current;
    return html`
      <div class="lede">
        <h1>${kind === "event" ? "What does this event look like?" : "Which events does a flow run emit?"}</h1>
        <p>${
          kind === "event"
            ? "Choose an event and fill in what matters to you. Empty fields are generated or omitted."
            : "Describe a flow run. Its states, heartbeats, tasks and worker events are generated as Prefect emits them."
        }</p>
      </div>
      <div class="kinds" role="group" aria-label="What to build">
        ${this.kindButton("event", "An event")}${this.kindButton("run", "A run")}
      </div>
      <div class="bench">
        <div class="side">
          ${kind === "event" ? this.choice() : nothing}
          ${this.inputs ? this.form(this.inputs) : html`<p class="hint" role="status">Loading…</p>`}
          ${peek({ kind, built: this.built, problem: this.problem })}
        </div>
        ${output({
          kind,
          view: this.current.view,
          built: this.built,
          problem: this.problem,
          show: (view: OutputView) => {
            this.set({ view });
            void this.build();
          },
          renew: () => {
            this.set(fresh());
            void this.build();
          },
          validate: () =>
            this.built && this.go({ view: "validate", state: { text: this.built.json } }),
          simulate: () =>
            this.built &&
            this.go({
              view: "simulate",
              state: {
                events: this.built.events.map((event) => `${JSON.stringify(event)}\n`).join(""),
              },
            }),
          goTo: (key: string) => void this.goTo(key),
        })}
      </div>
    `;
  }

  private kindButton(kind: Kind, title: string) {
    return html`<button aria-pressed=${this.current.kind === kind} @click=${() => this.turn(kind)}>${title}</button>`;
  }

  private choice() {
    return html`
      <div class="choice">
        <pe-event-choice
          .choices=${this.all} .value=${this.current.event}
          @chosen=${(event: CustomEvent<string>) => this.choose(event.detail)}
        ></pe-event-choice>
        ${this.about()}
      </div>
    `;
  }

  private about() {
    if (!this.inputs) return nothing;
    if (!this.type)
      return html`<p class="hint">${
        this.current.event.startsWith("prefect.")
          ? "Names that begin with prefect. are reserved for Prefect’s own events."
          : "A custom event: it contains what you enter."
      }</p>`;
    const { title, emitter, docs, cloud } = this.type;
    const who = {
      client: "emitted by clients",
      server: "emitted by the server",
      cloud: "emitted by Prefect Cloud",
    };
    return html`
      <p class="hint">
        ${title}; ${who[emitter as keyof typeof who] ?? emitter}${cloud && emitter !== "cloud" ? ", in Prefect Cloud only" : ""}.
        ${docs ? html`<a href=${docs} target="_blank" rel="noreferrer">Documentation</a>` : "Not documented."}
      </p>
    `;
  }

  private form(inputs: InputKey[]) {
    const { kind, event, input, run } = this.current;
    const form: Form = {
      name: kind === "event" ? (this.type?.namePattern ?? event) : "run",
      self:
        kind === "event"
          ? { title: "The event itself", first: false }
          : {
              title: "States and times",
              first: true,
              hint: "Each field is a timestamp, or an offset from now such as `2m30s`.",
            },
      inputs,
      given: kind === "event" ? input : run,
      problem: this.problem,
      asked: this.asked,
      unfolded: this.unfolded,
      drafts: this.drafts,
      change: (given, key, text) => this.change(given, key, text),
      fold: (group, open) => this.fold(group, open),
    };
    return kind === "event" ? formFields(form) : runForm(form);
  }
}

/** The description of an event; `undefined` if no event can have this name: the builder reports why. */
async function describe(name: string): Promise<EventType | undefined> {
  try {
    return await catalogue.describeEvent(name);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
