// The view Simulate: plays runs or captured events to an automation, and shows when it fires and why.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { live } from "lit/directives/live.js";
import type { Advice, Diagnostic } from "prefect-events";
import { actions, catalogue, InputError, latest, quick, scenes } from "../../core/client.ts";
import { type Facts, withWindow } from "../../core/functions/facts.ts";
import { type Heartbeat, scenario } from "../../core/functions/scenario.ts";
import type { Played, Scene } from "../../core/functions/scenes.ts";
import type { Incoming } from "../../core/incoming.ts";
import type { Editor } from "../../editor/editor.ts";
import { languageOf } from "../../editor/language.ts";
import { announce } from "../../ui/announce.ts";
import { copy, download } from "../../ui/copy.ts";
import { code, fence, sentence } from "../../ui/markdown.ts";
import { prose } from "../../ui/prose.ts";
import { decoded } from "../../ui/utf8.ts";
import { View } from "../view.ts";
import { advicePanel } from "./advice.ts";
import type { FromServer } from "./connect.ts";
import { coveragePanel } from "./coverage.ts";
import { historyPanel } from "./history.ts";
import { PRESETS, type PresetName } from "./presets.ts";
import { runsTable } from "./runs.ts";
import { type Slider, sliders } from "./sliders.ts";
import { copiesOf, fits, MOST, packed, preset, type State, toPlay, unpacked } from "./state.ts";
import { clock, ended, plural, type Summary, span, summarise } from "./summary.ts";
import "./actions.ts";
import "./decisions.ts";
import "./timeline.ts";
import "./simulate.css";
import "./document.css";

/** Milliseconds without changes before slow requests are sent. */
const SETTLED = 350;
/** Larger files are not read: the message refers to the command line. */
const MOST_BYTES = 64 * 1024 * 1024;

@customElement("view-simulate")
export class SimulateView extends View<unknown> {
  @state() private shown: State = preset("zombie-30");
  @state() private played: Played | undefined;
  /** The last scene that could be played: it stays while the text has a mistake. */
  @state() private good: Played | undefined;
  /** The scene whose decisions are listed; the list does not follow a moving slider. */
  @state() private settled: Scene | undefined;
  @state() private summary: Summary | undefined;
  @state() private chosen: number | undefined;
  @state() private differences: { message: string }[] | undefined;
  @state() private replaying = false;
  @state() private connecting = false;
  @state() private comparing = false;
  @state() private rejected = "";
  private editor: Editor | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly play = latest(scenes.play);
  /** The advice is quick: it follows a slider immediately, and the simulation comes after. */
  @state() private advice: Advice | undefined;
  /** The facts of the text that was played last, or of the version that a slider generated from it. */
  private facts: Facts | undefined;
  private held: { events: string[]; number: Promise<number> } | undefined;
  private readonly advise = latest(quick.heartbeatAdvice);

  protected override willUpdate(changed: PropertyValues) {
    if (this.hasUpdated && !changed.has("initial")) return;
    this.shown = unpacked(this.initial);
    void this.replay();
  }

  protected override firstUpdated() {
    void this.openEditor();
  }

  override connectedCallback() {
    super.connectedCallback();
    this.addEventListener("choose", this.choose);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.removeEventListener("choose", this.choose);
    clearTimeout(this.settling);
    this.editor?.destroy();
    this.editor = undefined;
  }

  private readonly choose = (event: Event) => {
    this.chosen = (event as CustomEvent<number>).detail;
  };

  /** Like `set`, but removes undefined values. */
  private change(changed: { [K in keyof State]?: State[K] | undefined }) {
    const entries = Object.entries({ ...this.shown, ...changed });
    this.shown = Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as never;
    this.set({});
  }

  private set(changed: Partial<State>) {
    this.shown = { ...this.shown, ...changed };
    if (this.shown.copies !== 1)
      this.shown.copies = copiesOf(this.shown.copies, this.shown.runs.length);
    this.rejected = "";
    this.keep(packed(this.shown));
    if (this.editor) {
      this.editor.text = this.shown.automation;
      this.editor.language = languageOf(this.shown.automation);
    }
    void this.replay();
    void this.adviseOn(this.shown);
  }

