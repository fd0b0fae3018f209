// What the module for live servers finds in what is played: the actions of each firing, and the gaps between heartbeats.

import { init, observeHeartbeats, type RenderedFiring, renderActions } from "prefect-events/live";
import type { Play } from "./scenario.ts";
import { inputOf } from "./scenes.ts";

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
}

/** The gaps between the captured heartbeats, most heartbeats first. */
export async function observed(asked: Play): Promise<Observed[]> {
  const { options } = inputOf(asked);
  if (!("events" in options) || !options.events) return [];
  const { deployments } = await observeHeartbeats(options.events);
  return deployments.map(({ flow, deployment, heartbeats, histogram }) => ({
    name: flow ?? deployment ?? "runs without a deployment",
    heartbeats,
    gaps: histogram,
  }));
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
