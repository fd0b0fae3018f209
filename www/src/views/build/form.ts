// The form: required fields first, the others folded, one fold for each object.

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { InputKey } from "prefect-events";
import { prose } from "../../ui/prose.ts";
import { at, isJson, textOf, typed, withValue } from "./given.ts";
import { type Given, isGiven } from "./state.ts";
import { heading, plain } from "./words.ts";

/** The reason if nothing could be built. */
export interface Problem {
  message: string;
  /** The field with the mistake. */
  key?: string | undefined;
}

export interface Form {
  /** The subject of the form: another subject begins with other folds. */
  name: string;
  /** The group of keys without an object, and whether it comes first. */
  self: { title: string; first: boolean; hint?: string };
  /** The content of the first fold. */
  second?: TemplateResult;
  inputs: InputKey[];
  given: Given;
  problem: Problem | undefined;
  /** Fields that became required while this form was filled in: they keep their place. */
  asked: ReadonlySet<string>;
  unfolded: ReadonlySet<string>;
  /** The typed texts that differ from the shown form of their values. */
  drafts: ReadonlyMap<string, string>;
  change: (given: Given, key: string, text: string) => void;
  fold: (group: string, open: boolean) => void;
}

/** Keys of the event itself. */
export const SELF = "";

function groupOf(key: string) {
  return key.includes(".") ? (key.split(".")[0] ?? SELF) : SELF;
}

export function fieldId(key: string) {
  return `field-${key.replaceAll(".", "-")}`;
}

/** The fold of a field, unless it is among the required fields. */
export function foldOf(form: Pick<Form, "inputs" | "asked">, key: string): string | undefined {
  const input = form.inputs.find((one) => one.key === key);
  return input && !isFirst(input, form.asked) ? groupOf(key) : undefined;
}

function isFirst({ key, required }: InputKey, asked: ReadonlySet<string>) {
  return required || asked.has(key);
}

export function formFields(form: Form): TemplateResult {
  const shown = form.inputs.filter(({ named }) => !named);
  const first = shown.filter((input) => isFirst(input, form.asked));
  const groups = new Map<string, InputKey[]>();
  for (const input of shown) {
    if (isFirst(input, form.asked)) continue;
    const group = groupOf(input.key);
    groups.set(group, [...(groups.get(group) ?? []), input]);
  }
  const order = [...groups].sort(([one], [other]) => {
    const [a, b] = [Number(one === SELF), Number(other === SELF)];
    return form.self.first ? b - a : a - b;
  });
  return html`
    ${
      first.length > 0
        ? html`
            <section class="required" aria-labelledby="required">
              <h2 id="required">Required</h2>
              <div class="fields">${repeat(
                first,
                ({ key }) => `${form.name} ${key}`,
                (input) => field(form, input),
              )}</div>
            </section>
          `
        : html`<p class="hint none-required">All fields are optional. Empty ones are generated or omitted.</p>`
    }
    <div class="folds">
      ${repeat(
        order,
        ([group]) => `${form.name} ${group}`,
        ([group, inputs], n) =>
          html`${fold(form, group, inputs)}${n === 0 ? (form.second ?? nothing) : nothing}`,
      )}
    </div>
  `;
}

function fold(form: Form, group: string, inputs: InputKey[]) {
  const given = inputs.filter(({ key }) => at(form.given, key) !== undefined).length;
  const whole = group === SELF ? undefined : form.given[group];
  const isMade = inputs.some(({ always }) => always);
  const says =
    whole === null
      ? "null"
      : given > 0
        ? `${given} given`
        : whole !== undefined && !isGiven(whole)
          ? "given"
          : isMade
            ? ""
            : "omitted";
  return html`
    <details
      ?open=${form.unfolded.has(group)}
      @toggle=${(event: Event) => form.fold(group, (event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <span class="title">${group === SELF ? form.self.title : heading(group)}</span>
        <span class="keys">${inputs.map(({ key }) => (group === SELF ? key : key.slice(group.length + 1))).join(", ")}</span>
        <span class=${given > 0 || whole === null ? "says given" : "says"}>${says}</span>
      </summary>
      ${
        form.unfolded.has(group)
          ? html`
              ${nullable(form, group, inputs)}
              ${group === SELF && form.self.hint ? html`<p class="hint lead">${prose(form.self.hint)}</p>` : nothing}
              ${whole === null ? nothing : html`<div class="fields">${inputs.map((input) => field(form, input))}</div>`}
            `
          : nothing
      }
    </details>
  `;
}

