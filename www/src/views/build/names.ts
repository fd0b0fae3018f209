// The events to choose from, grouped by the pages of Prefect's documentation.

import type { EventType } from "prefect-events";

export interface Choice {
  name: string;
  title: string;
  group: string;
}

const PLACEHOLDER = /\{[^}]+\}/;

export function choices(types: EventType[]): Choice[] {
  return types.flatMap((type) => {
    const group = groupOf(type);
    const variants = type.variants ?? [];
    if (variants.length === 0) {
      const name = PLACEHOLDER.test(type.namePattern)
        ? (type.example as { event: string }).event
        : type.namePattern;
      return [{ name, title: type.title, group }];
    }
    return variants.map(({ name, type: state }) => ({
      name: type.namePattern.replace(PLACEHOLDER, name),
      title: state ? `${type.title}, ${state}` : type.title,
      group,
    }));
  });
}

function groupOf({ docs }: EventType): string {
  const page = docs?.split("#")[0]?.split("/").at(-1)?.replaceAll("-", " ");
  return page ? page.charAt(0).toUpperCase() + page.slice(1) : "Not documented";
}

/** The events with all the words in their name or title. */
export function found(all: Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ name, title }) => {
    const own = `${name} ${title}`.toLowerCase();
    return words.every((word) => own.includes(word));
  });
}
