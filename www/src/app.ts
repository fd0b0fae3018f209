// The frame around the views: navigation, the address, the theme, sharing, and internal errors.

import { html, LitElement, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { version } from "prefect-events/package.json";
import { type Given, type Incoming, recognised } from "./core/incoming.ts";
import { COMMAND_LINE, DOCUMENTATION, REPOSITORY } from "./links.ts";
import { type LinkProblem, type Place, read, VIEWS, type ViewName, write } from "./state/hash.ts";
import { MOST_LEVELS } from "./state/levels.ts";
import { setTheme, THEMES, type Theme, theme } from "./state/theme.ts";
import { announce } from "./ui/announce.ts";
import { toClipboard } from "./ui/copy.ts";
import { faultPanel } from "./ui/fault.ts";
import { link } from "./ui/markdown.ts";
import type { KeptState, View } from "./views/view.ts";

const TITLES: Record<ViewName, string> = {
  validate: "Validate",
  build: "Build",
  simulate: "Simulate",
};

/** Each view is a separate chunk, loaded when it is opened. */
const LOAD: Record<ViewName, () => Promise<unknown>> = {
  validate: () => import("./views/validate/view.ts"),
  build: () => import("./views/build/view.ts"),
  simulate: () => import("./views/simulate/view.ts"),
};

const ENTRIES = ["dragover", "dragleave", "drop", "paste"];

@customElement("pe-app")
export class App extends LitElement {
  @state() private place: Place = { view: "validate" };
  @state() private loaded = false;
  @state() private fault: unknown;
  @state() private sharing = false;
  @state() private theme: Theme = theme();
  /** The address that this page wrote: it must not reopen the view. */
  private written = "";
  /** The last address of each view, for its link. */
  private left: Partial<Record<ViewName, string>> = {};
  /** The state of the view is too large for an address. */
  @state() private unheld = false;
  /** A file is dragged over the window. */
  @state() private dropping = false;
  /** A dropped or pasted input could not be opened. */
  @state() private unopened = "";
  private entering: Promise<void> = Promise.resolve();
  /** Inputs are opened one after the other: the last one stays. */
  private opening: Promise<void> = Promise.resolve();
  /** One after the other. */
  private storing: Promise<void> = Promise.resolve();
  private writing: ReturnType<typeof setTimeout> | undefined;
  private unwritten: Place | undefined;

  protected override createRenderRoot() {
    this.replaceChildren();
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener("hashchange", () => {
      this.entering = this.enter();
    });
    addEventListener("error", (event) => this.blame(event.error ?? event.message));
    addEventListener("unhandledrejection", (event) => this.blame(event.reason));
    addEventListener("keydown", (event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") this.sharing = false;
    });
    this.addEventListener("view-go", (event) => this.go((event as CustomEvent<Place>).detail));
    this.addEventListener("view-fault", (event) => this.blame((event as CustomEvent).detail));
    this.addEventListener("view-state", (event) =>
      this.keep((event as CustomEvent<KeptState<unknown>>).detail),
    );
    this.addEventListener("view-files", (event) =>
      this.give((event as CustomEvent<File[]>).detail),
    );
    for (const type of ENTRIES) addEventListener(type, this.arrived, { capture: true });
    this.entering = this.enter();
  }

  /** Accepts files everywhere, before an editor inserts their text; accepts text if no field has the focus. */
  private readonly arrived = (event: Event) => {
    const data =
      event instanceof DragEvent
        ? event.dataTransfer
        : event instanceof ClipboardEvent
          ? event.clipboardData
          : null;
    if (!data) return;
    const holdsFiles = data.types.includes("Files");
    if (!holdsFiles && (event.type !== "paste" || isWritable(event.target))) return;
    event.preventDefault();
    event.stopPropagation();
    this.dropping = event.type === "dragover";
    if (event.type !== "drop" && event.type !== "paste") return;
    this.give([...data.files], data.getData("text/plain"));
  };

  /** Opens inputs in the order in which they arrive. */
  private give(files: File[], text = "") {
    this.opening = this.opening.then(() => this.open(files, text));
  }

  /** Opens a dropped or pasted input in the right view. */
  private async open(files: File[], text: string) {
    this.unopened = "";
    if (files.length === 0 && text.trim() === "") return;
    try {
      const incoming = await recognised(
        files.length > 0
          ? files.map((file) => ({ name: file.name, file }))
          : [{ name: "the clipboard", text }],
      );
      await this.deliver(incoming);
    } catch (error) {
      this.blame(error);
    }
  }

  private async deliver(incoming: Incoming) {
    const { events, played, foreign, unknown } = incoming;
    await this.entering;
    let notice = "";
    if (unknown && !this.showsMistakes(unknown)) {
      const what = unknown.file ? unknown.name : "This text";
      notice = `${what} is not recognised: ${KNOWN}.`;
      this.unopened = notice;
      announce(notice);
    }
    if (unknown && this.showsMistakes(unknown)) events.push(unknown);
    if (events.length === 0 && played === undefined && !foreign) return;
    const isPlayed = played !== undefined || (!foreign && this.place.view === "simulate");
    const view = isPlayed ? "simulate" : "validate";
    const isElsewhere = view !== this.place.view;
    if (isElsewhere) {
      await this.write();
      // Without an event, which could be confused with that of a link.
      history.pushState(null, "", this.left[view] ?? `#${view}`);
      this.entering = this.enter();
    }
    await this.entering;
    await this.updateComplete;
    const shown = this.view;
    await shown?.updateComplete;
    await shown?.receive(foreign && !isPlayed ? { events: [foreign, ...events] } : incoming);
    // Of several files, some are open.
    this.unopened = notice;
    if (!isElsewhere) return;
    announce(`Opened in ${TITLES[view]}`);
    this.querySelector("main")?.focus();
  }

  /** Whether an input that is not recognised is shown with its mistakes: only in the view that is open anyway. */
  private showsMistakes({ file, text = "" }: Given): boolean {
    return this.place.view !== "build" && (file !== undefined || /^\s*[{[]/.test(text));
  }

  private blame(error: unknown) {
    // Browsers report this harmless error.
    if (String(error).includes("ResizeObserver loop")) return;
    this.fault = error ?? "unknown";
  }

  private async enter() {
    if (location.hash === this.written && this.loaded) return;
    await this.write();
    const { hash } = location;
    const place = await read(hash);
    // The user went on meanwhile.
    if (location.hash !== hash) return;
    this.written = hash;
    if (place.state) this.left[place.view] = hash;
    this.unopened = "";
    this.loaded = false;
    this.place = place;
    document.title = `${TITLES[place.view]} · prefect-events`;
    if (place.problem) announce(PROBLEMS[place.problem]);
    try {
      await LOAD[place.view]();
      this.loaded = true;
    } catch (error) {
      this.blame(error);
    }
  }

  private async go(place: Place) {
    // The way back leads to what was left.
    await this.write();
    location.hash = await write(place);
    this.querySelector("main")?.focus();
  }

  /** Delayed, because browsers limit how often the address can change. */
  private keep({ state, isOwn }: KeptState<unknown>) {
    // The user went on.
    if (!isOwn) this.unopened = "";
    this.unwritten = { view: this.place.view, state };
    clearTimeout(this.writing);
    this.writing = setTimeout(() => void this.write(), 300);
  }

  /** Writes the state into the address or, if the view is closed, into its link. */
  private write(): Promise<void> {
    this.storing = this.storing.then(() => this.store());
    return this.storing;
  }

  private async store() {
    clearTimeout(this.writing);
    const place = this.unwritten;
    if (!place) return;
    this.unwritten = undefined;
    const before = location.hash;
    const hash = await write(place);
    this.unheld = place.state !== undefined && !hash.includes("/");
    this.left[place.view] = hash;
    // A link that the user followed meanwhile takes precedence.
    if (location.hash !== before || before !== this.written || place.view !== this.place.view)
      return;
    this.written = hash;
    history.replaceState(null, "", hash);
  }

  private get view(): View<unknown> | null {
    return this.querySelector<View<unknown>>("main > [data-view]");
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

  private chooseTheme(event: Event) {
    const { value } = event.target as HTMLSelectElement;
    this.theme = THEMES.find((one) => one === value) ?? "system";
    setTheme(this.theme);
  }

  protected override render() {
    return html`
      <a class="skip visually-hidden" href="#content" @click=${this.skip}>Skip to the content</a>
      <header class="masthead">
        <a class="name" href="#validate"><img src="./icon.svg" alt="" />prefect-events</a>
        <nav aria-label="Views">
          ${VIEWS.map(
            (view) =>
              html`<a href=${this.left[view] ?? `#${view}`} aria-current=${view === this.place.view ? "page" : nothing}>${TITLES[view]}</a>`,
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
              <li><button @click=${() => this.share(this.markdownOfView(), "Markdown")}>Copy as Markdown</button></li>
            </ul>
          </div>
          <label class="theme"><span>Theme</span>
            <select @change=${this.chooseTheme}>
              ${THEMES.map(
                (one) =>
                  html`<option value=${one} ?selected=${one === this.theme}>${THEME_NAMES[one]}</option>`,
              )}
            </select>
          </label>
        </div>
      </header>
      <section class="intro" aria-label="About prefect-events">
        <p>
          For teams that run Prefect: check events and automations before you deploy them. See what is wrong and how to
          fix it, and whether an automation fires, when, and why. Not affiliated with Prefect.
        </p>
        <p class="links">
          <a href=${DOCUMENTATION}>Documentation</a> <a href=${COMMAND_LINE}>Command line</a>
          <a href=${REPOSITORY}>Source</a>
        </p>
      </section>
      <main id="content" class=${this.dropping ? "dropping" : ""} tabindex="-1">
        ${
          this.fault === undefined
            ? nothing
            : faultPanel(this.fault, this.place.view, () => {
                this.fault = undefined;
              })
        }
        ${this.unopened ? html`<p class="notice">${this.unopened}</p>` : nothing}
        ${this.place.problem ? html`<p class="notice">${PROBLEMS[this.place.problem]}</p>` : nothing}
        ${this.loaded ? this.viewElement() : html`<p class="loading" role="status">Loading…</p>`}
      </main>
      <footer class="colophon">
        <span>Everything runs in your browser. What you enter leaves it only if you connect to a server, and goes only there.</span>
        <span>prefect-events ${version}</span>
        <a href="./third-party-notices.txt">Third-party notices</a>
      </footer>
      <div id="announcer" class="visually-hidden" role="status"></div>
    `;
  }

  private viewElement() {
    const initial = this.place.state ?? undefined;
    switch (this.place.view) {
      case "validate":
        return html`<view-validate data-view .initial=${initial}></view-validate>`;
      case "build":
        return html`<view-build data-view .initial=${initial}></view-build>`;
      case "simulate":
        return html`<view-simulate data-view .initial=${initial}></view-simulate>`;
    }
  }

  private noteOnLink() {
    const note =
      this.view?.notInLink() ??
      (this.unheld ? "The link does not include what is shown, which is too large." : undefined);
    return note ? html`<li class="note">${note}</li>` : nothing;
  }

  private markdownOfView(): string {
    return `${this.view?.markdown() ?? ""}\n\n${link("Open in prefect-events", location.href)}\n`;
  }

  private skip(event: Event) {
    event.preventDefault();
    this.querySelector("main")?.focus();
  }
}

const PROBLEMS: Record<LinkProblem, string> = {
  damaged: "This link is damaged; showing the example instead.",
  "too-large":
    "This link contains more than 1 MB, which is too large; showing the example instead.",
  "too-deep": `This link contains values nested deeper than ${MOST_LEVELS} levels; showing the example instead.`,
};

const KNOWN =
  "it should be events, an automation, a trigger, a prefect.yaml, Terraform’s JSON, or a scenario";

const THEME_NAMES: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };

/** Types of inputs that accept no text. */
const WITHOUT_TEXT = ["button", "checkbox", "radio", "range"];

/** Whether pasted text belongs to the focused element. */
function isWritable(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const own = target.closest("input, textarea, [contenteditable], .cm-editor");
  return own !== null && !(own instanceof HTMLInputElement && WITHOUT_TEXT.includes(own.type));
}
