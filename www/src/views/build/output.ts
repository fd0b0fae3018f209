// Shows the built event beside the form: as JSON, as a program that sends it, and the validator's verdict.

import { html, nothing } from "lit";
import type { BuiltEvent, Diagnostic, ValidationReport } from "prefect-events";
import { copy } from "../../ui/copy.ts";
import { prose } from "../../ui/prose.ts";
import { fieldId, type Problem } from "./form.ts";
import { coloured } from "./json-view.ts";
import { offset } from "./run.ts";
import type { Kind, OutputView } from "./state.ts";
import { counted, sentence } from "./words.ts";

/** The built event or run, in each form. */
export interface Built {
  events: BuiltEvent[];
  /** The text that the validator read: an indented event, or NDJSON. */
  json: string;
  /** Its size in UTF-8, in bytes. */
  bytes: number;
  /** The program that sends them, if it is shown. */
  sent?: { view: OutputView; text: string };
  report: ValidationReport;
  /** The lines of the last change. */
  marked: ReadonlySet<number>;
}

export interface Output {
  kind: Kind;
  view: OutputView;
  built: Built | undefined;
  problem: Problem | undefined;
  show: (view: OutputView) => void;
  renew: () => void;
  validate: () => void;
  simulate: () => void;
  goTo: (key: string) => void;
}

/** Maximum length of the shown text; copying copies all of it. */
export const MOST_SHOWN = 100_000;
const MOST_ROWS = 300;
/** In bytes: the address, where quotes are escaped, passes the text to other views. */
const MOST_SENT = 400_000;

export function viewsOf(kind: Kind): { view: OutputView; title: string }[] {
  const sent: { view: OutputView; title: string }[] = [
    { view: "curl", title: "curl" },
    { view: "python", title: "Python" },
  ];
  return kind === "event"
    ? [{ view: "json", title: "JSON" }, ...sent]
    : [{ view: "events", title: "Events" }, { view: "json", title: "NDJSON" }, ...sent];
}

function textIn({ json, sent }: Built, view: OutputView) {
  if (view === "json" || view === "events") return json;
  return sent?.view === view ? sent.text : undefined;
}

export function output(own: Output) {
  const { built, kind } = own;
  const views = viewsOf(kind);
  const view = views.some((one) => one.view === own.view) ? own.view : (views[0]?.view ?? "json");
  const title = views.find((one) => one.view === (view === "events" ? "json" : view))?.title ?? "";
  const text = built && textIn(built, view);
  const isLong = (built?.bytes ?? 0) > MOST_SENT;
  const isReady = built && !own.problem && !isLong;
  return html`
    <section class="panel output" aria-labelledby="output">
      <header>
        <h2 id="output">${kind === "event" ? "The event" : "The run’s events"}</h2>
        <button ?disabled=${!isReady} @click=${own.validate}>Open in Validate</button>
        <button ?disabled=${!isReady} @click=${own.simulate}>Play in Simulate</button>
      </header>
      ${verdict(own)}
      ${isLong ? html`<p class="hint long">Too long to open in another view: copy it instead.</p>` : nothing}
      <div class="bar">
        <div role="tablist" aria-label="Form" @keydown=${(event: KeyboardEvent) => arrows(event, views, view, own.show)}>
          ${views.map(
            (one) => html`
              <button
                role="tab" id="view-${one.view}" aria-controls="view"
                aria-selected=${one.view === view} tabindex=${one.view === view ? 0 : -1}
                @click=${() => own.show(one.view)}
              >${one.title}</button>
            `,
          )}
        </div>
        <div class="tools">
        <button class="plain" @click=${own.renew} title="Generates new ids and uses the current time; they stay the same while you type">New ids and time</button>
        <button
          class="copy" ?disabled=${text === undefined || !!own.problem}
          @click=${(event: MouseEvent) => text !== undefined && copy(text, event.currentTarget as HTMLElement)}
          aria-label="Copy ${title}"
        >Copy</button>
        </div>
      </div>
      <div
        id="view" role="tabpanel" tabindex="0" aria-labelledby="view-${view}"
        class=${own.problem ? "view stale" : "view"}
      >${built ? shown(built, view) : html`<p class="empty">The result appears here once it can be built.</p>`}</div>
    </section>
  `;
}

