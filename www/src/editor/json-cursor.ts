// Finds the cursor's location in a JSON text, with CodeMirror's syntax tree.

import type { EditorState } from "@codemirror/state";
import { keysOf, placeAt, valueAt } from "../views/validate/json-place.ts";
import type { Cursor, Level, Schema } from "./schema-completion.ts";

export function jsonCursor(state: EditorState, position: number): Cursor | undefined {
  const place = placeAt(state, position, -1);
  if (!place?.isText) return;
  const empty = place.from === place.to;
  if (!empty && (position <= place.from || position >= place.to)) return;
  const levels: Level[] = [];
  const last = place.path.at(-1);
  let step: string | number | undefined = place.at === "key" ? undefined : last;
  for (let node: typeof place.container | null = place.container; node; node = node.parent) {
    if (node.name !== "Object" && node.name !== "Array") continue;
    const object = node;
    const keys = node.name === "Object" ? keysOf(state, node) : [];
    const own = place.at === "key" && levels.length === 0 ? place.written : undefined;
    const scalars = keys
      .filter((key) => key !== own)
      .map((key): [string, string] => [key, valueAt(state, object, key) ?? ""]);
    levels.unshift({ keys: new Map(scalars), step });
    const around = node.parent;
    const name = around?.name === "Property" ? around.getChild("PropertyName") : null;
    step = name ? state.sliceDoc(name.from + 1, name.to - 1) : 0;
  }
  const isNew = place.at === "key" && !place.property?.getChild(":");
  return {
    levels,
    at: place.at,
    from: place.from,
    to: place.to,
    quoted: !empty,
    empty,
    write: (text, at, schema) => {
      if (at === "key") return `${JSON.stringify(text)}${isNew ? `: ${first(schema)}` : ""}`;
      return text === "true" || text === "false" ? text : JSON.stringify(text);
    },
  };
}

/** The first text written as a value. */
function first(schema: Schema | undefined): string {
  if (schema?.type === "array") return "[]";
  return schema?.type === "object" ? "{}" : '""';
}
