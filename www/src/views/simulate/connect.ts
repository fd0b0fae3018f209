// Connects to a server, and pulls the events of a run or an automation. What the user enters is kept in memory only: it
// goes to the worker, and never into the address, the storage or a message.

import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { server, watch } from "../../core/client.ts";
import type { AuthKind, FoundRun, Opened, Progress, Pulled } from "../../core/functions/server.ts";
import { announce } from "../../ui/announce.ts";
import { prose } from "../../ui/prose.ts";
import { before, between, CUSTOM, fieldValue, LAST, type Range } from "./ranges.ts";
import { clock, plural } from "./summary.ts";
import "./connect.css";

const DEFAULT_URL = "http://127.0.0.1:4200/api";
const DEFAULT_RANGE = "Last 24 hours";

const AUTH: { [K in AuthKind]: string } = {
  none: "None",
  basic: "Auth string (user:password)",
  key: "API key",
};

/** What the view plays: the events, and the server's automation unless it stays the one in the editor. */
export interface FromServer {
  events: string;
  automation?: string;
}

@customElement("simulate-connect")
export class Connect extends LitElement {
  /** The automation in the editor, and its index if there are several. */
  @property({ attribute: false }) automation = "";
  @property({ attribute: false }) automationIndex: number | undefined;

  @state() private opened: Opened | undefined;
  @state() private auth: AuthKind = "none";
  @state() private busy: { what: string; progress?: Progress; stop?: () => void } | undefined;
  @state() private problem = "";
  @state() private done = "";
  @state() private note = "";
  @state() private range = DEFAULT_RANGE;
  @state() private runs: FoundRun[] | undefined;
  private url = DEFAULT_URL;

  protected override createRenderRoot() {
    return this;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.busy?.stop?.();
    if (this.opened) void server.close();
    this.opened = undefined;
  }

  private field<E extends HTMLElement>(name: string): E | null {
    return this.querySelector<E>(`[name="${name}"]`);
  }

  private value(name: string): string {
    return this.field<HTMLInputElement>(name)?.value ?? "";
  }

  private async open(event: Event) {
    event.preventDefault();
    this.url = this.value("url").trim();
    await this.doing("Connecting…", async () => {
      const opened = await server.open({
        url: this.url,
        auth: this.auth,
        secret: this.auth === "none" ? "" : this.value("secret"),
        page: location.origin,
      });
      if ("problem" in opened) return this.fail(opened.problem);
      this.opened = opened;
      this.url = opened.url;
      announce(`Connected: ${plural(opened.automations.length, "automation")}`);
      await this.updateComplete;
      this.field("automation")?.focus();
    });
  }

  private close() {
    this.busy?.stop?.();
    this.opened = undefined;
    this.runs = undefined;
    this.done = this.note = this.problem = "";
    void server.close();
  }

  private fail(problem: string) {
    this.problem = problem;
    announce(problem);
  }

  private async doing(what: string, action: () => Promise<void>) {
    this.problem = this.done = this.note = "";
    this.busy = { what };
    try {
      await action();
    } catch (error) {
      this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
    } finally {
      this.busy = undefined;
    }
  }

  private chosenRange(): Range | undefined {
    const range =
      this.range === CUSTOM
        ? between(this.value("from"), this.value("to"))
        : before(Date.now(), LAST[this.range] ?? 0);
    if (typeof range !== "string") return range;
    this.fail(range);
    return undefined;
  }

  /** Runs a call that can be cancelled, and shows its progress. */
  private async watched<T>(
    what: string,
    start: (step: (progress: Progress) => void) => { done: Promise<T>; stop: () => void },
  ): Promise<T> {
    const { done, stop } = start((progress) => {
      this.busy = { what, progress, stop };
    });
    this.busy = { what, stop };
    return await done;
  }

  private async list() {
    const range = this.chosenRange();
    if (!range) return;
    await this.doing("Listing runs", async () => {
      const found = await this.watched("Listing runs", (step) =>
        watch("server", "runs", [range], step),
      );
      if ("problem" in found) return this.fail(found.problem);
      this.runs = found.runs;
      this.done =
        found.runs.length === 0
          ? "No run changed its state in this range."
          : `${plural(found.runs.length, "run")} found${found.cancelled ? ": the list is not complete" : ""}.`;
      announce(this.done);
    });
  }

  private async pull(event: Event) {
    event.preventDefault();
    const range = this.chosenRange();
    if (!range) return;
    const [id, run] = [this.value("automation"), this.value("run")];
    await this.doing("Pulling events", async () => {
      const pulled = await this.watched("Pulling events", (step) =>
        watch(
          "server",
          "pull",
          [
            {
              ...range,
              ...(id === "" ? { text: this.automation, index: this.automationIndex } : { id }),
              ...(run !== "" && { run }),
            },
          ],
          step,
        ),
      );
      if ("problem" in pulled) return this.fail(pulled.problem);
      this.finished(pulled);
    });
  }

