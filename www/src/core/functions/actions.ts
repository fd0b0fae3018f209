// What the module for live servers finds in what is played: the actions of each firing, and the gaps between heartbeats.

import { init, observeHeartbeats, type RenderedFiring, renderActions } from "prefect-events/live";
import type { Play } from "./scenario.ts";
import { inputOf } from "./scenes.ts";
import type { Assumed } from "./tuning.ts";

await init();

export type { RenderedFiring };

/** The firings in the order of the simulation. `given`: JSON, the objects that only the server knows. */
export function rendered(asked: Play, given: string): RenderedFiring[] {
  const { input, options } = inputOf(asked);
  return renderActions(input, { ...options, given: objects(given) }).firings;
}

/** The heartbeats of one deployment, or of runs without one. */
export interface Observed {
  name: string;
  heartbeats: number;
  /** How many of their gaps are in a range, in seconds. */
  gaps: { from: number; to: number; count: number }[];
  /** What they show of the assumptions of the curve. */
  shows: Partial<Assumed>;
}

/** The gaps between the captured heartbeats, most heartbeats first. */
export async function observed(asked: Play): Promise<Observed[]> {
  const { options } = inputOf(asked);
  if (!("events" in options) || !options.events) return [];
  const { deployments, first, last } = await observeHeartbeats(options.events);
  const captured = (Date.parse(last ?? "") - Date.parse(first ?? "")) / 3_600_000;
  return deployments.map((one) => ({
    name: one.flow ?? one.deployment ?? "runs without a deployment",
    heartbeats: one.heartbeats,
    gaps: one.histogram,
    shows: shown(one, captured),
  }));
}

type Deployment = Awaited<ReturnType<typeof observeHeartbeats>>["deployments"][number];

/** `captured`: hours from the first event to the last. */
function shown(one: Deployment, captured: number): Partial<Assumed> {
  const { frequency, drift, loss, delays, runs, runHours } = one;
  // A few gaps say little about runs.
  if (frequency === null || runHours <= 0) return {};
  return {
    frequency,
    ...(drift !== null && { drift: Math.max(0, drift) }),
    ...(loss && { loss: Math.min(0.9, loss.share) }),
    ...(delays && { jitter: Math.max(0, Math.min(frequency / 2, delays.p99 - delays.min)) }),
    ...(captured > 0 && { runs: Math.max(1, Math.round(runHours / captured)) }),
    hours: Math.max(0.1, runHours / runs),
  };
}

function objects(text: string): Record<string, object | null> {
  if (text.trim() === "") return {};
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new TypeError(`These objects are not JSON: ${(error as Error).message}`);
  }
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError('These objects must be one JSON object, such as {"flow_run": {…}}');
  return given as Record<string, object | null>;
}
