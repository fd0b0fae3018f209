// The catalogue's description of a location in an event.

import type { EventType, Label, PayloadField, RelatedResource, Source } from "prefect-events";

/** The explanation of a part of an event. */
export interface Fact {
  term: string;
  /** In a few words: its form, and whether it is required. */
  form: string;
  meaning: string;
  source: string;
  docs?: string | undefined;
  values?: string[] | undefined;
}

const SOURCES: Record<Source, string> = {
  docs: "documented",
  code: "known from Prefect’s source code",
  both: "documented, and found in Prefect’s source code",
};

const PRESENCES: Record<Label["presence"], string> = {
  required: "required",
  optional: "optional",
  undocumented: "not documented",
};

export function ofEvent({
  namePattern,
  title,
  emitter,
  documented,
  follows,
  docs,
}: EventType): Fact {
  return {
    term: namePattern,
    form: `emitted by ${emitter === "cloud" ? "Prefect Cloud" : `the ${emitter}`}`,
    meaning: follows ? `${title}. \`follows\`: ${lower(follows)}` : title,
    source: documented ? SOURCES.docs : SOURCES.code,
    docs,
  };
}

export function ofLabel(label: Label, docs: string | undefined): Fact {
  const { name, form, presence, meaning, source, values } = label;
  return {
    term: name,
    form: `${form}, ${PRESENCES[presence]}`,
    meaning,
    source: SOURCES[source],
    docs,
    values,
  };
}

export function ofRole(related: RelatedResource, docs: string | undefined): Fact {
  const { role, id, min, max, when, source } = related;
  const most = max === undefined ? "or more" : `to ${max}`;
  const number = min === max ? `exactly ${min}` : `${min} ${most}`;
  return { term: role, form: `${id}, ${number}`, meaning: when, source: SOURCES[source], docs };
}

export function ofField(field: PayloadField, docs: string | undefined): Fact {
  const { path, type, nullable, presence, meaning, source, values } = field;
  return {
    term: path,
    form: `${type}${nullable ? " or null" : ""}, ${PRESENCES[presence]}`,
    meaning,
    source: SOURCES[source],
    docs,
    values,
  };
}

type Path = (string | number)[];

/** The labels of the resource at a location, with their ids and roles. */
export function labelsAt(path: Path, type: EventType, role: string | undefined): Label[] {
  if (path[0] === "resource" && path.length === 2) return type.labels;
  if (path[0] !== "related" || typeof path[1] !== "number" || path.length !== 3) return [];
  const related = type.related.find((one) => one.role === role);
  return related?.labels ?? [];
}

/** The other fields of the payload around a location. */
export function fieldsAt(path: Path, type: EventType): { field: PayloadField; key: string }[] {
  if (path[0] !== "payload" || path.length < 2) return [];
  const outer = fieldPath(path.slice(1, -1));
  const prefix = outer && `${outer}.`;
  return type.payload.flatMap((field) => {
    if (!field.path.startsWith(prefix)) return [];
    const key = field.path.slice(prefix.length);
    return key === "" || /[.[]/.test(key) ? [] : [{ field, key }];
  });
}

/** In the catalogue's notation. */
function fieldPath(steps: Path): string {
  return steps.reduce<string>(
    (path, step) =>
      typeof step === "number" ? `${path}[]` : path === "" ? step : `${path}.${step}`,
    "",
  );
}

export function factAt(path: Path, type: EventType, role: string | undefined): Fact | undefined {
  const last = path.at(-1);
  const { docs } = type;
  if (path.length === 1 && last === "event") return ofEvent(type);
  if (path[0] === "payload") {
    const wanted = fieldPath(path.slice(1));
    const field = type.payload.find((one) => one.path === wanted);
    return field && ofField(field, docs);
  }
  const label = labelsAt(path, type, role).find(({ name }) => name === last);
  if (label) return ofLabel(label, docs);
  const isRelated = path[0] === "related" && path.length === 3;
  if (isRelated && (last === "prefect.resource.role" || last === "prefect.resource.id")) {
    const related = type.related.find((one) => one.role === role);
    return related && ofRole(related, docs);
  }
  return;
}

/** The possible names of an event: placeholders are filled in if all their values are known. */
export function namesOf({ namePattern, variants }: EventType): string[] {
  const placeholder = namePattern.match(/\{[\w-]+\}/g);
  return placeholder?.length === 1 && variants?.length
    ? variants.map(({ name }) => namePattern.replace(/\{[\w-]+\}/, () => name))
    : [namePattern];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
