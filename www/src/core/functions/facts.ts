// What the page needs of an automation's triggers: the window that its slider moves, and what is expected.

import type { TriggerOutline } from "prefect-events";

export interface Facts {
  /** What they are about. */
  text: string;
  /** The names of the automations of the text, in its order. */
  names: string[];
  /** Which of them is played. */
  played: number;
  /** The window that the slider moves: the first over heartbeats, or the first of all. */
  window?: Window;
  /** It is a window over heartbeats. */
  watched: boolean;
  /** What the trigger of that window expects. */
  expect?: string[];
}

/** `from` and `to` are offsets: the text between them is its length. */
export interface Window {
  seconds: number;
  from: number;
  to: number;
}

/** `name`: of several automations, the one that is played; without it, or if there is none of this name, the first. */
export function factsOf(text: string, all: TriggerOutline[], name?: string): Facts {
  const names = [...new Map(all.map((one) => [one.automation, one.name ?? ""])).values()];
  const played = Math.max(0, name === undefined ? 0 : names.indexOf(name));
  const triggers = all.filter((one) => one.automation === played);
  const watching = triggers.find((one) => one.watches_heartbeats);
  const trigger = watching ?? triggers.find((one) => one.within?.range);
  const { within, expect } = trigger ?? {};
  return {
    text,
    names,
    played,
    watched: watching !== undefined,
    ...(within?.range && {
      window: {
        seconds: within.seconds,
        from: within.range.start.offset,
        to: within.range.end.offset,
      },
    }),
    ...(expect && expect.values.length > 0 && { expect: expect.values }),
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
