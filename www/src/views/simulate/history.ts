// Notes that explain a replay: its start, absent leaders, and the firings that the server recorded.

import { html, nothing } from "lit";
import type { Scene } from "../../core/functions/scenes.ts";
import { prose } from "../../ui/prose.ts";
import type { State } from "./state.ts";
import { clock, plural } from "./summary.ts";

/** Maximum number of listed firings or events. */
const MOST = 20;

type Switches = Pick<State, "ignoreLeaders" | "withoutActions">;

export function historyPanel(
  scene: Scene,
  { ignoreLeaders, withoutActions }: Switches,
  set: (changed: { [K in keyof Switches]: Switches[K] | undefined }) => void,
) {
  const notes = [
    started(scene),
    unplayed(scene),
    leaders(scene, ignoreLeaders, (on) => set({ ignoreLeaders: on || undefined })),
    recorded(scene),
    actions(scene, withoutActions, (on) => set({ withoutActions: on || undefined })),
  ].filter((note) => note !== nothing);
  if (notes.length === 0) return nothing;
  return html`<section class="history panel" aria-labelledby="history-title">
    <header><h2 id="history-title">About these events</h2></header>
    <ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>
  </section>`;
}

function started({ beforeStart: before, start }: Scene) {
  if (!before) return nothing;
  return html`<p>The replay starts at ${clock(start, { dated: true })}: ${plural(before, "earlier event")} ${before === 1 ? "is" : "are"} not evaluated.</p>`;
}

function unplayed({ notPlayed: found }: Scene) {
  if (!found) return nothing;
  return html`<p>${plural(found.length, "event")} cannot be read, and ${found.length === 1 ? "is" : "are"} not played:</p>
    <ul>${found.slice(0, MOST).map(({ finding }) => html`<li>${finding.range && `line ${finding.range.start.line}: `}${prose(finding.message)}</li>`)}</ul>`;
}

function leaders(
  { missingLeaders: missing }: Scene,
  ignored: true | undefined,
  set: (on: boolean) => void,
) {
  if (ignored)
    return html`<p>Events do not wait for a followed event that is not in the input.</p>
      <p><button @click=${() => set(false)}>Let them wait, as the server does</button></p>`;
  if (!missing || missing.events === 0) return nothing;
  return html`<p>${prose(missing.message)}.</p>
    <p><button @click=${() => set(true)}>Play without this wait</button></p>`;
}

function recorded({ recorded: found, dated }: Scene) {
  if (!found) return nothing;
  const { matched, pairs, onlyHere, onlyRecorded } = found;
  const most = Math.max(0, ...pairs.map(({ seconds }) => Math.abs(seconds)));
  const all = matched + onlyRecorded.length;
  const listed = (one: { at: string; labels: { [label: string]: string } }) =>
    html`<li><time>${clock(Date.parse(one.at), { precise: true, dated })}</time> ${Object.values(one.labels).join(", ")}</li>`;
  const list = (title: string, firings: Parameters<typeof listed>[0][]) =>
    firings.length === 0
      ? nothing
      : html`<details><summary>${title}</summary><ul class="firings">${firings.slice(0, MOST).map(listed)}</ul></details>`;
  return html`<p>The server recorded ${plural(all, "firing")} of this automation:
      the replay has ${matched === all ? (all === 1 ? "it too" : "all of them") : `${matched} of them`}${matched > 0 ? `, at most ${Number(most.toFixed(1))} s apart` : ""}.</p>
    ${list(`${onlyRecorded.length} only recorded`, onlyRecorded)}
    ${list(`${onlyHere.length} only in the replay`, onlyHere)}`;
}

function actions(
  { recordedActions: done, dated }: Scene,
  without: true | undefined,
  set: (on: boolean) => void,
) {
  if (!done) return nothing;
  const { effects, leftOut } = done;
  const events = html`<details><summary>${plural(effects.length, "event")}</summary><ul class="firings">${effects
    .slice(0, MOST)
    .map(
      (one) =>
        html`<li><time>${clock(Date.parse(one.occurred), { precise: true, dated })}</time> ${one.event} ${one.resource}</li>`,
    )}</ul></details>`;
  if (leftOut || without)
    return html`<p>The events that the automation’s own actions caused are left out.</p>
      ${effects.length > 0 ? events : nothing}
      <p><button @click=${() => set(false)}>Play all captured events</button></p>`;
  if (effects.length === 0) return nothing;
  return html`<p>These events include what the automation’s own actions caused. They change what follows: a run that was marked as Crashed never finishes, even with a longer window.</p>
    ${events}
    <p><button @click=${() => set(true)}>Play without them</button></p>`;
}
