// What the page needs of an automation's triggers: the window that its slider moves, and what is expected.

import type { TriggerInfo } from "./triggers.ts";

export interface Facts {
  /** What they are about. */
  text: string;
  /** The window that the slider moves: the first over heartbeats, or the first of all. */
  window?: Window;
  /** It is a window over heartbeats. */
  watched: boolean;
  /** If there is only one trigger that expects something. */
  expect?: string[];
}

export type Window = NonNullable<TriggerInfo["within"]>;

export function factsOf(text: string, triggers: TriggerInfo[]): Facts {
  const watching = triggers.find((one) => one.watches_heartbeats);
  const window = (watching ?? triggers.find((one) => one.within))?.within;
  const lists = triggers.map((one) => one.expect).filter((one) => one.length > 0);
  const expect = lists.length === 1 ? lists[0] : undefined;
  return {
    text,
    watched: watching !== undefined,
    ...(window && { window }),
    ...(expect && { expect }),
  };
}

/** The text with another window, and what is known of it then. */
export function withWindow(facts: Facts, seconds: number): Facts {
  const { text, window } = facts;
  if (!window) return facts;
  const { from, to } = window;
  const number = String(seconds);
  return {
    ...facts,
    text: text.slice(0, from) + number + text.slice(to),
    window: { seconds, from, to: from + number.length },
  };
}
