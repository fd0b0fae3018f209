// The view Validate: checks events.

import { html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Diagnostic, Severity, ValidationReport } from "prefect-events";
import { catalogue, events, latest } from "../../core/client.ts";
import type { Incoming } from "../../core/incoming.ts";
import type { Editor } from "../../editor/editor.ts";
import { languageOf } from "../../editor/language.ts";
import type { Recogniser } from "../../editor/recogniser.ts";
import { announce } from "../../ui/announce.ts";
import { isManyLines } from "../../ui/long-text.ts";
import { prose } from "../../ui/prose.ts";
import { decoded } from "../../ui/utf8.ts";
import { View } from "../view.ts";
import "./examples.ts";
import { factPanel } from "./fact.ts";
import { FileCheck, type Line, linesAround } from "./file-check.ts";
import { filePanel } from "./file-panel.ts";
import "./findings.ts";
import type { Fact } from "./knowledge.ts";
import { sign } from "./signs.ts";
import { START } from "./start.ts";
import { LONGEST_IN_LINK, PROFILES, type Profile, type State, stateOf } from "./state.ts";
import { approval, canSimulate, markdown, otherDocument, size, verdict } from "./words.ts";
import "./view.css";

/** In bytes: larger files are checked without the editor. */
const LARGEST_IN_EDITOR = 2_000_000;

const PROFILE_NAMES: Record<Profile, { name: string; title: string }> = {
  documented: {
    name: "Documentation",
    title: "What Prefect documents, and what Prefect itself emits",
  },
  server: { name: "Server only", title: "Only what the Prefect server itself rejects" },
};

const validate = latest((text: string, profile: Profile) => events.validate(text, { profile }));

@customElement("view-validate")
export class ValidateView extends View<unknown> {
  @state() private text = START;
  @state() private profile: Profile = "documented";
  @state() private unlisted: Severity[] = [];
  /** The report on `checked`. */
  @state() private report: ValidationReport | undefined;
  @state() private current: Diagnostic | undefined;
  /** Whether the list follows the cursor: not while the text changes. */
  private following = false;
  @state() private fact: Fact | undefined;
  @state() private check: FileCheck | undefined;
  @state() private chosen: { finding: Diagnostic; lines: Line[] | undefined } | undefined;
  @state() private rejected: string | undefined;
  /** The text in the field before the editor is loaded; it is not rendered again. None if it would take long to show. */
  private earlyText: string | undefined = START;
  /** The text that was checked. */
  private checked = "";
  private said = "";
  private editor: Editor | undefined;
  /** Loaded with the editor. */
  private recogniser: Recogniser | undefined;

  override connectedCallback() {
    super.connectedCallback();
    const { text, profile, hidden } = stateOf(this.initial);
    if (text !== undefined) this.text = text;
    if (profile) this.profile = profile;
    if (hidden) this.unlisted = hidden;
    this.earlyText = isManyLines(this.text) ? undefined : this.text;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.check?.stop();
    this.editor?.destroy();
    this.editor = undefined;
  }

  protected override async firstUpdated() {
    // Load the verdict first, then the editor, which is the largest chunk.
    await this.validate();
    await this.updateComplete;
    requestAnimationFrame(() => void this.openEditor());
  }

  protected override updated(changed: PropertyValues) {
    const { report } = this;
    if (changed.has("report")) {
      this.showFindings();
      if (report && !this.check) this.recogniser?.seen(this.checked, report);
    }
    const running = this.check?.phase === "running";
    const said = report && !running ? verdict(report).text : "";
    // The initial example is not announced.
    const asked = this.said !== "" || this.initial !== undefined || this.text !== START;
    if (said && said !== this.said && asked) announce(said);
    if (!running) this.said = said;
  }

