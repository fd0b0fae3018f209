// The table of runs.

import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import type { Run } from "../../core/functions/scenario.ts";
import { KINDS } from "./presets.ts";
import { MOST } from "./state.ts";
import "./runs.css";

export function runsTable(
  runs: Run[],
  frequency: number,
  change: (runs: Run[], said?: string) => void,
) {
  const put = (index: number, with_: Partial<Run>) =>
    change(
      runs.map((run, at) => {
        if (at !== index) return run;
        const changed = { ...run, ...with_ };
        for (const key of Object.keys(with_) as (keyof Run)[])
          if (changed[key] === undefined) delete changed[key];
        return consistent(changed);
      }),
    );
  return html`
    <section class="runs panel" aria-labelledby="runs-title">
      <header>
        <h2 id="runs-title">Runs</h2>
        <select aria-label="Add a run" ?disabled=${runs.length >= MOST} @change=${(
          event: Event,
        ) => {
          const select = event.target as HTMLSelectElement;
          const kind = KINDS[select.value];
          const name = free(select.value, runs);
          select.value = "";
          if (kind) change([...runs, { name, ...kind(frequency) }], `Run ${name} added`);
        }}>
          <option value="">Add a run…</option>
          ${Object.keys(KINDS).map((kind) => html`<option value=${kind}>${TITLES[kind]}</option>`)}
        </select>
      </header>
      ${
        runs.length === 0
          ? html`<p class="empty">No runs yet: add one.</p>`
          : html`<div class="scrolls" tabindex="0" role="region" aria-label="Table of runs"><table>
              <thead><tr>
                <th scope="col">Name</th>
                <th scope="col">Starts <small>s</small></th>
                <th scope="col">Ends <small>s</small></th>
                <th scope="col">Last state</th>
                <th scope="col">Dies <small>s</small></th>
                <th scope="col">Misses <small>heartbeats no.</small></th>
                <th scope="col">Retry <small>at, for s</small></th>
                <th scope="col">Late heartbeat <small>s after the end</small></th>
                <th><span class="visually-hidden">Remove</span></th>
              </tr></thead>
              <tbody>${runs.map((run, index) => row(run, index, runs, put, change))}</tbody>
            </table></div>`
      }
      <datalist id="last-states">
        ${STATES.map((name) => html`<option value=${name}></option>`)}
      </datalist>
    </section>
  `;
}

const STATES = ["Completed", "Failed", "TimedOut", "Crashed", "Cancelled", "SuccessfullyProcessed"];

const TITLES: { [kind: string]: string } = {
  healthy: "healthy",
  hiccup: "misses two heartbeats",
  zombie: "dies silently",
  custom: "ends in a custom state",
  "late-heartbeat": "a heartbeat after its end",
  retrying: "waits for a retry",
};

function row(
  run: Run,
  index: number,
  runs: Run[],
  put: (index: number, changed: Partial<Run>) => void,
  change: (runs: Run[], said?: string) => void,
) {
  const number = (key: "starts" | "ends" | "dies" | "heartbeat_after_end", title: string) =>
    html`<td><input type="number" min="0" step="any" aria-label="${run.name}: ${title}"
      .value=${live(run[key] === undefined ? "" : String(run[key]))}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLInputElement;
        const set = value === "" ? undefined : Math.max(0, Number(value));
        put(index, { [key]: key === "starts" ? (set ?? 0) : set });
      }} /></td>`;
  const text = (title: string, value: string, take: (text: string) => void, list?: string) =>
    html`<td><input aria-label="${run.name}: ${title}" .value=${live(value)} list=${list ?? nothing}
      @change=${(event: Event) => take((event.target as HTMLInputElement).value.trim())} /></td>`;
  return html`<tr>
    ${text("name", run.name, (name) =>
      put(index, {
        name: free(
          name || run.name,
          runs.filter((one) => one !== run),
        ),
      }),
    )}
    ${number("starts", "starts, in seconds")}
    ${number("ends", "ends, in seconds")}
    ${text("last state", run.ends === undefined ? "" : (run.state ?? "Completed"), (state) => put(index, { state: state || undefined } as Partial<Run>), "last-states")}
    ${number("dies", "dies, in seconds")}
    ${text("numbers of missed heartbeats", run.misses?.join(", ") ?? "", (value) => put(index, { misses: numbers(value) } as Partial<Run>))}
    ${text("retry, at and for, in seconds", run.retry ? `${run.retry.at}, ${run.retry.for}` : "", (value) => put(index, { retry: pair(value) } as Partial<Run>))}
    ${number("heartbeat_after_end", "late heartbeat, in seconds after the end")}
    <td><button class="remove" aria-label="Remove ${run.name}" @click=${() =>
      change(
        runs.filter((one) => one !== run),
        `Run ${run.name} removed`,
      )}>×</button></td>
  </tr>`;
}

/** Corrects clear mistakes that the core would reject: a run cannot end before it starts. */
function consistent(run: Run): Run {
  const { starts } = run;
  const after = (time: number | undefined) => (time === undefined ? time : Math.max(starts, time));
  const put: Run = { ...run };
  for (const key of ["ends", "dies"] as const) {
    const time = after(run[key]);
    if (time !== undefined) put[key] = time;
  }
  if (put.ends === undefined) delete put.heartbeat_after_end;
  if (put.retry) put.retry = { ...put.retry, at: Math.max(starts, put.retry.at) };
  return put;
}

/** `4, 5` or `4-6`. */
function numbers(text: string): number[] | undefined {
  const found = text.split(/[\s,;]+/).flatMap((part) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === undefined) return [];
    const [first, last] = [Number(from), Math.min(Number(to), Number(from) + 999)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
  const all = [...new Set(found)].filter((one) => one > 0).sort((one, other) => one - other);
  return all.length > 0 ? all : undefined;
}

function pair(text: string): Run["retry"] {
  const [at, length] = text.split(/[\s,;]+/).map(Number);
  return at !== undefined && length !== undefined && at >= 0 && length > 0
    ? { at, for: length }
    : undefined;
}

function free(name: string, runs: Run[]): string {
  const taken = new Set(runs.map((run) => run.name));
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1)
    if (!taken.has(`${name}-${number}`)) return `${name}-${number}`;
}
