// False alarms against delay: calculated from assumptions, and gaps observed in captured events.

import * as live from "prefect-events/live";

await live.init();

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

interface WindowPoint {
  within: number;
  falseAlarms: {
    per1000RunHours: number;
    low: number;
    high: number;
    expected: number;
    method: string;
  };
  detection: { median: number; p95: number; undetected: number } | null;
  meetsTarget: boolean | null;
}

export interface WindowCurve {
  target: { per1000RunHours: number };
  windows: WindowPoint[];
  best: number | null;
}

const { windowCurve } = live as unknown as { windowCurve: (options: object) => WindowCurve };

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