  private async openEditor() {
    try {
      const [{ Editor }, { assist }, { Recogniser, schemaFor }] = await Promise.all([
        import("../../editor/editor.ts"),
        import("./assist.ts"),
        import("../../editor/recogniser.ts"),
      ]);
      const parent = this.querySelector<HTMLElement>(".editor-place");
      if (!parent || !this.isConnected) return;
      // The user may have typed before the editor was loaded.
      const before = parent.querySelector("textarea");
      const focused = before !== null && before === document.activeElement;
      const { selectionStart = 0, selectionEnd = 0 } = before ?? {};
      const recogniser = new Recogniser();
      this.recogniser = recogniser;
      this.editor = new Editor({
        parent,
        text: this.text,
        label: "Events",
        language: languageOf(this.text),
        changed: (text) => this.write(text),
        fix: (finding) => void this.fix([finding]),
        extensions: assist({
          cursor: (offset, typing) => {
            this.following = !typing;
            this.moved(offset);
          },
          schema: async (text) => {
            const form = await recogniser.formOf(text);
            // Events are JSON: other text will be an automation.
            return form === "unknown" && languageOf(text) === "yaml"
              ? schemaFor("automation")
              : schemaFor(form);
          },
          fact: (fact) => {
            this.fact = fact;
          },
          fault: (error) => this.fault(error),
        }),
      });
      before?.remove();
      if (focused) this.editor.jump(selectionStart, selectionEnd);
      // It has its own line breaks.
      if (this.editor.text === this.text) this.showFindings();
      else {
        this.text = this.editor.text;
        void this.validate();
      }
    } catch (error) {
      this.fault(error);
    }
  }

  private write(text: string) {
    this.text = text;
    if (this.editor) this.editor.language = languageOf(text);
    this.rejected = undefined;
    this.store();
    void this.validate();
  }

