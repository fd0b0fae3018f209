// Completes keys and values by a JSON Schema, in JSON and in YAML. Loaded with the editor.

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { jsonCursor } from "./json-cursor.ts";
import { languageOf } from "./language.ts";
import { yamlCursor } from "./yaml-cursor.ts";

/** The cursor's location. */
export interface Cursor {
  /** The objects and lists around the cursor, from the document inwards. */
  levels: Level[];
  /** What can be written there. In YAML, an item of a list can begin with a key. */
  at: "key" | "value" | "either";
  /** The text that a proposal replaces, with its quotes. */
  from: number;
  to: number;
  /** Whether it begins with a quote. */
  quoted: boolean;
  /** Formats a proposal for this location. */
  write: (text: string, at: "key" | "value", schema: Schema | undefined) => string;
  /** Whether nothing is written there yet: then proposals only appear on request. */
  empty: boolean;
}

/** An object, with the scalars at its keys, or a list. */
export interface Level {
  keys: Map<string, string>;
  /** The key of the object, or the item of the list, that contains the next level. `undefined`: at a key. */
  step: string | number | undefined;
}

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  if?: Schema;
  then?: Schema;
  else?: Schema;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  description?: string;
}

interface Hooks {
  /** The schema of a text; `undefined`: nothing is proposed. */
  schema: (text: string) => Promise<Schema | undefined>;
  fault: (error: unknown) => void;
}

/** Completion by the schema of the present text. */
export function schemaCompletion({ schema, fault }: Hooks): Extension {
  const source: CompletionSource = async (context) => {
    restartWhenTyping(context);
    try {
      const found = await schema(context.state.doc.toString());
      return found && !context.aborted ? bySchema(context, found) : null;
    } catch (error) {
      fault(error);
      return null;
    }
  };
  return autocompletion({ override: [source], icons: false });
}

/** A slow source is called again for each change; otherwise one that returned nothing would not see what was typed since. */
export function restartWhenTyping(context: CompletionContext) {
  context.addEventListener("abort", () => {}, { onDocChange: true });
}

/** The proposals of a schema at the cursor. */
export function bySchema(context: CompletionContext, schema: Schema): CompletionResult | null {
  const { state, pos, explicit } = context;
  const text = state.doc.toString();
  const cursor = languageOf(text) === "json" ? jsonCursor(state, pos) : yamlCursor(text, pos);
  if (!cursor || (cursor.empty && !explicit)) return null;
  const options = proposals(cursor, schema, cursor.to - pos);
  // The typed text is compared without its quote.
  const from = cursor.quoted ? cursor.from + 1 : cursor.from;
  return options.length > 0 ? { from, options, validFor: /^[\w.*:<>-]*$/ } : null;
}

/** `behind`: the number of replaced characters after the cursor. */
function proposals(
  { levels, at, from, write }: Cursor,
  root: Schema,
  behind: number,
): Completion[] {
  let schemas = [root];
  for (const { keys, step } of levels) {
    schemas = fitting(schemas, root, keys);
    if (step === undefined) break;
    schemas = schemas.flatMap((schema) => inner(schema, step));
  }
  const found = new Map<string, Completion>();
  const add = (text: string, of: "key" | "value", schema: Schema | undefined, boost: number) => {
    const info = schema && (schema.description ?? resolved(schema, root).description);
    if (found.has(text)) return;
    found.set(text, {
      label: text,
      boost,
      apply: (view, _completion, _from, to) => {
        const insert = write(text, of, schema && resolved(schema, root));
        // Moves the cursor into the brackets or quotes of the value.
        const inside = /(""|\[\]|\{\})$/.test(insert) ? 1 : 0;
        view.dispatch({
          changes: { from, to: to + behind, insert },
          selection: { anchor: from + insert.length - inside },
          userEvent: "input.complete",
          scrollIntoView: true,
        });
      },
      ...(info && { info }),
    });
  };
  const last = levels.at(-1);
  const known = last?.step === undefined ? (last?.keys ?? new Map()) : new Map();
  if (at !== "value")
    for (const { properties = {}, required = [] } of fitting(schemas, root, known))
      for (const [key, schema] of Object.entries(properties))
        if (!known.has(key)) add(key, "key", schema, required.includes(key) ? 2 : 1);
  if (at !== "key")
    for (const schema of fitting(schemas, root, new Map())) {
      if (schema.const !== undefined) add(String(schema.const), "value", schema, 1);
      for (const value of schema.enum ?? []) add(String(value), "value", undefined, 1);
      if (schema.type === "boolean")
        for (const value of ["true", "false"]) add(value, "value", schema, 0);
    }
  return [...found.values()];
}

function resolved(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  const target = name === undefined ? undefined : root.$defs?.[name];
  return target ? resolved(target, root) : schema;
}

/** The schemas, with alternatives resolved, that fit an object with these scalars. */
function fitting(schemas: Schema[], root: Schema, keys: Map<string, string>): Schema[] {
  return schemas.flatMap((schema) => {
    const one = resolved(schema, root);
    const contradicted = Object.entries(one.properties ?? {}).some(([key, property]) => {
      const value = keys.get(key);
      return value && property.const !== undefined && property.const !== value;
    });
    if (contradicted) return [];
    return [
      one,
      ...fitting(
        [one.anyOf ?? [], one.then ?? [], one.else ?? []].flat().filter((other) => other !== one),
        root,
        keys,
      ),
    ];
  });
}

function inner(schema: Schema, step: string | number): Schema[] {
  if (typeof step === "number") return schema.items ? [schema.items] : [];
  const own = schema.properties?.[step];
  if (own) return [own];
  const others = schema.additionalProperties;
  return typeof others === "object" ? [others] : [];
}