  private async adviseOn(shown: State) {
    const { facts } = this;
    // Without advice there is nothing to update.
    if (!facts?.watched || !facts.window || facts.text !== shown.automation || !this.advice) return;
    const frequency =
      shown.events === undefined ? shown.heartbeat.frequency : this.advice.frequency;
    try {
      const advice = await this.advise({
        frequency,
        within: facts.window.seconds,
        ...(facts.expect && { expect: facts.expect }),
      });
      if (advice && this.advice) this.advice = advice;
    } catch (error) {
      // The simulation reports mistakes in the text.
      if (!(error instanceof InputError)) this.fault(error);
    }
  }

  private isFiring(decision: number | undefined): boolean {
    const lanes = this.settled?.lanes ?? [];
    return (
      decision !== undefined &&
      lanes.some(({ fired }) => fired.some((one) => one.decision === decision))
    );
  }

  private readonly observed = async () =>
    actions.observed(toPlay(this.shown, await this.holding(this.shown)));

  private readonly actions = async (given: string) =>
    actions.rendered(toPlay(this.shown, await this.holding(this.shown)), given);

  private async replay() {
    clearTimeout(this.settling);
    const { shown } = this;
    try {
      const held = await this.holding(shown);
      if (shown !== this.shown) return;
      const played = await this.play(toPlay(shown, held));
      // Another request was sent meanwhile.
      if (!played) return;
      this.played = played;
      if (shown === this.shown) {
        this.advice = played.advice;
        this.facts = played.facts;
      }
      if (played.scene) {
        this.good = played;
        this.summary = summarise(played);
        this.chosen = undefined;
      }
      this.differences = undefined;
      this.editor?.show(played.report.diagnostics, shown.automation);
      this.settling = setTimeout(() => void this.settle(), this.settled ? SETTLED : 0);
    } catch (error) {
      this.held = undefined;
      if (shown === this.shown) this.blame(error);
    }
  }

  /** Sends captured events to the worker once, however often they are played. */
  private holding({ events }: State): Promise<number> | undefined {
    if (events === undefined) this.held = undefined;
    else if (this.held?.events !== events) this.held = { events, number: scenes.hold(events) };
    return this.held?.number;
  }

  /** Mistakes in the input are shown here; everything else is an internal error. */
  private blame(error: unknown) {
    if (error instanceof InputError) this.rejected = error.message;
    else this.fault(error);
  }

  private async settle() {
    const { played, summary } = this;
    this.settled = this.good?.scene;
    if (!played?.scene) {
      if (played?.wrong) announce(`Not played: ${played.wrong.findings[0]?.message ?? ""}`);
      return;
    }
    announce(`${summary?.fires ?? ""} ${summary?.on ?? ""}`);
    try {
      const differences = await scenes.compare(toPlay(this.shown, await this.holding(this.shown)));
      if (played === this.played) this.differences = differences;
    } catch (error) {
      this.blame(error);
    }
  }

  override markdown(): string {
    const { shown, summary, good } = this;
    if (!good?.scene || !summary) return "";
    const scene = good.scene;
    const lanes = scene.lanes.map((lane) => `- ${code(lane.name)}: ${lane.caption}`);
    const fired = scene.lanes.flatMap((lane) =>
      lane.fired.map(
        (one) =>
          `- ${clock(one.at, { precise: true, dated: scene.dated })} ${code(lane.name)}${one.child ? " (a child)" : ""}${one.ifSilent ? " (if nothing comes after the last event)" : ""}: ${sentence(one.reason)}`,
      ),
    );
    const language = languageOf(shown.automation);
    return [
      `**${summary.fires} ${summary.on}**`.replace(" **", "**"),
      lanes.join("\n"),
      scene.reason ? sentence(scene.reason) : "",
      fired.length > 0 ? `Firings:\n\n${fired.join("\n")}` : "",
      shown.events !== undefined
        ? `${fence(shown.automation, language)}\n\nPlayed with captured events (not included).`
        : good.report.form === "automation"
          ? fence(scenario(toPlay(shown)), language)
          : fence(shown.automation, language),
    ]
      .filter(Boolean)
      .join("\n\n");
  }

