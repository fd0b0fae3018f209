// Finds the cursor's location in an event, with CodeMirror's syntax tree.

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";

type Node = ReturnType<typeof syntaxTree>["topNode"];
type Step = string | number;

export interface Place {
  /** The path from the event inwards. At a key, the last part is the key as typed so far. */
  path: Step[];
  at: "key" | "value";
  /** The text there with its quotes; empty if nothing is written yet. */
  from: number;
  to: number;
  /** The text of a string, without its quotes. */
  written: string;
  /** Whether there is nothing or a string. */
  isText: boolean;
  /** The property, if the cursor is at its key. */
  property: Node | undefined;
  /** The object or array around the cursor. */
  container: Node;
  event: Node;
}

const MOST_WAIT = 50;

export function placeAt(state: EditorState, position: number, side: -1 | 0 | 1): Place | undefined {
  const tree = ensureSyntaxTree(state, position, MOST_WAIT) ?? syntaxTree(state);
  let node = tree.resolveInner(position, side);
  while (node.type.isError && node.parent) node = node.parent;
  const found = spot(node, position);
  if (!found) return;
  const { container, last, at, token } = found;
  const lastStep = last ?? (token && at === "key" ? text(state, token) : "");
  const steps: { step: Step; container: Node }[] = [{ step: lastStep, container }];
  for (let inner = container; ; ) {
    const outer = stepTo(state, inner);
    if (!outer) break;
    steps.unshift(outer);
    inner = outer.container;
  }
  // Lists, pages of the API and websocket frames contain events.
  if (typeof steps[0]?.step === "number") steps.shift();
  if (steps[0]?.step === "events" && typeof steps[1]?.step === "number") steps.splice(0, 2);
  else if (steps[0]?.step === "event" && steps.length > 1) steps.shift();
  const event = steps[0]?.container;
  if (event?.name !== "Object") return;
  return {
    path: steps.map(({ step }) => step),
    at,
    from: token?.from ?? position,
    to: token?.to ?? position,
    written: token ? text(state, token) : "",
    isText: !token || token.name === "String" || token.name === "PropertyName",
    property: at === "key" ? (token?.parent ?? undefined) : undefined,
    container,
    event,
  };

  function spot(node: Node, position: number) {
    const { parent } = node;
    if (node.name === "PropertyName" && parent?.parent)
      return { at: "key" as const, token: node, container: parent.parent, last: undefined };
    if (node.name === "Property" && parent) {
      const colon = node.getChild(":");
      if (!colon || colon.to > position) return;
      const value = valueNode(node);
      if (value && (position < value.from || position > value.to)) return;
      return { at: "value" as const, token: value, container: parent, last: keyOf(state, node) };
    }
    if (SCALARS.has(node.name) && parent?.name === "Property" && parent.parent)
      return {
        at: "value" as const,
        token: node,
        container: parent.parent,
        last: keyOf(state, parent),
      };
    if (SCALARS.has(node.name) && parent?.name === "Array")
      return { at: "value" as const, token: node, container: parent, last: indexOf(node) };
    const object = node.name === "Object" ? node : parent?.name === "Object" ? parent : undefined;
    if (object && position > object.from && position < object.to)
      return { at: "key" as const, token: undefined, container: object, last: "" };
    const array = node.name === "Array" ? node : parent?.name === "Array" ? parent : undefined;
    if (array && position > array.from && position < array.to)
      return { at: "value" as const, token: undefined, container: array, last: 0 };
    return;
  }
}

const SCALARS = new Set(["String", "Number", "True", "False", "Null"]);
const VALUES = new Set([...SCALARS, "Object", "Array"]);

/** The key or index of an object or array in its parent. */
function stepTo(state: EditorState, node: Node): { step: Step; container: Node } | undefined {
  const { parent } = node;
  if (parent?.name === "Array") return { step: indexOf(node), container: parent };
  if (parent?.name === "Property" && parent.parent)
    return { step: keyOf(state, parent), container: parent.parent };
  return;
}

function indexOf(node: Node): number {
  let index = 0;
  for (let before = node.prevSibling; before; before = before.prevSibling)
    if (VALUES.has(before.name)) index += 1;
  return index;
}

/** The text of a string or of another value. */
export function text(state: EditorState, node: Node): string {
  const written = state.sliceDoc(node.from, node.to);
  if (!written.startsWith('"')) return written;
  try {
    return JSON.parse(written);
  } catch {
    return written.replace(/^"|"$/g, "");
  }
}

function keyOf(state: EditorState, property: Node): string {
  const name = property.getChild("PropertyName");
  return name ? text(state, name) : "";
}

function valueNode(property: Node): Node | undefined {
  const last = property.lastChild;
  return last && VALUES.has(last.name) ? last : undefined;
}

/** The text of the value of a key of an object. */
export function valueAt(state: EditorState, object: Node, key: string): string | undefined {
  const property = object.getChildren("Property").find((one) => keyOf(state, one) === key);
  const value = property && valueNode(property);
  return value && SCALARS.has(value.name) ? text(state, value) : undefined;
}

export function keysOf(state: EditorState, object: Node): string[] {
  return object.getChildren("Property").map((one) => keyOf(state, one));
}
