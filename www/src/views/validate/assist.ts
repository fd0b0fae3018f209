// Help while writing events: completion, and descriptions from the catalogue. Loaded with the editor.

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import type { EditorState, Extension } from "@codemirror/state";
import { EditorView, hoverTooltip, placeholder } from "@codemirror/view";
import { render } from "lit";
import type { EventType } from "prefect-events";
import { catalogue } from "../../core/client.ts";
import { bySchema, restartWhenTyping, type Schema } from "../../editor/schema-completion.ts";
import { factPanel } from "./fact.ts";
import { keysOf, type Place, placeAt, valueAt } from "./json-place.ts";
import {
  type Fact,
  factAt,
  fieldsAt,
  labelsAt,
  namesOf,
  ofEvent,
  ofField,
  ofLabel,
  ofRole,
} from "./knowledge.ts";

interface Hooks {
  /** Called when the cursor has moved; `typing`: because the text changed. */
  cursor: (offset: number, typing: boolean) => void;
  /** The schema of a text; `undefined`: it is completed as an event. */
  schema: (text: string) => Promise<Schema | undefined>;
  /** The description of the key or value at the cursor. */
  fact: (fact: Fact | undefined) => void;
  fault: (error: unknown) => void;
}

export function assist({ cursor, schema, fact, fault }: Hooks): Extension {
  let asked = 0;
  const showFact = async (state: EditorState) => {
    asked += 1;
    const mine = asked;
    try {
      const found = await factOf(state, state.selection.main.head, 0);
      if (mine === asked) fact(found?.fact);
    } catch (error) {
      fault(error);
    }
  };
  const source: CompletionSource = async (context) => {
    restartWhenTyping(context);
    try {
      const found = await schema(context.state.doc.toString());
      if (context.aborted) return null;
      return found ? bySchema(context, found) : await proposals(context);
    } catch (error) {
      fault(error);
      return null;
    }
  };
  return [
    placeholder("Paste an event, or drop a file"),
    autocompletion({ override: [source], icons: false }),
    hoverTooltip(async (view, position, side) => {
      const found = await factOf(view.state, position, side);
      if (!found) return null;
      return {
        pos: found.place.from,
        end: found.place.to,
        create: () => {
          const dom = document.createElement("div");
          dom.className = "fact-tooltip";
          render(factPanel(found.fact), dom);
          return { dom };
        },
      };
    }),
    EditorView.updateListener.of((update) => {
      if (!update.selectionSet && !update.docChanged) return;
      cursor(update.state.selection.main.head, update.docChanged);
      void showFact(update.state);
    }),
  ];
}

const described = new Map<string, Promise<EventType | undefined>>();

function describe(name: string): Promise<EventType | undefined> {
  const known = described.get(name);
  if (known) return known;
  const asked = catalogue.describeEvent(name);
  described.set(name, asked);
  // Names are typed letter by letter, and most beginnings are unknown names.
  asked.then(
    (type) => type ?? described.delete(name),
    () => described.delete(name),
  );
  return asked;
}

async function typeAt(state: EditorState, place: Place): Promise<EventType | undefined> {
  const name = valueAt(state, place.event, "event");
  return name ? await describe(name) : undefined;
}

function roleAt(state: EditorState, { path, container }: Place): string | undefined {
  return path[0] === "related" && path.length === 3
    ? valueAt(state, container, "prefect.resource.role")
    : undefined;
}

async function factOf(
  state: EditorState,
  position: number,
  side: -1 | 0 | 1,
): Promise<{ fact: Fact; place: Place } | undefined> {
  const place = placeAt(state, position, side);
  if (!place || place.from === place.to) return;
  const type = await typeAt(state, place);
  const fact = type && factAt(place.path, type, roleAt(state, place));
  return fact && { fact, place };
}

interface Proposal {
  text: string;
  detail?: string;
  fact?: Fact | undefined;
  boost?: number;
  /** The text to write after a key. */
  value?: string;
}

async function proposals(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos } = context;
  const place = placeAt(state, pos, -1);
  if (!place?.isText) return null;
  const empty = place.from === place.to;
  if (empty ? !context.explicit : pos <= place.from || pos >= place.to) return null;
  const found = place.at === "key" ? await keys(state, place) : await values(state, place);
  if (found.length === 0) return null;
  return {
    from: empty ? pos : place.from + 1,
    options: found.map((one): Completion => option(one, place)),
    validFor: /^[^"\n]*$/,
  };
}

