// The triggers in an automation's text, JSON or YAML, with places: calculated here until `checkAutomation` returns them
// (`triggers` of its report). Nothing else on the page reads YAML.

import { isScalar, isSeq, parseDocument, visit, type YAMLMap } from "yaml";

/** As much of a trigger as the page needs. */
export interface TriggerInfo {
  /** `from` and `to` are offsets: the text between them is its number. Absent where the text has no number. */
  within?: { seconds: number; from: number; to: number };
  expect: string[];
  /** It is proactive, and has a window over heartbeats. */
  watches_heartbeats: boolean;
}

export const HEARTBEAT = "prefect.flow-run.heartbeat";

/** In the order of the text, also of one with mistakes; those are for `checkAutomation` to report. */
export function readTriggers(text: string): TriggerInfo[] {
  const triggers: TriggerInfo[] = [];
  visit(parseDocument(text, { logLevel: "silent" }), {
    Map(_, map) {
      const expect = texts(map, "expect");
      const within = withinOf(map);
      if (expect.length === 0 && !within) return;
      const names = [...expect, ...texts(map, "after")];
      triggers.push({
        expect,
        ...(within && { within }),
        watches_heartbeats:
          map.get("posture") === "Proactive" &&
          (within?.seconds ?? 0) > 0 &&
          names.includes(HEARTBEAT),
      });
    },
  });
  return triggers;
}

function withinOf(map: YAMLMap): TriggerInfo["within"] {
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
