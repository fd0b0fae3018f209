// Shows a file that is not in the editor: the progress of its check, and the line of the selected finding.

import { html, nothing } from "lit";
import type { Diagnostic, ValidationReport } from "prefect-events";
import type { FileCheck, Line } from "./file-check.ts";
import { count, counts, size } from "./words.ts";

interface Actions {
  stop: () => void;
  close: () => void;
  edit: (text: string) => void;
}

type Chosen = { finding: Diagnostic; lines: Line[] | undefined } | undefined;

export function filePanel(check: FileCheck, chosen: Chosen, { stop, close, edit }: Actions) {
  const { file, bytes, phase, report, rejected } = check;
  const running = phase === "running";
  const done = phase === "done" ? file.size : bytes;
  return html`
    <div class="file">
      <div class="file-head">
        <h2>${file.name}</h2>
        <span class="size">${size(file.size)}</span>
        ${running ? html`<button @click=${stop}>Stop</button>` : html`<button @click=${close}>Close the file</button>`}
      </div>
      ${
        rejected
          ? html`<p class="error" role="alert">${rejected}</p>`
          : html`
              <progress aria-label="Checked" max=${file.size} value=${running && bytes === 0 ? nothing : done}></progress>
              <p class="running">
                ${running ? `${size(done)} checked` : phase === "stopped" ? `Stopped after ${size(done)}` : "All checked"}:
                ${counted(report)}
              </p>
            `
      }
      ${chosen ? chosenLine(chosen, edit) : rejected ? nothing : html`<p class="note">Choose a finding: its line is shown here.</p>`}
    </div>
  `;
}

function counted(report: ValidationReport): string {
  const found = counts(report).filter(([, number]) => number > 0);
  const all = found.map(([severity, number]) => count(number, severity));
  return [count(report.count, "event"), ...(all.length > 0 ? all : ["no problems"])].join(", ");
}

/** Text shown before and after the position in a line, in UTF-16 code units. */
const AROUND = 600;

function chosenLine({ finding, lines }: NonNullable<Chosen>, edit: (text: string) => void) {
  const { range } = finding;
  if (!range) return nothing;
  if (!lines) return html`<p class="note" role="status">Reading the line…</p>`;
  const { start, end } = range;
  const whole = lines.find(({ number }) => number === start.line)?.text ?? "";
  return html`
    <figure class="lines">
      <figcaption>
        Line ${start.line.toLocaleString("en-US")}
        ${isDocument(whole) ? html`<button @click=${() => edit(whole)}>Edit this event</button>` : nothing}
      </figcaption>
      <pre tabindex="0" aria-label="Line ${start.line}">${lines.map(({ number, text }) => {
        // Other events are unrelated.
        if (number !== start.line)
          return isDocument(whole) ? nothing : html`<span class="neighbour">${text}\n</span>`;
        const from = start.column - 1;
        const to = end.line === start.line ? end.column - 1 : text.length;
        const first = Math.max(0, from - AROUND);
        const last = Math.min(text.length, Math.max(to, from) + AROUND);
        return html`${first > 0 ? "…" : nothing}${text.slice(first, from)}<mark class=${finding.severity}>${text.slice(from, Math.min(to, from + AROUND))}</mark>${text.slice(Math.min(to, from + AROUND), last)}${last < text.length ? "…" : nothing}\n`;
      })}</pre>
    </figure>
  `;
}

/** Like the lines of NDJSON. */
function isDocument(line: string): boolean {
  return line.startsWith("{") && line.trimEnd().endsWith("}");
}
