// Selects the event: a combobox with a list, following the ARIA Authoring Practices.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Choice, found } from "./names.ts";

/** In pixels: the heading of a group stays at the top of the list. */
const ROOM_ABOVE = 36;
const ROOM_BELOW = 8;

@customElement("pe-event-choice")
export class EventChoice extends LitElement {
  @property({ attribute: false }) choices: Choice[] = [];
  @property({ attribute: false }) value = "";
  @state() private open = false;
  /** The text typed since the list was opened. */
  @state() private typed: string | undefined;
  @state() private active = -1;
  @query("input") private input!: HTMLInputElement;

  protected override createRenderRoot() {
    return this;
  }

  private get listed(): Choice[] {
    if (this.typed === undefined) return this.choices;
    const text = this.typed.trim();
    const list = found(this.choices, text);
    // States and events can have custom names.
    const own = text !== "" && !/\s/.test(text) && !this.choices.some(({ name }) => name === text);
    return own ? [...list, { name: text, title: "Custom name", group: "Other" }] : list;
  }

  private show(typed?: string) {
    this.typed = typed;
    this.open = true;
    const list = this.listed;
    this.active =
      typed === undefined
        ? list.findIndex(({ name }) => name === this.value)
        : list.length > 0
          ? 0
          : -1;
  }

  private close() {
    this.open = false;
    this.typed = undefined;
    this.active = -1;
    this.input.value = this.value;
  }

  private choose(choice: Choice | undefined) {
    if (choice && choice.name !== this.value) {
      this.value = choice.name;
      this.dispatchEvent(new CustomEvent("chosen", { detail: choice.name }));
    }
    this.close();
  }

  private move(to: number) {
    const { length } = this.listed;
    this.active = length === 0 ? -1 : (to + length) % length;
  }

  private key(event: KeyboardEvent) {
    const { key, altKey } = event;
    const { length } = this.listed;
    if (event.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (!this.open) this.show();
      else if (altKey && key === "ArrowUp") this.close();
      else if (key === "ArrowDown") this.move(this.active + 1);
      else this.move(this.active < 0 ? length - 1 : this.active - 1);
    } else if (this.open && (key === "PageDown" || key === "PageUp")) {
      const to = this.active + (key === "PageDown" ? 10 : -10);
      this.active = Math.max(0, Math.min(length - 1, to));
    } else if (this.open && key === "Enter") {
      this.choose(this.listed[this.active]);
    } else if (key === "Escape" && this.open) {
      this.close();
      this.input.select();
    } else return;
    event.preventDefault();
  }

  protected override updated(changed: PropertyValues) {
    const list = this.querySelector<HTMLElement>('[role="listbox"]');
    const active = list?.querySelector<HTMLElement>(".active");
    if (!this.open || !list || !active) return;
    // Only the list scrolls, not the page.
    const middle = active.offsetTop - (list.clientHeight - active.offsetHeight) / 2;
    const above = active.offsetTop - ROOM_ABOVE;
    const below = active.offsetTop + active.offsetHeight + ROOM_BELOW - list.clientHeight;
    if (changed.has("open")) list.scrollTop = middle;
    else if (list.scrollTop > above) list.scrollTop = above;
    else if (list.scrollTop < below) list.scrollTop = below;
  }

  protected override render() {
    const list = this.open ? this.listed : [];
    const groups = new Map<string, { choice: Choice; n: number }[]>();
    for (const [n, choice] of list.entries())
      groups.set(choice.group, [...(groups.get(choice.group) ?? []), { choice, n }]);
    return html`
      <label for="event-name">Event</label>
      <div class="combobox">
        <input
          id="event-name"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded=${this.open}
          aria-controls="event-names"
          aria-activedescendant=${this.open && this.active >= 0 ? `event-name-${this.active}` : nothing}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          .value=${this.typed ?? this.value}
          @focus=${() => this.input.select()}
          @click=${() => (this.open ? undefined : this.show())}
          @input=${() => this.show(this.input.value)}
          @keydown=${this.key}
          @blur=${this.close}
        />
        <span class="arrow" aria-hidden="true"></span>
        <div id="event-names" role="listbox" aria-label="Events" ?hidden=${!this.open} @mousedown=${(event: Event) => event.preventDefault()}>
          ${[...groups].map(
            ([group, members], n) => html`
              <div role="group" aria-labelledby="event-group-${n}">
                <div class="group" id="event-group-${n}" role="presentation">${group}</div>
                ${members.map(({ choice, n }) => this.option(choice, n))}
              </div>
            `,
          )}
          ${this.open && list.length === 0 ? html`<div class="none" role="presentation">No event matches.</div>` : nothing}
        </div>
      </div>
    `;
  }

  private option(choice: Choice, n: number) {
    const end = choice.name.lastIndexOf(".") + 1;
    return html`
      <div
        role="option"
        id="event-name-${n}"
        class=${n === this.active ? "active" : ""}
        aria-selected=${choice.name === this.value}
        @click=${() => this.choose(choice)}
      ><code><span>${choice.name.slice(0, end)}</span>${choice.name.slice(end)}</code> <small>${choice.title}</small></div>
    `;
  }
}
