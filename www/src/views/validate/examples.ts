// Examples to start with: a valid example of each event, and an example of each mistake.

import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { catalogue } from "../../core/client.ts";
import { sign } from "./signs.ts";

interface Example {
  group: string;
  title: string;
  /** The event's name, or the code. */
  name: string;
  right: boolean;
}

@customElement("validate-examples")
export class Examples extends LitElement {
  /** The layout of the field. */
  @property() label = "Examples";
  @state() private all: Example[] | undefined;
  @state() private query = "";
  @state() private expanded = false;
  @state() private active = 0;

  protected override createRenderRoot() {
    return this;
  }

  protected override updated(changed: PropertyValues<this>) {
    if (!this.expanded || !(changed as Map<string, unknown>).has("active")) return;
    this.querySelector(`#example-${this.active}`)?.scrollIntoView({ block: "nearest" });
  }

  private fault(error: unknown) {
    this.dispatchEvent(new CustomEvent("view-fault", { detail: error, bubbles: true }));
  }

  private async load() {
    if (this.all) return;
    try {
      const [types, mistakes] = await Promise.all([catalogue.eventTypes(), catalogue.mistakes()]);
      this.all = [
        ...types.map(({ title, namePattern, docs }) => ({
          group: docs ? pageName(docs) : "Undocumented events",
          title,
          name: namePattern,
          right: true,
        })),
        ...mistakes.map(({ title, code }) => ({
          group: code.startsWith("syntax-") ? "Invalid JSON" : "Invalid events",
          title,
          name: code,
          right: false,
        })),
      ].sort((one, other) => Number(other.right) - Number(one.right));
    } catch (error) {
      this.fault(error);
    }
  }

  private get found(): Example[] {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    const found = (this.all ?? []).filter(({ group, title, name }) => {
      const text = `${group} ${title} ${name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    // Examples of a group are together.
    const groups = [...new Set(found.map(({ group }) => group))];
    return groups.flatMap((group) => found.filter((one) => one.group === group));
  }

  private openList() {
    this.expanded = true;
    this.active = 0;
    void this.load();
  }

  private close() {
    this.expanded = false;
    this.query = "";
  }

  private async choose(example: Example) {
    this.close();
    try {
      const text = example.right
        ? JSON.stringify((await catalogue.describeEvent(example.name))?.example, null, 2)
        : (await catalogue.explain(example.name))?.wrong;
      if (text !== undefined) this.dispatchEvent(new CustomEvent("text-chosen", { detail: text }));
    } catch (error) {
      this.fault(error);
    }
  }

  private key(event: KeyboardEvent) {
    const { found } = this;
    const last = found.length - 1;
    if (event.key === "Escape") {
      if (!this.expanded) return;
      this.close();
    } else if (!this.expanded) {
      if (event.key !== "ArrowDown" && event.key !== "Enter") return;
      this.openList();
    } else if (event.key === "ArrowDown") this.active = this.active >= last ? 0 : this.active + 1;
    else if (event.key === "ArrowUp") this.active = this.active <= 0 ? last : this.active - 1;
    else if (event.key === "Enter") {
      const example = found[this.active];
      if (example) void this.choose(example);
    } else return;
    event.preventDefault();
  }

  protected override render() {
    return html`
      <div class="combobox">
        <input
          role="combobox"
          aria-label=${this.label}
          aria-expanded=${this.expanded}
          aria-controls="examples"
          aria-autocomplete="list"
          aria-activedescendant=${this.expanded && this.found[this.active] ? `example-${this.active}` : nothing}
          autocomplete="off"
          spellcheck="false"
          placeholder="Valid and invalid examples"
          .value=${this.query}
          @click=${() => !this.expanded && this.openList()}
          @keydown=${this.key}
          @blur=${this.close}
          @input=${(event: Event) => {
            this.query = (event.target as HTMLInputElement).value;
            if (!this.expanded) this.openList();
            this.active = 0;
          }}
        />
        ${this.expanded ? this.list() : nothing}
      </div>
    `;
  }

  private list() {
    const { found } = this;
    if (!this.all)
      return html`<div class="options" id="examples" role="listbox" aria-label="Examples"><div role="option" aria-disabled="true" class="none">Loading…</div></div>`;
    let index = 0;
    const groups = [...new Set(found.map(({ group }) => group))];
    return html`
      <div class="options" id="examples" role="listbox" aria-label="Examples" tabindex="-1"
        @mousedown=${(event: Event) => event.preventDefault()}>
        ${found.length === 0 ? html`<div role="option" aria-disabled="true" class="none">No example matches.</div>` : nothing}
        ${groups.map(
          (group, number) => html`
            <div role="group" aria-labelledby="examples-${number}">
              <div class="group" id="examples-${number}" role="presentation">${group}</div>
              ${found.filter((one) => one.group === group).map((one) => this.option(one, index++))}
            </div>
          `,
        )}
      </div>
    `;
  }

  private option(example: Example, index: number) {
    const { title, name, right } = example;
    return html`<div
      role="option"
      id="example-${index}"
      aria-selected=${index === this.active}
      @click=${() => this.choose(example)}
    >${sign(right ? "good" : "error")}<span>${title} <code>${name}</code></span></div>`;
  }
}

/** The name of the documentation page, from its address. */
function pageName(url: string): string {
  const page = new URL(url).pathname.split("/").at(-1) ?? "";
  const words = page.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