/** The verdict in a few words, for when the event is out of view. */
export function peek({ built, problem, kind }: Pick<Output, "built" | "problem" | "kind">) {
  const isBad = problem !== undefined || built?.report.valid === false;
  const says = problem
    ? "Cannot be built yet"
    : built
      ? isBad
        ? "Not valid"
        : "✓ Valid"
      : "Building…";
  const show = () => document.querySelector("#output")?.scrollIntoView();
  return html`
    <div class="peek">
      <strong class=${isBad ? "error" : "good"}>${says}</strong>
      <button @click=${show}>${kind === "event" ? "See the event" : "See the events"}</button>
    </div>
  `;
}

function verdict({ built, problem, kind, goTo }: Output) {
  const it = kind === "event" ? "The event" : "The run";
  if (problem) {
    const { key, message } = problem;
    return html`
      <div class="verdict bad">
        <p><strong class="error">Cannot be built yet.</strong> ${prose(message)}</p>
        ${
          key
            ? html`<a href="#${fieldId(key)}" @click=${(event: MouseEvent) => {
                event.preventDefault();
                goTo(key);
              }}>Go to <code>${key}</code></a>`
            : nothing
        }
        ${built ? html`<p class="hint">${it} below is the last valid version.</p>` : nothing}
      </div>
    `;
  }
  if (!built) return html`<div class="verdict"><p class="hint">Building…</p></div>`;
  const { report, events } = built;
  const many = kind === "run" ? `${counted(events.length, "event")}. ` : "";
  if (report.diagnostics.length === 0)
    return html`
      <div class="verdict"><p><strong class="good">✓ Valid.</strong> ${many}No problems found.</p></div>
    `;
  const counts = [
    report.errors > 0 && counted(report.errors, "error"),
    report.warnings > 0 && counted(report.warnings, "warning"),
    report.infos > 0 && counted(report.infos, "info"),
  ].filter(Boolean);
  return html`
    <div class="verdict">
      <p>
        <strong class=${report.valid ? "good" : "error"}>${report.valid ? "✓ Valid," : "Not valid:"}</strong>
        ${report.valid ? "with " : ""}${counts.join(", ")}. ${many}
      </p>
      <ul>${report.diagnostics.slice(0, 5).map(finding)}</ul>
      ${
        report.diagnostics.length > 5
          ? html`<p class="hint">And ${report.diagnostics.length - 5} more: open it in Validate.</p>`
          : nothing
      }
    </div>
  `;
}

function finding({ severity, message, code }: Diagnostic) {
  return html`<li><strong class=${severity}>${severity}</strong> ${prose(sentence(message))} <code class="code">${code}</code></li>`;
}

function shown(built: Built, view: OutputView) {
  if (view === "events") return eventTable(built.events);
  const text = textIn(built, view) ?? "";
  const cut = text.length > MOST_SHOWN;
  const part = cut ? text.slice(0, MOST_SHOWN) : text;
  return html`
    <pre><code class="source">${view === "json" ? coloured(part, built.marked) : part}</code></pre>
    ${cut ? html`<p class="hint">The rest is not shown, but is copied too.</p>` : nothing}
  `;
}

/** The events of a run, in chronological order. */
function eventTable(events: BuiltEvent[]) {
  const first = events[0]?.occurred ?? "";
  return html`
    <table>
      <caption class="visually-hidden">The events in chronological order</caption>
      <thead><tr><th scope="col">After</th><th scope="col">Event</th><th scope="col">Resource</th></tr></thead>
      <tbody>
        ${events.slice(0, MOST_ROWS).map(
          ({ event, occurred, resource }) => html`
            <tr>
              <td class="time">${offset(first, occurred)}</td>
              <td><code>${event}</code></td>
              <td>${resource["prefect.resource.name"] ?? ""}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    ${events.length > MOST_ROWS ? html`<p class="hint">${counted(events.length - MOST_ROWS, "event")} more in the NDJSON.</p>` : nothing}
  `;
}

function arrows(
  event: KeyboardEvent,
  views: { view: OutputView }[],
  view: OutputView,
  show: (view: OutputView) => void,
) {
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = views.findIndex((one) => one.view === view);
  const to = Number.isFinite(step)
    ? (at + step + views.length) % views.length
    : step < 0
      ? 0
      : views.length - 1;
  const next = views[to]?.view;
  if (!next) return;
  show(next);
  (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#view-${next}`)?.focus();
}
