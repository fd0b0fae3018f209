// Lists the findings of a report: their number, severity, position and help.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Diagnostic, Explanation, Severity, ValidationReport } from "prefect-events";
import { catalogue } from "../../core/client.ts";
import { prose } from "../../ui/prose.ts";
import { documentation, explanationPanel } from "./explanation.ts";
import { sign } from "./signs.ts";
import { count, counts, place, sentence } from "./words.ts";

/** Number of findings shown at a time. */
const PAGE = 100;

const NAMES: Record<Severity, string> = { error: "Error", warning: "Warning", info: "Info" };

export interface FindingsEvents {
  "finding-chosen": Diagnostic;
  "fix-chosen": Diagnostic[];
  "hidden-chosen": Severity[];
  "text-chosen": string;
}

@customElement("validate-findings")
export class Findings extends LitElement {
  @property({ attribute: false }) report: ValidationReport | undefined;
  @property({ attribute: false }) hiddenSeverities: Severity[] = [];
  /** The finding at the cursor. */
  @property({ attribute: false }) current: Diagnostic | undefined;
  /** Whether to scroll to the current finding. */
  @property({ type: Boolean }) following = false;
  @property({ type: Boolean }) fixable = false;
  @state() private shown = PAGE;
  @state() private open = new Set<string>();
  private explanations = new Map<string, Explanation>();

  protected override createRenderRoot() {
    return this;
  }

  protected override updated(changed: PropertyValues<this>) {
    if (!changed.has("current") || !this.current || !this.following) return;
    // Only if the list is beside the editor; below it, scrolling would move the editor away.
    if (matchMedia("(width >= 60rem)").matches)
      this.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  private emit<K extends keyof FindingsEvents>(name: K, detail: FindingsEvents[K]) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private toggle(severity: Severity) {
    const { hiddenSeverities: hidden } = this;
    const next = hidden.includes(severity)
      ? hidden.filter((one) => one !== severity)
      : [...hidden, severity];
    this.emit("hidden-chosen", next);
  }

  private async explain(key: string, code: string) {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
    if (this.explanations.has(code)) return;
    try {
      const explanation = await catalogue.explain(code);
      if (explanation) this.explanations.set(code, explanation);
      this.requestUpdate();
    } catch (error) {
      this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
    }
  }

  protected override render() {
    const { report } = this;
    if (!report || report.errors + report.warnings + report.infos === 0) return nothing;
    const visible = report.diagnostics.filter(
      ({ severity }) => !this.hiddenSeverities.includes(severity),
    );
    const fixes = this.fixable ? visible.filter(({ fix }) => fix) : [];
    return html`
      <div class="filters">
        <div role="group" aria-label="Listed severities">
          ${counts(report).map(([severity, number]) => (number > 0 ? this.chip(severity, number) : nothing))}
        </div>
        ${
          fixes.length > 1
            ? html`<button class="primary" @click=${() => this.emit("fix-chosen", fixes)}>
                Apply ${count(fixes.length, "fix")}
              </button>`
            : nothing
        }
      </div>
      ${
        visible.length === 0
          ? html`<p class="note">${report.diagnostics.length === 0 ? "No findings are listed." : "All findings are filtered out: choose a severity above."}</p>`
          : html`<ol class="findings" aria-label="Findings">
              ${repeat(this.keyed(visible.slice(0, this.shown)), ([key]) => key, this.finding)}
            </ol>`
      }
      ${
        visible.length > this.shown
          ? html`<button class="more" @click=${() => {
              this.shown += PAGE;
            }}>Show ${Math.min(PAGE, visible.length - this.shown)} more of ${count(visible.length, "finding")}</button>`
          : nothing
      }
      ${
        report.truncated
          ? html`<p class="note">The first ${count(report.diagnostics.length, "finding")} are listed; there are ${count(report.truncated, "finding")} more.</p>`
          : nothing
      }
    `;
  }

  /** An identity that does not change when lines above change. */
  private keyed(findings: Diagnostic[]): [string, Diagnostic, Diagnostic | undefined][] {
    const times = new Map<string, number>();
    return findings.map((finding, index) => {
      const base = `${finding.index} ${finding.code} ${finding.path}`;
      const time = times.get(base) ?? 0;
      times.set(base, time + 1);
      return [`${base} ${time}`, finding, findings[index - 1]];
    });
  }

  private chip(severity: Severity, number: number) {
    return html`<button
      class="chip"
      aria-pressed=${!this.hiddenSeverities.includes(severity)}
      @click=${() => this.toggle(severity)}
    >${sign(severity)} ${count(number, severity)}</button>`;
  }

  private finding = ([key, finding, before]: [string, Diagnostic, Diagnostic | undefined]) => {
    const { severity, message, help, code, docs, fix, index, name } = finding;
    const isOpen = this.open.has(key);
    const explanation = this.explanations.get(code);
    const id = `explanation-${key.replaceAll(/[^\w-]/g, "_")}`;
    const several = (this.report?.count ?? 0) > 1;
    return html`
      ${
        several && index !== undefined && index !== before?.index
          ? html`<li class="of-event"><h3 title="Counted from 0, as in the messages">Event ${index}${name ? html` <code>${name}</code>` : nothing}</h3></li>`
          : nothing
      }
      <li class="finding" aria-current=${finding === this.current ? "true" : nothing}>
        ${sign(severity)}
        <div>
          <button class="plain message" @click=${() => this.emit("finding-chosen", finding)}>
            <span class="visually-hidden">${NAMES[severity]}: </span>${prose(sentence(message))}
          </button>
          ${help ? html`<p class="help">${prose(sentence(help))}</p>` : nothing}
          <p class="where">${place(finding)}</p>
          <div class="links">
            ${
              fix && this.fixable
                ? html`<button class="fix" @click=${() => this.emit("fix-chosen", [finding])}>
                    <span>Fix: ${prose(fix.title)}</span>
                  </button>`
                : nothing
            }
            <button
              class="plain link code"
              aria-expanded=${isOpen}
              aria-controls=${isOpen ? id : nothing}
              title="What this code means"
              @click=${() => this.explain(key, code)}
            >${code}</button>
            ${docs ? documentation(docs) : nothing}
          </div>
          ${
            isOpen
              ? html`<div class="explanation" id=${id}>
                  ${
                    explanation
                      ? explanationPanel(explanation, (text) => this.emit("text-chosen", text))
                      : html`<p class="who" role="status">Loading…</p>`
                  }
                </div>`
              : nothing
          }
        </div>
      </li>
    `;
  };
}