function option({ text, detail, fact, boost, value }: Proposal, place: Place): Completion {
  return {
    label: text,
    ...(detail && { detail }),
    ...(boost && { boost }),
    ...(fact && {
      info: () => {
        const dom = document.createElement("div");
        render(factPanel(fact), dom);
        return dom;
      },
    }),
    apply: (view, _completion, _from, to) => {
      const start = place.from;
      // The text typed since is inside the quotes.
      const end = place.from === place.to ? to : to + 1;
      const quoted = JSON.stringify(text);
      const isNew = place.at === "key" && !place.property?.getChild(":");
      const rest = isNew ? `: ${value ?? '""'}` : "";
      const next = view.state.sliceDoc(end, end + 200).match(/^\s*(.)/)?.[1];
      const comma = isNew && next === '"' ? "," : "";
      const insert = `${quoted}${rest}${comma}`;
      const inside = isNew && /^["{[]/.test(value ?? '""') ? 1 + comma.length : comma.length;
      view.dispatch({
        changes: { from: start, to: end, insert },
        selection: { anchor: start + insert.length - inside },
        userEvent: "input.complete",
        scrollIntoView: true,
      });
    },
  };
}

const PRESENCE_BOOST = { required: 2, optional: 1, undocumented: 0 };
const TOP_LEVEL = {
  occurred: '""',
  event: '""',
  resource: "{}",
  related: "[]",
  payload: "{}",
  id: '""',
  follows: '""',
};

async function keys(state: EditorState, place: Place): Promise<Proposal[]> {
  const { path, container } = place;
  const own = place.property ? [place.written] : [];
  const there = keysOf(state, container).filter((key) => !own.includes(key));
  const missing = ({ text }: Proposal) => !there.includes(text);
  if (path.length === 1)
    return Object.entries(TOP_LEVEL)
      .map(([text, value]) => ({ text, value }))
      .filter(missing);
  const type = await typeAt(state, place);
  const labels = type ? labelsAt(path, type, roleAt(state, place)) : [];
  const ids =
    path[0] === "related" && path.length === 3
      ? [
          { text: "prefect.resource.id", boost: 4 },
          { text: "prefect.resource.role", boost: 3 },
        ]
      : [];
  const fields = type ? fieldsAt(path, type) : [];
  return [
    ...ids,
    ...labels.map((label) => ({
      text: label.name,
      detail:
        label.presence === "required"
          ? "required"
          : label.presence === "optional"
            ? ""
            : "not documented",
      fact: ofLabel(label, type?.docs),
      boost: PRESENCE_BOOST[label.presence],
    })),
    ...fields.map(({ field, key }) => ({
      text: key,
      detail: field.type,
      fact: ofField(field, type?.docs),
      boost: PRESENCE_BOOST[field.presence],
      value: EMPTY[field.type] ?? "null",
    })),
  ].filter(missing);
}

/** The first text of a value of a type. */
const EMPTY: Record<string, string> = {
  string: '""',
  uuid: '""',
  timestamp: '""',
  object: "{}",
  "object of strings": "{}",
  array: "[]",
  boolean: "false",
  integer: "0",
  number: "0",
};

async function values(state: EditorState, place: Place): Promise<Proposal[]> {
  const { path } = place;
  const last = path.at(-1);
  if (path.length === 1 && last === "event")
    return (await allTypes()).flatMap((type) =>
      namesOf(type).map((text) => ({ text, fact: ofEvent(type) })),
    );
  const type = await typeAt(state, place);
  if (!type) return [];
  if (path[0] === "related" && path.length === 3 && last === "prefect.resource.role")
    return type.related.map((related) => ({
      text: related.role,
      detail: related.min > 0 ? "required" : "",
      fact: ofRole(related, type.docs),
      boost: Math.min(related.min, 1),
    }));
  const role = roleAt(state, place);
  const label = labelsAt(path, type, role).find(({ name }) => name === last);
  const field = fieldsAt(path, type).find(({ key }) => key === last)?.field;
  const known = (label ?? field)?.values ?? [];
  if (known.length > 0) return known.map((text) => ({ text }));
  const id =
    path[0] === "related" ? type.related.find((one) => one.role === role)?.id : label?.form;
  return last === "prefect.resource.id" && id ? beginnings(id) : [];
}

/** The beginning of ids, up to the part to fill in. */
function beginnings(form: string): Proposal[] {
  return form
    .split(" | ")
    .map((one) => ({ text: one.slice(0, one.indexOf("{")), detail: one }))
    .filter(({ text }) => text !== "");
}

let types: Promise<EventType[]> | undefined;

function allTypes(): Promise<EventType[]> {
  types ??= catalogue.eventTypes();
  return types;
}