  protected override render() {
    const { shown, good, played } = this;
    const stale = played !== undefined && played !== good;
    return html`
      <div class="lede">
        <h1>Would this automation fire, when, and why?</h1>
        <p>
          Simulates Prefect’s trigger engine on flow runs, and explains every decision. Move a slider, change a run, or
          replay your own events.
        </p>
      </div>
      <div class="playground">
        ${this.renderChoice()}
        ${this.replaying ? this.renderReplaying() : nothing}
        ${this.connecting ? this.renderConnect() : nothing}
        ${this.renderVerdict(stale)}
        <div class="grid">
          ${this.renderEditor()}
          ${
            good?.scene
              ? html`<simulate-timeline class="panel"
                  .whole=${good.scene} .chosen=${this.chosen} ?stale=${stale} ?onlyFired=${shown.onlyFired === true}
                  .fetchDecisions=${this.decisionsOf}
                  @only-fired=${(event: CustomEvent<boolean>) => this.filter(event.detail)}
                ></simulate-timeline>`
              : played
                ? nothing
                : html`<p class="loading" role="status">The trigger engine is loading…</p>`
          }
          ${played ? this.renderPlayed(played) : nothing}
        </div>
      </div>
    `;
  }

  private renderPlayed({ isScenario }: Played) {
    const { shown, good } = this;
    const aside = [
      shown.events !== undefined && good?.scene && !isScenario
        ? historyPanel(good.scene, shown, (changed) => this.change(changed))
        : nothing,
      this.advice
        ? advicePanel(this.advice, (within) => void this.setWindow(within), {
            open: this.comparing,
            toggle: () => void this.compare(),
          })
        : nothing,
    ].filter((panel) => panel !== nothing);
    return html`
      ${isScenario ? nothing : this.renderSliders()}
      ${aside.length > 0 ? html`<aside>${aside}</aside>` : nothing}
      ${
        good?.scene
          ? html`<simulate-decisions class=${aside.length > 0 ? "panel" : "panel alone"}
              .scene=${this.settled} .chosen=${this.chosen} .fetchDecisions=${this.decisions}
            ></simulate-decisions>
            <simulate-actions class="panel" .scene=${this.settled} .chosen=${this.chosen} .fetchActions=${this.actions}
              ?hidden=${!this.isFiring(this.chosen)}
            ></simulate-actions>`
          : nothing
      }
      ${
        this.comparing && this.advice
          ? html`<simulate-tuning .observe=${shown.events === undefined ? undefined : this.observed} .known=${shown.events === undefined ? assumptions(shown.heartbeat) : {}} .frequency=${this.advice.frequency} .within=${this.facts?.window?.seconds ?? this.advice.within}
              @within=${(event: CustomEvent<number>) => void this.setWindow(event.detail)}
            ></simulate-tuning>`
          : nothing
      }
      ${
        shown.events === undefined && !isScenario
          ? guard([shown.runs, shown.heartbeat.frequency], () =>
              runsTable(shown.runs, shown.heartbeat.frequency, (runs, said) => {
                this.set({ runs });
                if (said) announce(said);
              }),
            )
          : nothing
      }
    `;
  }

  /** Changes the list without a new simulation. */
  private filter(onlyFired: boolean) {
    const { onlyFired: _, ...rest } = this.shown;
    this.shown = onlyFired ? { ...rest, onlyFired } : rest;
    this.keep(packed(this.shown));
  }

  private readonly decisions = async (lane: number | undefined, all: boolean) => {
    try {
      return await scenes.decisions(this.good?.scene?.number ?? -1, lane, all);
    } catch (error) {
      this.blame(error);
      return [];
    }
  };

  private readonly decisionsOf = (lane: number) => this.decisions(lane, true);

