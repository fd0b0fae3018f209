// The ranges of time to pull events of.

export interface Range {
  /** RFC 3339, in UTC. */
  since: string;
  until: string;
}

const HOUR = 3_600_000;

/** Before now, in milliseconds. An open-source server keeps events for 7 days. */
export const LAST: { [name: string]: number } = {
  "Last 15 minutes": HOUR / 4,
  "Last hour": HOUR,
  "Last 6 hours": 6 * HOUR,
  "Last 24 hours": 24 * HOUR,
  "Last 3 days": 72 * HOUR,
  "Last 7 days": 168 * HOUR,
};

export const CUSTOM = "From … to …";

/** The range before `now`. */
export function before(now: number, length: number): Range {
  return {
    since: new Date(now - length).toISOString(),
    until: new Date(now).toISOString(),
  };
}

/** The range between the values of two fields of type `datetime-local`, both in UTC; or what is wrong with it. */
export function between(from: string, to: string): Range | string {
  const [since, until] = [Date.parse(`${from}Z`), Date.parse(`${to}Z`)];
  if (Number.isNaN(since) || Number.isNaN(until)) return "Enter both times.";
  if (until <= since) return "The range ends before it starts.";
  return { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

/** The value of a field of type `datetime-local`, in UTC. */
export function fieldValue(time: number): string {
  return new Date(time).toISOString().slice(0, 16);
}
