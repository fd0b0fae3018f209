// What the page needs of an automation's triggers: the window that its slider moves, and what is expected.

import type { TriggerOutline } from "prefect-events";

export interface Facts {
  /** What they are about. */
  text: string;
  /** The automations of the text: by their 0-based indexes in it, their names. */
  automations: { index: number; name: string }[];
  /** The index of the one that is played. */
  played: number;
  /** The window that the slider moves: the first over heartbeats, or the first of all. */
  window?: Window;
  /** It is a window over heartbeats. */
  watched: boolean;
  /** What the trigger of that window expects. */
  expect?: string[];
  /** It holds automations, not triggers alone: `prefect automation create --from-file` reads them. */
  isCreatable: boolean;
}

/** `from` and `to` are offsets: the text between them is its length. */
export interface Window {
  seconds: number;
  from: number;
  to: number;
}

/** `index`: of several automations, the one that is played; without it, or if there is none, the first. */
export function factsOf(text: string, all: TriggerOutline[], index?: number): Facts {
  const automations = all
    .filter(({ path }) => path === "$")
    .map(({ automation, name = "" }) => ({ index: automation, name }));
  const chosen = automations.find((one) => one.index === index) ?? automations[0];
  const played = chosen?.index ?? 0;
  const triggers = all.filter((one) => one.automation === played);
  const watching = triggers.find((one) => one.watchesHeartbeats);
  const trigger = watching ?? triggers.find((one) => one.within?.range);
  const { within, expect } = trigger ?? {};
  return {
    text,
    automations,
    played,
    watched: watching !== undefined,
    isCreatable:
      all.length > 0 && all.every(({ path, pointer }) => path !== "$" || pointer === "/trigger"),
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