  private renderChoice() {
    const { shown, replaying } = this;
    const edited = shown.preset && PRESETS[shown.preset].automation !== shown.automation;
    return html`
      <div class="choice">
        <span class="field"><label for="automation">Automation</label>
          <select id="automation" @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            if (!Object.hasOwn(PRESETS, value)) {
              const { preset: _, ...own } = this.shown;
              this.shown = own;
              this.set({});
              return this.editor?.view.focus();
            }
            const { version } = this.shown;
            const { events: _, automationIndex: __, onlyFired: ___, ...rest } = this.shown;
            this.shown = rest;
            this.set({ ...preset(value as PresetName), version });
          }}>
            ${Object.entries(PRESETS).map(
              ([name, { title }]) =>
                html`<option value=${name} .selected=${live(name === shown.preset)}>${title}${edited && name === shown.preset ? " (edited)" : ""}</option>`,
            )}
            <option value="own" .selected=${live(shown.preset === undefined)}>Your own…</option>
          </select>
        </span>
        ${this.renderNames()}
        ${
          shown.events === undefined
            ? html`<button aria-expanded=${replaying} @click=${() => {
                this.replaying = !replaying;
              }}>Replay captured events</button>`
            : html`<button @click=${() => this.give(undefined)}>Back to the runs</button>
                ${fits(shown.events) ? nothing : html`<span class="soft">The link does not include these events, which are too large.</span>`}`
        }
        <button aria-expanded=${this.connecting} @click=${this.connect}>Connect to a server</button>
        <span class="versions">
          <span class="field"><label for="server">Server</label>
            <select id="server" @change=${(event: Event) =>
              this.set({ version: (event.target as HTMLSelectElement).value as State["version"] })}>
              ${(["3.9", "3.8"] as const).map(
                (version) =>
                  html`<option .selected=${live(version === shown.version)}>${version}</option>`,
              )}
            </select>
          </span>
          ${this.renderDifferences()}
        </span>
      </div>
    `;
  }

  /** Selects the automation to play, if the text has several. */
  private renderNames() {
    const { automations = [], played = 0 } = this.played?.facts ?? {};
    if (automations.length < 2) return nothing;
    return html`<span class="field"><label for="name">Play</label>
      <select id="name" @change=${(event: Event) => {
        this.set({ automationIndex: Number((event.target as HTMLSelectElement).value) });
      }}>
        ${automations.map(
          ({ index, name }) =>
            html`<option value=${index} .selected=${live(index === played)}>${name === "" ? `(no name, number ${index + 1})` : name}</option>`,
        )}
      </select>
    </span>`;
  }

  private renderDifferences() {
    const { differences } = this;
    if (!differences) return html`<span class="soft"></span>`;
    if (differences.length === 0)
      return html`<span class="soft">3.8 and 3.9 fire at the same times</span>`;
    return html`<details class="differences">
      <summary>${plural(differences.length, "firing")} ${differences.length === 1 ? "differs" : "differ"} between 3.8 and 3.9</summary>
      <ul>${differences.slice(0, 20).map(({ message }) => html`<li>${prose(message)}</li>`)}</ul>
    </details>`;
  }

  private renderVerdict(stale: boolean) {
    const { summary, played, good, rejected } = this;
    if (rejected)
      return html`<section class="verdict bad" role="alert"><p class="says">Not played.</p><p>${prose(rejected)}</p></section>`;
    if (stale && played?.wrong) {
      const { findings } = played.wrong;
      const of =
        played.wrong.in === "events"
          ? "The captured events cannot be played"
          : played.wrong.in === "automation"
            ? "The automation has a mistake"
            : "This cannot be played";
      return html`<section class="verdict bad">
        <p class="says">${of}.</p>
        <ul>${findings.slice(0, 5).map((one) => html`<li>${prose(one.message)}${one.range && played.wrong?.in !== "scenario" ? ` (line ${one.range.start.line})` : ""}</li>`)}</ul>
        ${good ? html`<p class="soft">The timeline below shows the last valid version.</p>` : nothing}
      </section>`;
    }
    if (!summary) return nothing;
    return html`<section class="verdict ${summary.tone}" aria-label="The outcome">
      <p class="says">${summary.fires} ${summary.on ? html`<em>${summary.on}</em>` : nothing}</p>
      ${
        summary.why
          ? html`<p class="why">
              <button class="plain" title="Show it in the timeline" @click=${() => {
                this.chosen = summary.why?.fired.decision;
              }}><strong>${summary.why.name}</strong> ${clock(summary.why.fired.at, { dated: good?.scene?.dated ?? false })}</button>
              ${missed(summary)}${prose(summary.why.fired.reason)}.
            </p>`
          : nothing
      }
      ${good?.scene?.reason ? html`<p class="why">${prose(ended(capital(good.scene.reason)))}</p>` : nothing}
      ${
        good?.scene
          ? coveragePanel(
              good.scene,
              good.scene.lanes.every((lane) => lane.decisions.length === 0),
            )
          : nothing
      }
      ${this.renderHelp(summary)}
    </section>`;
  }

