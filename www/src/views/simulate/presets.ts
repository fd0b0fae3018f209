// The presets of the view: automations, each with runs that demonstrate it.

import { type Run, START } from "../../core/functions/scenario.ts";

export interface Preset {
  title: string;
  automation: string;
  frequency: number;
  length: number;
  runs: Run[];
  /** Captured events, which are played instead of the runs. */
  events?: string;
}

const zombie = (within: number, expect = "[prefect.flow-run.*]") => `name: Crash zombie flows
trigger:
  type: event
  posture: Proactive
  match:
    prefect.resource.id: prefect.flow-run.*
  for_each: [prefect.resource.id]
  after: [prefect.flow-run.heartbeat]
  expect: ${expect}
  threshold: 1
  within: ${within}
actions:
  - type: change-flow-run-state
    state: CRASHED
    message: Flow run marked as crashed due to missing heartbeats.
`;

const COMPOUND = `name: A silent run and a failed one
trigger:
  type: compound
  require: all
  within: 600
  triggers:
    - type: event
      posture: Proactive
      match:
        prefect.resource.id: prefect.flow-run.*
      for_each: [prefect.resource.id]
      after: [prefect.flow-run.heartbeat]
      expect: [prefect.flow-run.*]
      threshold: 1
      within: 90
    - type: event
      posture: Reactive
      match:
        prefect.resource.id: prefect.flow-run.*
      expect: [prefect.flow-run.Failed]
      threshold: 1
      within: 0
actions:
  - type: do-nothing
`;

const FAILURES = `name: Three failures in ten minutes
trigger:
  type: event
  posture: Reactive
  match:
    prefect.resource.id: prefect.flow-run.*
  expect: [prefect.flow-run.Failed]
  threshold: 3
  within: 600
actions:
  - type: do-nothing
`;

const LATE = `name: A late run that does not start within ten minutes
trigger:
  type: event
  posture: Proactive
  match:
    prefect.resource.id: prefect.flow-run.*
  for_each: [prefect.resource.id]
  after: [prefect.flow-run.Late]
  expect: [prefect.flow-run.Pending, prefect.flow-run.Cancelled]
  threshold: 1
  within: 600
actions:
  - type: do-nothing
`;

const SEQUENCE = `name: A load after an extract
trigger:
  type: sequence
  within: 600
  triggers:
    - type: event
      posture: Reactive
      expect: [prefect.flow-run.Extracted]
    - type: event
      posture: Reactive
      expect: [prefect.flow-run.Loaded]
actions:
  - type: do-nothing
`;

