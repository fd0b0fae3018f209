// Captured events as far as they are drawn. Whether they are right is the core's to say.

export interface CapturedEvent {
  id?: string;
  event: string;
  occurred: string;
  received?: string;
  follows?: string | null;
  resource: { [label: string]: string };
}

/** From all that the core reads: one, a list, pages of the API, frames, NDJSON. */
export function readEvents(text: string): CapturedEvent[] {
  const whole = parsed(text);
  if (whole !== undefined) return flat(whole);
  return text.split("\n").flatMap((line) => flat(parsed(line)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flat(value: unknown): CapturedEvent[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  if (value === null || typeof value !== "object") return [];
  const { events, event, resource } = value as { [key: string]: unknown };
  if (Array.isArray(events)) return events.flatMap(flat);
  if (event !== null && typeof event === "object") return flat(event);
  return typeof event === "string" && resource !== null && typeof resource === "object"
    ? [value as CapturedEvent]
    : [];
}
