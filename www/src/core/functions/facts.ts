// The few places of an automation's text that the page needs: its windows, and what it expects. JSON and YAML alike.

import { isScalar, isSeq, parseDocument, visit, type YAMLMap } from "yaml";

export interface Facts {
  /** The window that the slider moves; the text between the two offsets is its number. */
  window?: Window;
  /** The same, if it is a window over heartbeats. */
  watched?: Window;
  /** If there is only one trigger that expects something. */
  expect?: string[];
}

export interface Window {
  from: number;
  to: number;
  seconds: number;
}

const HEARTBEAT = "prefect.flow-run.heartbeat";

/** What stands there, also in a text with mistakes; those are for `checkAutomation` to tell. */
export function facts(text: string): Facts {
  const windows: Window[] = [];
  const watches: Window[] = [];
  const lists: string[][] = [];
  visit(parseDocument(text, { logLevel: "silent" }), {
    Map(_, map) {
      const expect = texts(map, "expect");
      if (expect.length > 0) lists.push(expect);
      const window = windowOf(map);
      if (!window) return;
      windows.push(window);
      const names = [...expect, ...texts(map, "after")];
      if (map.get("posture") === "Proactive" && window.seconds > 0 && names.includes(HEARTBEAT))
        watches.push(window);
    },
  });
  const [watched] = watches;
  const window = watched ?? windows[0];
  const expect = lists.length === 1 ? lists[0] : undefined;
  return { ...(window && { window }), ...(watched && { watched }), ...(expect && { expect }) };
}

function windowOf(map: YAMLMap): Window | undefined {
  const value = map.get("within", true);
  if (!isScalar(value) || typeof value.value !== "number" || !value.range) return;
  const [from, to] = value.range;
  return { from, to, seconds: value.value };
}

function texts(map: YAMLMap, key: string): string[] {
  const list = map.get(key, true);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item) => (isScalar(item) ? String(item.value) : []));
}

/** The text with another window. */
export function withWindow(text: string, seconds: number): string {
  const { window } = facts(text);
  return window ? text.slice(0, window.from) + String(seconds) + text.slice(window.to) : text;
}
