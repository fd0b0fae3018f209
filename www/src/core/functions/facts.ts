// The few places of an automation's text that the page needs: its windows, and what it expects. JSON and YAML alike.

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

const WITHIN = /(^|[\s{,])(["']?)within\2\s*:\s*(\d+(?:\.\d+)?)(?=\s*(?:[,}#]|$))/gm;
const FLOW = /(?:^|[\s{,])(["']?)expect\1\s*:\s*\[([^\]]*)\]/gm;
const BLOCK = /(?:^|\s)expect\s*:[ \t]*\n((?:[ \t]*- .*(?:\n|$))+)/gm;
const HEARTBEAT = "prefect.flow-run.heartbeat";

export function facts(text: string): Facts {
  const windows: Window[] = [];
  for (const found of text.matchAll(WITHIN)) {
    const [all, , , number = ""] = found;
    const to = found.index + all.length;
    if (isComment(text, found.index)) continue;
    windows.push({ from: to - number.length, to, seconds: Number(number) });
  }
  const beat = text.indexOf(HEARTBEAT);
  // Of several, the one that stands nearest to where heartbeats are named belongs to the same trigger.
  const watched =
    beat < 0 || !text.includes("Proactive")
      ? undefined
      : windows
          .filter(({ seconds }) => seconds > 0)
          .sort((one, other) => Math.abs(one.from - beat) - Math.abs(other.from - beat))[0];
  const window = watched ?? windows[0];
  const lists = [
    ...[...text.matchAll(FLOW)].map(([, , list = ""]) => list.split(",")),
    ...[...text.matchAll(BLOCK)].map(([, list = ""]) =>
      list.split("\n").map((line) => line.replace(/^\s*- /, "")),
    ),
  ].map((list) =>
    list.map((one) =>
      one
        .replace(/ #.*$/, "")
        .trim()
        .replace(/^["']|["']$/g, ""),
    ),
  );
  const expect = lists.length === 1 ? lists[0]?.filter((one) => one !== "") : undefined;
  return {
    ...(window && { window }),
    ...(watched && { watched }),
    ...(expect && expect.length > 0 && { expect }),
  };
}

function isComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset + 1);
  return /^\s*#/.test(line);
}

/** The text with another window. */
export function withWindow(text: string, seconds: number): string {
  const { window } = facts(text);
  return window ? text.slice(0, window.from) + String(seconds) + text.slice(window.to) : text;
}
