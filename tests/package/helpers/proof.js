// Proves on each platform that the package validates, builds and simulates.
// Tests copy this file into projects, and the text of its functions into pages, so the functions use nothing from outside.

/**
 * @param {Pick<typeof import("../../../pkg/index.js"), "validate" | "buildEvent" | "simulate">} api
 * @returns {string} JSON, the same everywhere
 */
export function proof({ validate, buildEvent, simulate }) {
  const now = "2026-03-01T12:00:00Z";
  const event = buildEvent(
    "prefect.worker.started",
    { worker: { name: "My k8s worker", type: "kubernetes" }, work_pool: { name: "k8s" } },
    { seed: 7, now },
  );
  const wrong = JSON.stringify(event).replace("prefect.worker-type", "prefect.worker-typ");
  return JSON.stringify({
    event,
    report: validate(wrong),
    simulation: simulate({
      automation: "crash-zombie-flows",
      start: now,
      end: "30m",
      heartbeat: { frequency: 30 },
      runs: [
        { name: "zombie", dies: "2m10s" },
        { name: "healthy", ends: "10m" },
      ],
    }),
  });
}

/**
 * @param {Pick<typeof import("../../../pkg/index.js"), "validate">} api
 * @returns {string} what a schema of one's own says of an event
 */
export function proofOfSchemas({ validate }) {
  const schemas = { "acme.*": { properties: { payload: { required: ["total"] } } } };
  const { diagnostics } = validate({ event: "acme.order.paid", payload: {} }, { schemas });
  return diagnostics
    .filter(({ code }) => code === "schema-violation")
    .map(({ message }) => message)
    .join();
}
