// The automation for zombie runs, and runs with a heartbeat every 30 seconds.

const automation = (enabled = true) => ({
  name: "zombies",
  enabled,
  trigger: {
    posture: "Proactive",
    match: { "prefect.resource.id": "prefect.flow-run.*" },
    after: ["prefect.flow-run.heartbeat"],
    expect: ["prefect.flow-run.*"],
    for_each: ["prefect.resource.id"],
    threshold: 1,
    within: 90,
  },
  actions: [],
});

/**
 * @param {number} runs
 * @param {number} minutes
 * @param {boolean} [enabled]
 */
export const scenario = (runs, minutes, enabled) => ({
  scenario: `${runs} runs for ${minutes} minutes`,
  automation: automation(enabled),
  start: "2026-03-01T12:00:00Z",
  end: `${minutes}m`,
  heartbeat: { frequency: 30, drift: 0.015, delay: 0.2, jitter: 0.5, seed: 7 },
  runs: [{ name: "run", count: runs, starts: "0s" }],
});
