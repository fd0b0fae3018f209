// The state of this view in the address.

export type Kind = "event" | "run";

/** The form in which the result is shown. */
export const OUTPUT_VIEWS = ["events", "json", "curl", "python"] as const;
export type OutputView = (typeof OUTPUT_VIEWS)[number];

/** The input of an event or run, in the form that the package accepts. */
export type Given = { [key: string]: unknown };

export interface State {
  kind: Kind;
  /** The name of the event. */
  event: string;
  input: Given;
  run: Given;
  seed: number | string;
  now: string;
  view: OutputView;
}

export const FIRST_EVENT = "prefect.flow-run.Completed";

const FIRST_RUN: Given = {
  flow: { name: "nightly-etl" },
  ends: "10m",
  heartbeat: { frequency: 120 },
  tasks: [{ name: "extract" }, { name: "load", duration: "2m", retries: 1 }],
};

/** New ids, and the current time. */
export function fresh(): Pick<State, "seed" | "now"> {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return { seed, now: new Date().toISOString() };
}

/** Reads any state from an address, also hand-written or from another version. */
export function stateOf(value: unknown): State {
  const { kind, event, input, run, seed, now, view } = isGiven(value) ? value : {};
  const made = fresh();
  return {
    kind: kind === "run" || (kind === undefined && isGiven(run)) ? "run" : "event",
    event: typeof event === "string" && event.trim() !== "" ? event : FIRST_EVENT,
    input: isGiven(input) ? input : {},
    run: isGiven(run) ? run : structuredClone(FIRST_RUN),
    seed: typeof seed === "number" || typeof seed === "string" ? seed : made.seed,
    now: typeof now === "string" && !Number.isNaN(Date.parse(now)) ? now : made.now,
    view: OUTPUT_VIEWS.find((one) => one === view) ?? "json",
  };
}

export function isGiven(value: unknown): value is Given {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