/** The events of runs: the names of their states, and when they enter them, in seconds. */
function history(runs: { [name: string]: [state: string, type: string, at: number][] }): string {
  const events = Object.entries(runs).flatMap(([name, states], run) =>
    states.map(([state, type, at], index) => ({
      id: `00000000-0000-4000-8000-${run}${String(index).padStart(11, "0")}`,
      occurred: new Date(Date.parse(START) + at * 1000).toISOString(),
      event: `prefect.flow-run.${state}`,
      resource: {
        "prefect.resource.id": `prefect.flow-run.00000000-0000-4000-8000-${String(run + 1).padStart(12, "0")}`,
        "prefect.resource.name": name,
        "prefect.state-name": state,
        "prefect.state-type": type,
      },
    })),
  );
  events.sort((one, other) => one.occurred.localeCompare(other.occurred));
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

/** In units of 30 seconds, so that the result is the same at each frequency. */
const exampleRuns = (frequency: number): Run[] => {
  const at = (seconds: number) => Math.round((seconds * frequency) / 30);
  return [
    { name: "healthy", starts: 0, ends: at(405), state: "Completed" },
    { name: "hiccup", starts: at(10), ends: at(405), state: "Completed", misses: [6, 7] },
    { name: "zombie", starts: at(20), dies: at(200) },
    { name: "custom", starts: at(5), ends: at(255), state: "SuccessfullyProcessed" },
  ];
};

export const PRESETS = {
  "zombie-30": {
    title: "Documented zombie automation, 30 s / 90 s",
    automation: zombie(90),
    frequency: 30,
    length: 420,
    runs: exampleRuns(30),
  },
  "zombie-180": {
    title: "Prefect Cloud's unresponsive run detection, 180 s / 9 min",
    automation: zombie(540),
    frequency: 180,
    length: 2520,
    runs: exampleRuns(180),
  },
  "explicit-expect": {
    title: "With an explicit list of states",
    automation: zombie(
      120,
      "[prefect.flow-run.heartbeat, prefect.flow-run.Completed, prefect.flow-run.Failed, prefect.flow-run.Cancelled, prefect.flow-run.Crashed]",
    ),
    frequency: 30,
    length: 480,
    runs: [
      { name: "healthy", starts: 0, ends: 320, state: "Completed" },
      { name: "custom", starts: 5, ends: 200, state: "SuccessfullyProcessed" },
      { name: "timed-out", starts: 10, ends: 250, state: "TimedOut" },
      { name: "retrying", starts: 15, ends: 420, state: "Completed", retry: { at: 130, for: 150 } },
      { name: "zombie", starts: 20, dies: 190 },
    ],
  },
  "custom-states": {
    title: "With custom states listed",
    automation: zombie(
      120,
      "[prefect.flow-run.heartbeat, prefect.flow-run.Completed, prefect.flow-run.Failed, prefect.flow-run.TimedOut, prefect.flow-run.Cancelling, prefect.flow-run.Cancelled, prefect.flow-run.Crashed, prefect.flow-run.AwaitingRetry, prefect.flow-run.Paused, prefect.flow-run.Suspended, prefect.flow-run.SuccessfullyProcessed]",
    ),
    frequency: 30,
    length: 480,
    runs: [
      { name: "listed", starts: 0, ends: 200, state: "SuccessfullyProcessed" },
      { name: "forgotten", starts: 5, ends: 220, state: "PartlyProcessed" },
      { name: "retrying", starts: 15, ends: 420, state: "Completed", retry: { at: 130, for: 150 } },
      { name: "zombie", starts: 20, dies: 190 },
    ],
  },
  compound: {
    title: "Compound: a silent run and a failed one",
    automation: COMPOUND,
    frequency: 30,
    length: 480,
    runs: [
      { name: "healthy", starts: 0, ends: 405, state: "Completed" },
      { name: "zombie", starts: 10, dies: 140 },
      { name: "failed", starts: 5, ends: 330, state: "Failed" },
    ],
  },
  failures: {
    title: "Reactive: three failures in ten minutes",
    automation: FAILURES,
    frequency: 30,
    length: 2700,
    runs: [
      { name: "first", starts: 0, ends: 120, state: "Failed" },
      { name: "second", starts: 30, ends: 200, state: "Failed" },
      { name: "good", starts: 40, ends: 260, state: "Completed" },
      { name: "third", starts: 60, ends: 400, state: "Failed" },
      // No three of these fail within ten minutes.
      { name: "later", starts: 900, ends: 1100, state: "Failed" },
      { name: "still-later", starts: 1200, ends: 1500, state: "Failed" },
      { name: "last", starts: 1900, ends: 2200, state: "Failed" },
    ],
  },
  late: {
    title: "Late: a run that does not start within ten minutes",
    automation: LATE,
    frequency: 30,
    length: 1800,
    runs: exampleRuns(30),
    events: history({
      "in-time": [
        ["Scheduled", "SCHEDULED", 0],
        ["Pending", "PENDING", 60],
        ["Running", "RUNNING", 65],
        ["Completed", "COMPLETED", 900],
      ],
      "starts-late": [
        ["Scheduled", "SCHEDULED", 10],
        ["Late", "SCHEDULED", 75],
        ["Pending", "PENDING", 400],
        ["Running", "RUNNING", 404],
        ["Completed", "COMPLETED", 1300],
      ],
      cancelled: [
        ["Scheduled", "SCHEDULED", 20],
        ["Late", "SCHEDULED", 90],
        ["Cancelled", "CANCELLED", 520],
      ],
      stuck: [
        ["Scheduled", "SCHEDULED", 30],
        ["Late", "SCHEDULED", 105],
        ["Pending", "PENDING", 1200],
        ["Running", "RUNNING", 1203],
        ["Completed", "COMPLETED", 1800],
      ],
    }),
  },
  sequence: {
    title: "Sequence: a load after an extract",
    automation: SEQUENCE,
    frequency: 30,
    length: 2400,
    runs: [
      { name: "extract", starts: 0, ends: 120, state: "Extracted" },
      { name: "load", starts: 130, ends: 300, state: "Loaded" },
      // The reverse order.
      { name: "early-load", starts: 1000, ends: 1200, state: "Loaded" },
      { name: "late-extract", starts: 1250, ends: 1400, state: "Extracted" },
    ],
  },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** The kinds of run that can be added, at a frequency of heartbeats. */
export const KINDS: Record<string, (frequency: number) => Omit<Run, "name">> = {
  healthy: (frequency) => ({ starts: 0, ends: 10 * frequency, state: "Completed" }),
  hiccup: (frequency) => ({ starts: 0, ends: 10 * frequency, state: "Completed", misses: [4, 5] }),
  zombie: (frequency) => ({ starts: 0, dies: Math.round(4.5 * frequency) }),
  custom: (frequency) => ({ starts: 0, ends: 6 * frequency, state: "SuccessfullyProcessed" }),
  "late-heartbeat": (frequency) => ({
    starts: 0,
    ends: 6 * frequency,
    state: "Completed",
    heartbeat_after_end: 0.2,
  }),
  retrying: (frequency) => ({
    starts: 0,
    ends: 10 * frequency,
    state: "Completed",
    retry: { at: 4 * frequency + 10, for: 3 * frequency },
  }),
};