  private renderHelp({ help }: Summary) {
    if (!help) return nothing;
    if ("within" in help) {
      return html`<p class="help">
        A window of ${span(help.within)} tolerates that.
        <button @click=${() => this.setWindow(help.within)}>Set <code>within: ${help.within}</code></button>
      </p>`;
    }
    const { finding } = help;
    return html`<p class="help">
      ${prose(`${finding.message}${finding.help ? `: ${finding.help}` : ""}.`)}
      ${finding.fix ? html`<button @click=${() => this.applyFix(finding)}>Fix: ${prose(finding.fix.title)}</button>` : nothing}
    </p>`;
  }

  private renderSliders() {
    const { shown } = this;
    const { heartbeat, length, runs, copies, events } = shown;
    const { window, watched } = this.facts ?? {};
    const setHeartbeat = (key: keyof Heartbeat) => (value: number) =>
      this.set({ heartbeat: { ...heartbeat, [key]: value } });
    const first: Slider[] = [];
    if (window)
      first.push({
        label: watched ? "Window (within)" : "within",
        unit: "s",
        least: watched ? 10 : 0,
        most: Math.max(1200, Math.ceil(window.seconds / 600) * 600),
        step: 1,
        value: window.seconds,
        set: (value) => void this.setWindow(value),
      });
    if (events === undefined)
      first.unshift({
        label: "Heartbeat every",
        unit: "s",
        least: 30,
        most: 600,
        step: 5,
        value: heartbeat.frequency,
        set: setHeartbeat("frequency"),
      });
    const more: Slider[] =
      events === undefined
        ? [
            {
              label: "Extra delay per heartbeat",
              unit: "s",
              least: 0,
              most: 5,
              step: 0.005,
              value: heartbeat.drift,
              set: setHeartbeat("drift"),
            },
            {
              label: "Delay",
              unit: "s",
              least: 0,
              most: 120,
              step: 0.1,
              value: heartbeat.delay,
              set: setHeartbeat("delay"),
            },
            {
              label: "Jitter",
              unit: "s",
              least: 0,
              most: 120,
              step: 0.1,
              value: heartbeat.jitter,
              set: setHeartbeat("jitter"),
            },
            {
              label: "Loss",
              unit: "%",
              least: 0,
              most: 30,
              step: 0.5,
              value: Math.round(heartbeat.loss * 1000) / 10,
              set: (value) => setHeartbeat("loss")(value / 100),
            },
            {
              label: "Copies of each run",
              unit: "",
              least: 1,
              most: copiesOf(MOST, runs.length),
              step: 1,
              value: copies,
              set: (value) => this.set({ copies: copiesOf(value, runs.length) }),
            },
            {
              label: "Length",
              unit: "min",
              least: 1,
              most: Math.max(60, Math.ceil(length / 60)),
              step: 1,
              value: length / 60,
              set: (value) => this.set({ length: value * 60 }),
            },
          ]
        : [];
    return sliders([...first, ...more]);
  }

  private async setWindow(within: number) {
    const { automation } = this.shown;
    try {
      // For a text that has not been played yet, they are requested.
      const facts =
        this.facts?.text === automation
          ? this.facts
          : await scenes.facts(automation, this.shown.automationIndex);
      if (automation !== this.shown.automation) return;
      this.facts = withWindow(facts, within);
      this.set({ automation: this.facts.text });
    } catch (error) {
      this.fault(error);
    }
  }

