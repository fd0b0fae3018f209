// False alarms against delay: calculated from assumptions, and gaps observed in captured events.

import { init, type WindowCurve, windowCurve } from "prefect-events/live";

await init();

export type { WindowCurve };

/** What is assumed of heartbeats. Spans in seconds. */
export interface Assumed {
  frequency: number;
  /** 0 to 1. */
  loss: number;
  jitter: number;
  drift: number;
  /** Seconds in each day in which nothing arrives. */
  outage: number;
  runs: number;
  hours: number;
  /** How many false alarms a month are allowed. */
  target: number;
}

/** Hours of runs that are simulated for each point at most: more take seconds. */
const RUN_HOURS = 2_000_000;

/** Without `windows`: those that tolerate 0, 1, 2, … missed heartbeats. */
export function curve({ outage, target, ...rest }: Assumed, windows?: number[]): WindowCurve {
  return windowCurve({
    ...rest,
    ...(outage > 0 && { outage: `${outage}s/day` }),
    target: `${target}/month`,
    runHours: RUN_HOURS,
    ...(windows && { windows }),
  });
}
