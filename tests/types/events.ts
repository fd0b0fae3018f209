// The types of events: what must compile, and what must not. `make lint` checks this file; nothing runs it.

import type {
  AnyEvent,
  PrefectEvent,
  PrefectFlowRunHeartbeatEvent,
  PrefectTaskRunStateEvent,
  PrefectWorkerStartedEvent,
} from "prefect-events";

// ---- what must compile

const started: PrefectWorkerStartedEvent = {
  occurred: "2026-03-31T18:30:00.000000Z",
  event: "prefect.worker.started",
  resource: {
    "prefect.resource.id": "prefect.worker.kubernetes.my-k8s-worker",
    "prefect.resource.name": "My k8s worker",
    "prefect.version": "3.9.1",
    "prefect.worker-type": "kubernetes",
    "acme.rack": "12",
  },
  related: [
    {
      "prefect.resource.id": "prefect.work-pool.1e7b5d90-c4a3-4f68-92b1-8d0c6a3f57e2",
      "prefect.resource.role": "work-pool",
    },
  ],
  id: "019d4528-e040-7de0-838a-f446f930975f",
};

const own: AnyEvent = {
  occurred: 1774981800,
  event: "acme.order.created",
  resource: { "prefect.resource.id": "acme.order.42" },
  payload: { total: 99.5 },
  id: "01a1ffe4-419a-726f-8626-5e21f619db83",
  follows: null,
};

/** The name selects the event's type. */
function told(event: PrefectEvent): string | number | null | undefined {
  switch (event.event) {
    case "prefect.worker.started":
      return event.resource["prefect.worker-type"];
    case "prefect.automation.created":
      return event.payload.name;
    case "prefect.asset.referenced":
      return event.resource["prefect.asset.url"];
    default:
      return event.follows;
  }
}

/** Also behind a name with a placeholder. */
function state(event: PrefectTaskRunStateEvent | PrefectWorkerStartedEvent): string | null {
  if (event.event === "prefect.worker.started") return null;
  const type: "RUNNING" | "COMPLETED" | (string & {}) = event.payload.validated_state.type;
  return event.payload.intended.from ?? type;
}

const heartbeat = (event: PrefectFlowRunHeartbeatEvent): PrefectEvent => event;
const name: PrefectTaskRunStateEvent["event"] = "prefect.task-run.SuccessfullyProcessed";
const every: AnyEvent = started;
console.log(started, own, told, state, heartbeat, name, every);

// ---- what must not

// @ts-expect-error Labels are missing.
export const bare: PrefectEvent = { ...own, event: "prefect.worker.started" };
// @ts-expect-error No event has this name.
export const nameless: PrefectEvent["event"] = "prefect.worker.start";
// @ts-expect-error It is a name of a flow run's.
export const other: PrefectTaskRunStateEvent["event"] = "prefect.flow-run.Running";
export const number: PrefectWorkerStartedEvent = {
  ...started,
  // @ts-expect-error Labels are texts.
  resource: { ...started.resource, "acme.rack": 12 },
};
// @ts-expect-error There is no such field.
export const misspelt: AnyEvent = { ...own, ocurred: "2026-03-31T18:30:00Z" };
// @ts-expect-error There is no such state type.
export const type: PrefectTaskRunStateEvent["payload"]["validated_state"]["type"] = "DONE";
export const roleless: AnyEvent = {
  ...own,
  // @ts-expect-error The role is missing.
  related: [{ "prefect.resource.id": "acme.customer.7" }],
};
