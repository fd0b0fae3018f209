// Writes the scenario that the view plays as text, for the core and for sharing.

/** A run, all times in seconds from the start. */
export interface Run {
  name: string;
  starts: number;
  ends?: number;
  dies?: number;
  /** The last state. A name that is not one of Prefect's has the type COMPLETED. */
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
  /** The index of the automation to play, if the text has several. Default: the first. */
  automationIndex?: number | undefined;
  version: "3.8" | "3.9";
  /** Captured events only: do not hold back events that follow an absent event. */
  ignoreLeaders?: boolean | undefined;
  /** Captured events only: leave out the events that the automation's own recorded actions caused. */
  withoutActions?: boolean | undefined;
  /** The number of the stored captured events, which are played instead of the runs. */
  captured?: number | undefined;
  heartbeat: Heartbeat;
  runs: Run[];
  /** Number of copies of each run. */
  copies: number;
  /** Seconds. */
  length: number;
}

export const START = "2026-03-01T12:00:00Z";
/** Seconds between a run's copies: an odd number, so that they meet the server's ticks differently. */
export const EVERY = 3.7;
/** Prefect's names of last states. */
const KNOWN = ["Completed", "Failed", "TimedOut", "Crashed", "Cancelled"];

/** The file name of the automation's text in a scenario; the text can have any form. */
export const FILE = "./automation.yaml";

/** The scenario to play; its automation is the file with this name. */
export function playedScenario(play: Play): string {
  return JSON.stringify({ automation: FILE, ...rest(play) });
}

/** The scenario as text. The automation keeps its form: YAML is included unchanged. */
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