  /** Replaces the editor's text as if it had been typed, so that it can be undone. */
  private replace(text: string) {
    this.closeFile();
    const { editor } = this;
    if (!editor) {
      const early = this.querySelector<HTMLTextAreaElement>(".editor-place textarea");
      if (early) {
        early.readOnly = isManyLines(text);
        early.value = early.readOnly ? "" : text;
      }
      this.write(text);
      return;
    }
    const { text: before } = editor;
    const shorter = Math.min(before.length, text.length);
    let from = 0;
    while (from < shorter && before[from] === text[from]) from += 1;
    let tail = 0;
    while (tail < shorter - from && before.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
    editor.view.dispatch({
      changes: { from, to: before.length - tail, insert: text.slice(from, text.length - tail) },
      userEvent: "input",
    });
  }

  private store() {
    const { text, profile, unlisted } = this;
    this.keep({
      ...(text.length <= LONGEST_IN_LINK && { text }),
      ...(profile !== "documented" && { profile }),
      ...(unlisted.length > 0 && { hidden: unlisted }),
    } satisfies State);
  }

  private async validate() {
    const { text, profile } = this;
    try {
      const report = text.trim() === "" ? null : await validate(text, profile);
      // A later text or a file was checked meanwhile.
      if (report === undefined || this.check || text !== this.text) return;
      this.checked = text;
      this.report = report ?? undefined;
    } catch (error) {
      this.fault(error);
    }
  }

  private showFindings() {
    if (this.check || !this.editor) return;
    const { report } = this;
    // Another kind of document has no findings here.
    const findings = report && !otherDocument(report) ? report.diagnostics : [];
    this.editor.show(findings, report ? this.checked : this.text);
    this.moved(this.editor.view.state.selection.main.head);
  }

  private moved(offset: number) {
    const at = this.report?.diagnostics.filter(
      ({ range }) => range && range.start.offset <= offset && offset <= range.end.offset,
    );
    // The smallest range is the right one.
    const width = ({ range }: Diagnostic) =>
      range ? range.end.offset - range.start.offset : Number.POSITIVE_INFINITY;
    this.current = at?.toSorted((one, other) => width(one) - width(other))[0];
  }

  private async fix(findings: Diagnostic[]) {
    const { checked } = this;
    try {
      const text = await catalogue.applyFixes(checked, findings);
      // The text changed meanwhile, so the positions are outdated.
      if (this.text === checked) this.replace(text);
    } catch (error) {
      this.fault(error);
    }
  }

  private async jump(finding: Diagnostic) {
    const { range } = finding;
    if (!range) return;
    if (this.check) {
      this.chosen = { finding, lines: undefined };
      const lines = await linesAround(this.check.file, range.start.line);
      if (this.chosen?.finding === finding) this.chosen = { finding, lines };
      this.querySelector(".file")?.scrollIntoView({ block: "nearest" });
      return;
    }
    if (!this.editor) return;
    this.editor.jump(range.start.offset, range.end.offset);
    this.querySelector(".editor-place")?.scrollIntoView({ block: "nearest" });
  }

  private async take(file: File) {
    this.rejected = undefined;
    try {
      // Text that is not UTF-8 is checked as bytes.
      const text = file.size <= LARGEST_IN_EDITOR ? decoded(await file.arrayBuffer()) : undefined;
      if (text !== undefined) this.replace(text);
      else this.openFile(file);
    } catch {
      this.rejected = `${file.name} cannot be read: it may have been moved or changed.`;
    }
  }

  private openFile(file: File) {
    this.check?.stop();
    this.chosen = undefined;
    this.current = undefined;
    const check = new FileCheck(
      file,
      this.profile,
      () => {
        if (this.check !== check) return;
        this.report = check.rejected === undefined ? check.report : undefined;
        this.requestUpdate();
      },
      (error) => this.fault(error),
    );
    this.check = check;
    this.report = check.report;
    announce(`Checking ${file.name}`);
  }

  private closeFile() {
    if (!this.check) return;
    this.check.stop();
    this.check = undefined;
    this.chosen = undefined;
    void this.validate();
  }

  private setProfile(profile: Profile) {
    this.profile = profile;
    this.store();
    if (this.check) this.openFile(this.check.file);
    else void this.validate();
  }

  override async receive({ events }: Incoming) {
    const [first, second] = events;
    if (!first) return;
    if (first.file) await this.take(first.file);
    else if (first.text !== undefined) this.replace(first.text);
    if (second) this.rejected = `Only ${first.name} is open: one file is validated at a time.`;
  }

  override notInLink() {
    if (this.check) return "The link does not include the file, which is too large.";
    return this.text.length > LONGEST_IN_LINK
      ? "The link does not include the text, which is too long."
      : undefined;
  }

  override markdown() {
    const { check, report, text, profile } = this;
    const title = profile === "server" ? "only what the server rejects" : "";
    if (check)
      return report
        ? markdown(report, { title: `${check.file.name}, ${size(check.file.size)}` })
        : "";
    if (!report) return "";
    return text.length > LONGEST_IN_LINK
      ? markdown(report, { title: "the text is too long for this report" })
      : markdown(report, { text: this.checked, title });
  }

  protected override render() {
    const { check } = this;
    return html`
      <div class="lede">
        <h1>Is this Prefect event valid?</h1>
        <p>Paste events or drop a file: one event, a list, NDJSON, a page of the events API, or websocket frames.</p>
      </div>
      <div class="workbench">
        <section class="panel entry" aria-label="Events">
          <header>
            <validate-examples @text-chosen=${(event: CustomEvent<string>) => this.replace(event.detail)}></validate-examples>
            <button @click=${() => this.querySelector<HTMLInputElement>("input[type=file]")?.click()}>Open file…</button>
            <input type="file" hidden aria-label="File" accept=".json,.ndjson,.jsonl,.txt,.log,.yaml,.yml,.tf,application/json" @change=${(
              event: Event,
            ) => {
              const input = event.target as HTMLInputElement;
              this.giveFiles([...(input.files ?? [])]);
              input.value = "";
            }} />
          </header>
          ${this.rejected ? html`<p class="rejected error" role="alert">${this.rejected}</p>` : nothing}
          ${
            check
              ? filePanel(check, this.chosen, {
                  stop: () => check.stop(),
                  close: () => this.closeFile(),
                  edit: (text) => this.replace(text),
                })
              : nothing
          }
          <div class="editor-place" ?hidden=${check !== undefined}><textarea
            aria-label="Events"
            spellcheck="false"
            ?readonly=${this.earlyText === undefined}
            placeholder=${this.earlyText === undefined ? "The editor is loading…" : nothing}
            .defaultValue=${this.earlyText ?? ""}
            @input=${(event: Event) => this.write((event.target as HTMLTextAreaElement).value)}
          ></textarea></div>
          <div class="about" ?hidden=${check !== undefined}>
            ${
              this.fact
                ? factPanel(this.fact)
                : html`<p class="keys"><kbd>Ctrl</kbd> <kbd>Space</kbd> proposes names, labels and values. <kbd>F8</kbd> goes to the next finding.</p>
                    <p>Put the cursor on a name, a label or a role to read its description.</p>`
            }
          </div>
        </section>
        <section class="outcome" aria-labelledby="verdict">
          <fieldset class="segmented">
            <legend>Checked against</legend>
            ${PROFILES.map(
              (profile) => html`<label title=${PROFILE_NAMES[profile].title}>
                <input type="radio" name="profile" .checked=${profile === this.profile} @change=${() => this.setProfile(profile)} />
                <span>${PROFILE_NAMES[profile].name}</span>
              </label>`,
            )}
          </fieldset>
          ${this.verdictLine()}
          <validate-findings
            .report=${this.report && otherDocument(this.report) ? undefined : this.report}
            .hiddenSeverities=${this.unlisted}
            ?following=${this.following}
            .current=${check ? this.chosen?.finding : this.current}
            ?fixable=${!check}
            @finding-chosen=${(event: CustomEvent<Diagnostic>) => this.jump(event.detail)}
            @fix-chosen=${(event: CustomEvent<Diagnostic[]>) => this.fix(event.detail)}
            @hidden-chosen=${(event: CustomEvent<Severity[]>) => {
              this.unlisted = event.detail;
              this.store();
            }}
            @text-chosen=${(event: CustomEvent<string>) => this.replace(event.detail)}
          ></validate-findings>
        </section>
      </div>
    `;
  }

  /** Opens a document that is not an event in the right view. */
  private async simulate() {
    const { check } = this;
    try {
      const text = check ? decoded(await check.file.arrayBuffer()) : this.text;
      if (text !== undefined) this.go({ view: "simulate", state: { automation: text } });
    } catch {
      this.rejected = "The file cannot be read: it may have been moved or changed.";
    }
  }

  private verdictLine() {
    const { check, report } = this;
    if (check?.rejected)
      return html`<h2 id="verdict" class="verdict">This file cannot be checked</h2>`;
    if (!report)
      return this.text.trim() === ""
        ? html`<h2 id="verdict" class="verdict">Nothing to check yet</h2>
            <p class="note">Paste an event, drop a file, or choose an example: there is one for each Prefect event and each mistake.</p>`
        : html`<h2 id="verdict" class="verdict waiting">Checking…</h2>`;
    const { sign: kind, text } = verdict(report);
    const other = otherDocument(report);
    if (other)
      return html`<h2 id="verdict" class="verdict">${sign(kind)} <span>${text}</span></h2>
        ${
          canSimulate(other)
            ? html`<p class="note">The view Simulate checks it and plays runs or your own events to it.</p>
                <p class="elsewhere"><button class="primary" @click=${() => void this.simulate()}>Open it in Simulate</button></p>`
            : html`<p class="note">${prose(`To check it, ${other.help}.`)}</p>`
        }`;
    if (check?.phase === "running" && kind === "good")
      return html`<h2 id="verdict" class="verdict waiting">No problems so far</h2>`;
    return html`<h2 id="verdict" class="verdict">${sign(kind)} <span>${text}</span></h2>
      ${kind === "good" && report.count > 0 ? html`<p class="note">${approval(report, this.profile)}</p>` : nothing}`;
  }
}
