// The scenario that the view plays, as a text: what the core is given, and what people paste.

/** A run, all times in seconds from the start. */
export interface Run {
  name: string;
  starts: number;
  ends?: number;
  dies?: number;
  /** Its last state. A name that Prefect does not give is of the type COMPLETED. */
  state?: string;
  misses?: number[];
  retry?: { at: number; for: number };
  heartbeat_after_end?: number;
}

export interface Heartbeat {
  frequency: number;
  drift: number;
  delay: number;
  jitter: number;
  loss: number;
}

export interface Play {
  /** The text, JSON or YAML. */
  automation: string;
  /** Of a text with several automations, the one that is played; without, the first. */
  automationIndex?: number | undefined;
  version: "3.8" | "3.9";
  /** Of captured events: what follows an event that is not among them waits for none. */
  ignoreLeaders?: boolean | undefined;
  /** Captured events only: leave out the events that the automation's own recorded actions caused. */
  withoutActions?: boolean | undefined;
  /** Captured events are played instead of the runs: the number by which they are held. */
  captured?: number | undefined;
  heartbeat: Heartbeat;
  runs: Run[];
  /** How many there are of each run. */
  copies: number;
  /** Seconds. */
  length: number;
}

export const START = "2026-03-01T12:00:00Z";
/** Between a run's copies: an odd number of seconds, so that they meet the server's ticks differently. */
export const EVERY = 3.7;
/** Names of last states that Prefect gives. */
const KNOWN = ["Completed", "Failed", "TimedOut", "Crashed", "Cancelled"];

/** What a scenario that is played calls the automation's text, which may have any form. */
export const FILE = "./automation.yaml";

/** The scenario that is played; its automation is the file of this name. */
export function playedScenario(play: Play): string {
  return JSON.stringify({ automation: FILE, ...rest(play) });
}

/** The scenario as a text. The automation stays as it was written: YAML is put in as it is. */
export function scenario(play: Play): string {
  const text = play.automation.replace(/^\ufeff/, "");
  if (/^\s*[{[]/.test(text)) return `{"automation":${text},${JSON.stringify(rest(play)).slice(1)}`;
  const inside = text.replace(/^---[^\n]*\n/, "").replace(/^(?=.)/gm, "  ");
  const lines = Object.entries(rest(play)).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return `automation:\n${inside}\n${lines.join("\n")}\n`;
}

function rest({ version, heartbeat, runs, copies, length }: Play) {
  return {
    start: START,
    end: length,
    server_version: version,
    heartbeat: { ...heartbeat, seed: 1 },
    runs: runs.map(({ state, ...run }) => ({
      ...run,
      ...(state && run.ends !== undefined && { state: lastState(state) }),
      ...(copies > 1 && { count: copies, every: EVERY }),
    })),
  };
}

function lastState(name: string) {
  return KNOWN.includes(name) ? name : { type: "COMPLETED", name };
}