  private finished({ events, text, automation, note, cancelled, full, until }: Pulled) {
    if (events === 0) {
      this.done = cancelled
        ? "Cancelled: no events were pulled."
        : "The server has no such events in this range. It keeps events for a limited time: 7 days, unless it is configured otherwise.";
      announce(this.done);
      return;
    }
    const upTo = until === undefined ? "" : ` up to ${clock(until, { dated: true })}`;
    this.done = cancelled
      ? `Cancelled: the timeline shows the first ${plural(events, "event")},${upTo}.`
      : full
        ? `The timeline shows the first ${plural(events, "event")},${upTo}: the page plays no more than 64 MiB. \`prefect-events pull\` writes all of them to a file.`
        : `The timeline shows ${plural(events, "event")}.`;
    this.note = note ?? "";
    announce(`${this.done} ${this.note}`);
    this.dispatchEvent(
      new CustomEvent<FromServer>("pulled", {
        detail: { events: text, ...(automation !== undefined && { automation }) },
      }),
    );
  }

  protected override render() {
    const { opened, busy } = this;
    return html`<section class="connect panel" aria-labelledby="connect-title">
      <header>
        <h2 id="connect-title">${opened ? "Events from a server" : "Connect to a server"}</h2>
        ${opened ? html`<span class="soft address">${opened.url}</span> <button @click=${this.close}>Disconnect</button>` : nothing}
      </header>
      ${opened ? this.renderChoice(opened) : this.renderForm()}
      ${busy ? this.renderBusy(busy) : nothing}
      ${this.problem ? html`<p class="says error" role="alert">${prose(this.problem)}</p>` : nothing}
      ${this.done ? html`<p class="says">${prose(this.done)}</p>` : nothing}
      ${this.note ? html`<p class="says soft">${prose(this.note)}</p>` : nothing}
    </section>`;
  }

  private renderForm() {
    return html`<form @submit=${this.open} autocomplete="off">
      <div class="field wide"><label for="connect-url">API URL</label><input id="connect-url" name="url" type="url" required spellcheck="false" .value=${this.url} /></div>
      <div class="field"><label for="connect-auth">Authentication</label><select id="connect-auth" name="auth" @change=${(
        event: Event,
      ) => {
        this.auth = (event.target as HTMLSelectElement).value as AuthKind;
      }}>
          ${Object.entries(AUTH).map(
            ([kind, title]) =>
              html`<option value=${kind} .selected=${live(kind === this.auth)}>${title}</option>`,
          )}
        </select></div>
      ${
        this.auth === "none"
          ? nothing
          : html`<div class="field"><label for="connect-secret">${AUTH[this.auth]}</label><input id="connect-secret" name="secret" type="password" required autocomplete="off" spellcheck="false" /></div>`
      }
      <button class="primary" ?disabled=${this.busy !== undefined}>Connect</button>
      <p class="soft">Requests go from your browser to this server only. The address and the secret stay in the memory of this tab until you disconnect or leave Simulate; they are not in the link.</p>
    </form>`;
  }

  private renderChoice({ automations }: Opened) {
    const { range, runs, busy } = this;
    const now = Date.now();
    return html`<form @submit=${this.pull} autocomplete="off">
      <div class="field"><label for="connect-automation">Automation</label><select id="connect-automation" name="automation">
          <option value="">The one in the editor</option>
          ${automations.map(({ id, name, enabled }) => html`<option value=${id}>${name}${enabled ? "" : " (disabled)"}</option>`)}
        </select></div>
      <div class="field"><label for="connect-range">Events</label><select id="connect-range" name="range" @change=${(
        event: Event,
      ) => {
        this.range = (event.target as HTMLSelectElement).value;
      }}>
          ${[...Object.keys(LAST), CUSTOM].map(
            (name) => html`<option .selected=${live(name === range)}>${name}</option>`,
          )}
        </select></div>
      ${
        range === CUSTOM
          ? html`<div class="field"><label for="connect-from">From, UTC</label><input id="connect-from" name="from" type="datetime-local" required value=${fieldValue(now - 3_600_000)} /></div>
            <div class="field"><label for="connect-to">To, UTC</label><input id="connect-to" name="to" type="datetime-local" required value=${fieldValue(now)} /></div>`
          : nothing
      }
      <div class="field"><label for="connect-run">Run</label><select id="connect-run" name="run">
          <option value="">All runs</option>
          ${runs?.map((run) => html`<option value=${run.id}>${run.name} · ${run.state} ${clock(run.at, { dated: true })}</option>`)}
        </select></div>
      <button type="button" ?disabled=${busy !== undefined} @click=${this.list}>List runs</button>
      <button class="primary" ?disabled=${busy !== undefined}>Pull events</button>
    </form>`;
  }

  private renderBusy({ what, progress, stop }: NonNullable<Connect["busy"]>) {
    const { events = 0, share, waits } = progress ?? {};
    return html`<div class="busy">
      <progress aria-label=${what} max="1" value=${share ?? nothing}></progress>
      <span class="soft">${events > 0 ? `${events.toLocaleString("en-US")} events` : what}${waits ? html`, ${waits}` : nothing}</span>
      ${stop ? html`<button @click=${stop}>Cancel</button>` : nothing}
    </div>`;
  }
}