/** A usual object can be left out if the builder accepts null for it. */
function nullable(form: Form, group: string, inputs: InputKey[]) {
  const own = form.inputs.find(({ key }) => key.includes("."))?.key ?? "";
  const isOwn = group === groupOf(own) || group === SELF || group === "state";
  if (isOwn || !inputs.some(({ always }) => always)) return nothing;
  const isNull = form.given[group] === null;
  const change = () =>
    form.change(withValue(form.given, group, isNull ? undefined : null), group, "");
  return html`
    <label class="none"><input type="checkbox" .checked=${live(isNull)} @change=${change} /><span>None (<code>null</code>)</span></label>
  `;
}

function field(form: Form, input: InputKey) {
  const { key, meaning } = input;
  const id = fieldId(key);
  const wrong = form.problem?.key === key;
  const value = at(form.given, key);
  const text = form.drafts.get(key) ?? textOf(value, input.type);
  const set = (text: string) =>
    form.change(withValue(form.given, key, typed(text, input.type)), key, text);
  const described = [meaning && `${id}-hint`, wrong && `${id}-error`].filter(Boolean).join(" ");
  return html`
    <div class=${`field${wrong ? " wrong" : ""}${isJson(input.type) ? " wide" : ""}`}>
      <label for=${id}><code>${key}</code></label>
      <div class="control">
        ${control(input, { id, text, wrong, described, set, placeholder: placeholder(form, input) })}
        ${quick(input, set)}
      </div>
      ${meaning ? html`<p class="hint" id="${id}-hint">${prose(meaning)}</p>` : nothing}
      ${wrong ? html`<p class="error" id="${id}-error">${prose(form.problem?.message ?? "")}</p>` : nothing}
    </div>
  `;
}

/** What happens if the field is empty. */
function placeholder(form: Form, { key, always, required, otherwise, example }: InputKey) {
  if (form.asked.has(key)) return "";
  const group = groupOf(key);
  const isThere =
    always ||
    (group !== SELF &&
      (form.given[group] !== undefined ||
        form.inputs.some((other) => other.always && groupOf(other.key) === group)));
  if (isThere && otherwise) return plain(otherwise);
  if (required || example !== undefined)
    return typeof example === "string" ? `such as ${example}` : "";
  return "omitted";
}

interface Control {
  id: string;
  text: string;
  wrong: boolean;
  described: string;
  placeholder: string;
  set: (text: string) => void;
}

function control({ type, values, required }: InputKey, own: Control) {
  const { id, text, wrong, described, set } = own;
  const changed = (event: Event) => set((event.currentTarget as HTMLInputElement).value);
  const invalid = wrong ? "true" : nothing;
  const listed = values ?? (type === "boolean" ? ["true", "false"] : undefined);
  if (listed) {
    const all = text === "" || listed.includes(text) ? listed : [text, ...listed];
    return html`
      <select id=${id} .value=${live(text)} aria-invalid=${invalid} aria-describedby=${described || nothing} aria-required=${required ? "true" : nothing} @change=${changed}>
        <option value="" ?selected=${text === ""}>${own.placeholder || "Choose…"}</option>
        ${all.map((value) => html`<option value=${value} ?selected=${value === text}>${value}</option>`)}
      </select>
    `;
  }
  if (isJson(type))
    return html`
      <textarea
        id=${id} rows="1" spellcheck="false" placeholder=${own.placeholder}
        aria-invalid=${invalid} aria-describedby=${described || nothing} aria-required=${required ? "true" : nothing}
        .value=${live(text)} @input=${changed}
      ></textarea>
    `;
  return html`
    <input
      id=${id} autocomplete="off" spellcheck="false" placeholder=${own.placeholder}
      inputmode=${type === "integer" ? "numeric" : type === "number" ? "decimal" : nothing}
      aria-invalid=${invalid} aria-describedby=${described || nothing} aria-required=${required ? "true" : nothing}
      .value=${live(text)} @input=${changed}
    />
  `;
}

/** A button that fills in a field. */
function quick({ type, key }: InputKey, set: (text: string) => void) {
  if (type === "uuid")
    return html`<button @click=${() => set(crypto.randomUUID())} aria-label="New ${key}">New</button>`;
  if (type === "timestamp")
    return html`<button @click=${() => set(new Date().toISOString())} aria-label="Now for ${key}">Now</button>`;
  return nothing;
}

/** The folds that are open if nothing is required: the object that the event is about. */
export function firstFold(inputs: InputKey[]): string[] {
  const own = inputs.find(({ key, named }) => key.includes(".") && !named);
  if (!own) return [SELF];
  return inputs.some(({ required }) => required) ? [] : [groupOf(own.key)];
}