  private async applyFix(finding: Diagnostic) {
    try {
      const text = this.shown.automation;
      const mended = await catalogue.applyFixes(text, [finding]);
      if (text === this.shown.automation) this.set({ automation: mended });
      announce(`Done: ${finding.fix?.title ?? ""}`);
    } catch (error) {
      this.blame(error);
    }
  }

  private async openEditor() {
    try {
      const [{ Editor }, { schemaCompletion }, { Recogniser, schemaFor }] = await Promise.all([
        import("../../editor/editor.ts"),
        import("../../editor/schema-completion.ts"),
        import("../../editor/recogniser.ts"),
      ]);
      const recogniser = new Recogniser();
      await this.updateComplete;
      const parent = this.querySelector<HTMLElement>(".editor");
      if (!parent || this.editor || !this.isConnected) return;
      const { automation } = this.shown;
      this.editor = new Editor({
        parent,
        text: automation,
        label: "Automation, JSON or YAML",
        language: languageOf(automation),
        changed: (text) => {
          this.rejected = "";
          // Before an error in the syntax can hide it.
          void recogniser.formOf(text).catch((error) => this.fault(error));
          this.set({ automation: text });
        },
        fix: (finding) => void this.applyFix(finding),
        extensions: schemaCompletion({
          // What is not recognised yet will be an automation.
          schema: async (text) =>
            schemaFor(await recogniser.formOf(text)) ?? schemaFor("automation"),
          fault: (error) => this.fault(error),
        }),
      });
      this.editor.show(this.played?.report.diagnostics ?? [], automation);
    } catch (error) {
      this.fault(error);
    }
  }

  private renderEditor() {
    const { played } = this;
    const findings = played?.report.diagnostics ?? [];
    const language = languageOf(this.shown.automation);
    // A message briefly replaces the button's text, so each language has its own button.
    const copied = (event: Event) =>
      copy(this.shown.automation, event.currentTarget as HTMLElement);
    return html`<section class="document panel" aria-labelledby="document-title">
      <header>
        <h2 id="document-title">${played?.isScenario ? "Scenario" : "Automation"}</h2>
        ${language === "json" ? html`<button @click=${copied}>Copy JSON</button>` : html`<button @click=${copied}>Copy YAML</button>`}
        <button @click=${() => announce(download(this.shown.automation, this.fileName))}>Download</button>
      </header>
      <div class="editor"></div>
      ${
        played
          ? html`<div class="findings">
              <h3>${findings.length === 0 ? "No problems found" : plural(findings.length, "finding")}</h3>
              ${findings.length === 0 ? nothing : html`<ul>${findings.map((one) => this.renderFinding(one))}</ul>`}
              ${this.isCreatable ? html`<p class="soft">To create it: <code>prefect automation create --from-file ${this.fileName}</code></p>` : nothing}
            </div>`
          : nothing
      }
    </section>`;
  }

  /** Whether `prefect automation create --from-file` reads the text: not scenarios or triggers of deployments. */
  private get isCreatable(): boolean {
    const { played } = this;
    return played?.facts.isCreatable === true && played.report.valid;
  }

  private get fileName(): string {
    const { shown, played } = this;
    const [automation, another] = played?.facts.automations ?? [];
    const name = played?.isScenario
      ? "scenario"
      : another
        ? "automations"
        : slug(automation?.name ?? "") || "automation";
    return `${name}.${languageOf(shown.automation)}`;
  }

  private renderFinding(finding: Diagnostic): TemplateResult {
    const { range, severity, message, help, docs, fix } = finding;
    return html`<li class="finding">
      <button class="plain" ?disabled=${!range} @click=${() => range && this.editor?.jump(range.start.offset, range.end.offset)}>
        <span class=${severity}>${severity}</span>${range ? html` <span class="soft">line ${range.start.line}</span>` : nothing}
        <span class="message">${prose(message)}</span>
      </button>
      ${help ? html`<p class="soft">${prose(help)}</p>` : nothing}
      <p class="more">
        ${fix ? html`<button @click=${() => this.applyFix(finding)}>Fix: ${prose(fix.title)}</button>` : nothing}
        ${docs ? html`<a href=${docs} target="_blank" rel="noreferrer">Documentation</a>` : nothing}
      </p>
    </li>`;
  }

