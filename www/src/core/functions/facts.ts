// The facts about an automation's triggers that the page needs: the window that its slider moves, and the expected events.

import type { TriggerOutline } from "prefect-events";

export interface Facts {
  /** The text that they describe. */
  text: string;
  /** The names of the automations in the text, by their 0-based index. */
  automations: { index: number; name: string }[];
  /** The index of the automation that is played. */
  played: number;
  /** The window that the slider moves: the first over heartbeats, otherwise the first one. */
  window?: Window;
  /** Whether it is a window over heartbeats. */
  watched: boolean;
  /** The events that the trigger of this window expects. */
  expect?: string[];
  /** Whether the text contains automations, not only triggers: `prefect automation create --from-file` reads them. */
  isCreatable: boolean;
}

/** `from` and `to` are offsets: the text between them is the length of the window. */
export interface Window {
  seconds: number;
  from: number;
  to: number;
}

/** `index` selects one of several automations. Default, and if it does not exist: the first. */
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

/** The text with another window, and its facts. */
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
