// Recognises the text of an editor, and finds the JSON Schema to complete it with.

import type { InputForm, ValidationReport } from "prefect-events";
import { catalogue, events } from "../core/client.ts";
import { languageOf } from "./language.ts";
import type { Schema } from "./schema-completion.ts";

/** Enough to include an error in the syntax. */
const MOST_FINDINGS = 100;

/** The schemas by the forms that they are for; those of events are not needed. */
const SCHEMAS: Partial<Record<InputForm, string>> = {
  automation: "automation",
  automations: "automation",
  trigger: "trigger",
  "deployment-triggers": "deployment-triggers",
  "prefect-yaml": "deployment-triggers",
  scenario: "scenario",
  scenarios: "scenario",
};

export class Recogniser {
  /** The last text that was recognised. */
  #last: { form: InputForm; text: string } | undefined;

  /** The form of a text. If an error in its syntax hides it: the last form, if the text is an edit of that one. */
  async formOf(text: string): Promise<InputForm> {
    return this.seen(text, await events.validate(text, { maxDiagnostics: MOST_FINDINGS }));
  }

  /** The same for a text whose report is known. */
  seen(text: string, { form = "unknown", diagnostics }: ValidationReport): InputForm {
    if (form !== "unknown") this.#last = { form, text };
    const isBroken = diagnostics.some(({ code }) => code.startsWith("syntax-"));
    const isEdit = this.#last && isEditOf(text, this.#last.text);
    return this.#last && isBroken && isEdit ? this.#last.form : form;
  }
}

/** Whether most of a text before is still there, in the same language. */
function isEditOf(text: string, before: string): boolean {
  if (languageOf(text) !== languageOf(before)) return false;
  const shorter = Math.min(text.length, before.length);
  let same = 0;
  while (same < shorter && text[same] === before[same]) same += 1;
  let tail = 0;
  while (tail < shorter - same && text.at(-1 - tail) === before.at(-1 - tail)) tail += 1;
  return 2 * (same + tail) > before.length;
}

const loaded = new Map<InputForm, Promise<Schema>>();

/** The schema for texts of a form; `undefined` if there is none. */
export function schemaFor(form: InputForm): Promise<Schema> | undefined {
  const name = SCHEMAS[form];
  if (name === undefined) return undefined;
  const known = loaded.get(form);
  if (known) return known;
  const asked = catalogue.jsonSchema(name).then((schema) => extended(schema, form));
  loaded.set(form, asked);
  asked.catch(() => loaded.delete(form));
  return asked;
}

/** `prefect deploy --trigger` reads a single trigger, or an object with the list `triggers`, too. */
function extended(schema: Schema, form: InputForm): Schema {
  if (form !== "deployment-triggers") return schema;
  const trigger = { $ref: "#/$defs/deployment-trigger" };
  const file = { properties: { triggers: { type: "array", items: trigger } } };
  return { ...schema, anyOf: [trigger, file] };
}