  private renderReplaying() {
    return html`<section class="replaying panel" aria-label="Captured events">
      <label for="captured">Captured events: NDJSON, a list, pages of the events API, or the output of <code>prefect event stream</code>. Paste them, or drop files anywhere on the page. Several files form one history. An automation can be among them.</label>
      <textarea id="captured" rows="6" spellcheck="false" placeholder='{"event": "prefect.flow-run.heartbeat", "occurred": …}'></textarea>
      <div class="row">
        <button class="primary" @click=${() => {
          const { value } = this.querySelector<HTMLTextAreaElement>("#captured") ?? { value: "" };
          if (value.trim() === "") announce("There are no events yet");
          else this.give([value]);
        }}>Replay them</button>
        <label class="button">Open files
          <input class="visually-hidden" type="file" multiple accept=".json,.ndjson,.jsonl,.txt,.yaml,.yml" @change=${(
            event: Event,
          ) => {
            this.giveFiles([...((event.target as HTMLInputElement).files ?? [])]);
          }} />
        </label>
      </div>
    </section>`;
  }

  /** Loads the panel when it is first opened. */
  private async connect() {
    this.connecting = !this.connecting;
    if (!this.connecting) return;
    this.replaying = false;
    try {
      await import("./connect.ts");
    } catch (error) {
      this.fault(error);
    }
  }

  /** Loads the panel when it is first opened. */
  private async compare() {
    this.comparing = !this.comparing;
    try {
      if (this.comparing) await import("./tuning.ts");
    } catch (error) {
      this.fault(error);
    }
  }

  private renderConnect() {
    const { automation, automationIndex } = this.shown;
    return html`<simulate-connect .automation=${automation} .automationIndex=${automationIndex}
      @pulled=${({ detail: { events, automation } }: CustomEvent<FromServer>) => {
        this.give([events], automation);
      }}
    ></simulate-connect>`;
  }

  /** `automation`: one that replaces the text of the editor. */
  private give(events: string[] | undefined, automation?: string) {
    this.replaying = false;
    this.change({
      events,
      ignoreLeaders: undefined,
      withoutActions: undefined,
      ...(automation !== undefined && {
        automation,
        preset: undefined,
        automationIndex: undefined,
      }),
    });
  }

  override async receive({ events, played }: Incoming) {
    const texts: string[] = [];
    for (const { name, file, text } of events) {
      const large = file && file.size > MOST_BYTES;
      if (large) {
        this.rejected = `${name} is larger than 64 MiB: replay it on the command line.`;
        return;
      }
      try {
        const read = text ?? (file && decoded(await file.arrayBuffer()));
        if (read === undefined) {
          this.rejected = `${name} is not UTF-8: save it as UTF-8 first.`;
          return;
        }
        texts.push(read);
      } catch {
        this.rejected = `${name} cannot be read.`;
        return;
      }
    }
    if (texts.length > 0) this.give(texts, played);
    else if (played !== undefined)
      this.change({ automation: played, preset: undefined, automationIndex: undefined });
  }
}

/** Converts a name to a file name. */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  return words.join("-").slice(0, 60);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A clause about the events before. */
function missed({ why, help }: Summary): string {
  const count = why?.fired.missed ?? 0;
  if (!help || !("within" in help)) return "";
  if (count === 0) return "Heartbeats are further apart than the window: ";
  return count === 1
    ? "One heartbeat did not arrive: "
    : `${count} heartbeats in a row did not arrive: `;
}

/** What the scenario says of its heartbeats for the curve. In a scenario of a few runs, 0 says nothing. */
function assumptions({ drift, jitter, loss }: Heartbeat) {
  return { drift, ...(jitter > 0 && { jitter }), ...(loss > 0 && { loss }) };
}
