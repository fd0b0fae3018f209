// The frame: which room is shown, the address, the theme, sharing, and faults.

import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { version } from "prefect-events/package.json";
import type { Room } from "./rooms/room.ts";
import { type LinkProblem, type Place, ROOMS, type RoomName, read, write } from "./state/hash.ts";
import { setTheme, THEMES, type Theme, theme } from "./state/theme.ts";
import { announce } from "./ui/announce.ts";
import { toClipboard } from "./ui/copy.ts";
import { faultPanel } from "./ui/fault.ts";
import { link } from "./ui/markdown.ts";

const TITLES: Record<RoomName, string> = {
  validate: "Validate",
  build: "Build",
  simulate: "Simulate",
};

/** Each room is a part of its own, loaded when it is entered. */
const LOAD: Record<RoomName, () => Promise<unknown>> = {
  validate: () => import("./rooms/validate/room.ts"),
  build: () => import("./rooms/build/room.ts"),
  simulate: () => import("./rooms/simulate/room.ts"),
};

@customElement("pe-app")
export class App extends LitElement {
  @state() private place: Place = { room: "validate" };
  @state() private loaded = false;
  @state() private fault: unknown;
  @state() private sharing = false;
  @state() private theme: Theme = theme();
  /** The address that we wrote ourselves: no reason to enter the room anew. */
  private written = "";
  /** Where each room was left: its link leads back there. */
  private left: Partial<Record<RoomName, string>> = {};
  /** What the room shows is too large for an address. */
  @state() private unheld = false;
  private writing: ReturnType<typeof setTimeout> | undefined;
  private unwritten: Place | undefined;

  protected override createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("hashchange", () => void this.enter());
    addEventListener("error", (event) => this.blame(event.error ?? event.message));
    addEventListener("unhandledrejection", (event) => this.blame(event.reason));
    addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") this.sharing = false;
    });
    this.addEventListener("room-go", (event) => this.go((event as CustomEvent<Place>).detail));
    this.addEventListener("room-fault", (event) => this.blame((event as CustomEvent).detail));
    this.addEventListener("room-state", (event) => this.keep((event as CustomEvent).detail));
    void this.enter();
  }

  private blame(error: unknown) {
    // Browsers report this one though nothing is wrong.
    if (String(error).includes("ResizeObserver loop")) return;
    this.fault = error ?? "unknown";
  }

  private async enter() {
    if (location.hash === this.written && this.loaded) return;
    await this.write();
    const place = await read(location.hash);
    this.written = location.hash;
    if (place.state) this.left[place.room] = location.hash;
    this.loaded = false;
    this.place = place;
    document.title = `${TITLES[place.room]} · prefect-events`;
    if (place.problem) announce(PROBLEMS[place.problem]);
    try {
      await LOAD[place.room]();
      this.loaded = true;
    } catch (error) {
      this.blame(error);
    }
  }

  private async go(place: Place) {
    location.hash = await write(place);
    this.querySelector("main")?.focus();
  }

  /** Not at each key: browsers refuse that many. */
  private keep(state: unknown) {
    this.unwritten = { room: this.place.room, state };
    clearTimeout(this.writing);
    this.writing = setTimeout(() => void this.write(), 300);
  }

  /** Writes what is to be kept: into the address, or, if its room has been left, for the way back. */
  private async write() {
    clearTimeout(this.writing);
    const place = this.unwritten;
    if (!place) return;
    this.unwritten = undefined;
    const before = location.hash;
    const hash = await write(place);
    this.unheld = place.state !== undefined && !hash.includes("/");
    this.left[place.room] = hash;
    // A link that was followed meanwhile wins.
    if (location.hash !== before || before !== this.written || place.room !== this.place.room)
      return;
    this.written = hash;
    history.replaceState(null, "", hash);
  }

  private get room(): Room<unknown> | null {
    return this.querySelector<Room<unknown>>("main > [data-room]");
  }

  private async share(text: string, what: string) {
    this.sharing = false;
    this.said = await toClipboard(text, `${what} copied`);
    announce(this.said);
    setTimeout(() => {
      this.said = "";
    }, 2000);
  }
  @state() private said = "";

  private nextTheme() {
    const next = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? "system";
    setTheme(next);
    this.theme = next;
    announce(`Theme: ${next}`);
  }

  protected override render() {
    return html`
      <a class="skip visually-hidden" href="#content" @click=${this.skip}>Skip to the content</a>
      <header class="masthead">
        <a class="name" href="#validate"><img src="./icon.svg" alt="" />prefect-events</a>
        <nav aria-label="Rooms">
          ${ROOMS.map(
            (room) =>
              html`<a href=${this.left[room] ?? `#${room}`} aria-current=${room === this.place.room ? "page" : nothing}>${TITLES[room]}</a>`,
          )}
        </nav>
        <div class="tools">
          <span aria-hidden="true">${this.said}</span>
          <div class="menu">
            <button aria-expanded=${this.sharing} aria-controls="share" @click=${() => {
              this.sharing = !this.sharing;
            }}>Share</button>
            <ul id="share" ?hidden=${!this.sharing}>
              ${this.sharing ? this.noteOnLink() : nothing}
              <li><button @click=${() => this.share(location.href, "Link")}>Copy link</button></li>
              <li><button @click=${() => this.share(this.markdownOfRoom(), "Markdown")}>Copy as Markdown</button></li>
            </ul>
          </div>
          <button @click=${this.nextTheme} title="Theme: ${this.theme}">
            <span class="visually-hidden">Theme: </span>${THEME_SIGNS[this.theme]}
          </button>
        </div>
      </header>
      <main id="content" tabindex="-1">
        ${
          this.fault === undefined
            ? nothing
            : faultPanel(this.fault, this.place.room, () => {
                this.fault = undefined;
              })
        }
        ${this.place.problem ? html`<p class="notice">${PROBLEMS[this.place.problem]}</p>` : nothing}
        ${this.loaded ? this.roomElement() : html`<p class="loading" role="status">Loading…</p>`}
      </main>
      <footer class="colophon">
        <span>Everything runs in your browser: nothing you enter leaves it.</span>
        <span>prefect-events ${version}</span>
      </footer>
      <div id="announcer" class="visually-hidden" role="status"></div>
    `;
  }

  private roomElement() {
    const initial = this.place.state ?? undefined;
    switch (this.place.room) {
      case "validate":
        return html`<room-validate data-room .initial=${initial}></room-validate>`;
      case "build":
        return html`<room-build data-room .initial=${initial}></room-build>`;
      case "simulate":
        return html`<room-simulate data-room .initial=${initial}></room-simulate>`;
    }
  }

  private noteOnLink() {
    const note =
      this.room?.notInLink() ??
      (this.unheld ? "The link does not hold what is shown: it is too large." : undefined);
    return note ? html`<li class="note">${note}</li>` : nothing;
  }

  private markdownOfRoom(): string {
    return `${this.room?.markdown() ?? ""}\n\n${link("Open in prefect-events", location.href)}\n`;
  }

  private skip(event: Event) {
    event.preventDefault();
    this.querySelector("main")?.focus();
  }
}

const PROBLEMS: Record<LinkProblem, string> = {
  damaged: "This link is damaged; showing the example instead.",
  "too-large": "This link holds more than 1 MB, which is too large; showing the example instead.",
};

const THEME_SIGNS: Record<Theme, string> = { system: "Auto", light: "Light", dark: "Dark" };
