// JSON Schemas (draft 2020-12) of the task-run and flow-run events, with the catalogue's rules for a single event:
// labels and their forms, related resources by role, payload. What a schema cannot express (that two values agree,
// that an event follows another) is left out, to the advantage of the schemas.

const UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
];

const text = { type: "string" };
const textOrNull = { type: ["string", "null"] };
const uuid = { type: "string", format: "uuid" };
const timestamp = { type: "string", format: "date-time" };
const timestampOrNull = { type: ["string", "null"], format: "date-time" };
const integer = { type: "integer" };
const stateType = { type: "string", enum: STATE_TYPES };
const stateTypeOrNull = { enum: [...STATE_TYPES, null] };

/** @param {string} kind */
const idOf = (kind) => ({ type: "string", pattern: `^prefect\\.${kind}\\.${UUID}$` });

/**
 * @param {{ [name: string]: object }} properties
 * @param {{ optional?: string[], [keyword: string]: unknown }} [more]
 */
function object(properties, { optional = [], ...more } = {}) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, ...more };
}

/** @param {{ [name: string]: object }} labels */
const resource = (labels) => object(labels, { additionalProperties: text });

const stateLabels = {
  "prefect.run-count": { type: "string", pattern: "^[0-9]+$" },
  "prefect.state-message": text,
  "prefect.state-name": text,
  "prefect.state-timestamp": timestamp,
  "prefect.state-type": stateType,
};

const named = { "prefect.resource.name": text };

/**
 * The related resources: the form and the labels of each role, and how many there are.
 * @param {{ [role: string]: { [label: string]: object } }} roles
 * @param {{ [role: string]: { min?: number, max?: number } }} counts
 */
function related(roles, counts) {
  const role = (/** @type {string} */ name) => ({
    properties: { "prefect.resource.role": { const: name } },
  });
  return {
    type: "array",
    items: {
      type: "object",
      additionalProperties: text,
      required: ["prefect.resource.id", "prefect.resource.role"],
      properties: { "prefect.resource.role": { enum: Object.keys(roles) } },
      allOf: Object.entries(roles).map(([name, labels]) => ({
        if: role(name),
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: object(labels),
      })),
    },
    allOf: Object.entries(counts).map(([name, { min = 0, max }]) => ({
      contains: role(name),
      minContains: min,
      ...(max !== undefined && { maxContains: max }),
    })),
  };
}

const pool = { "prefect.resource.id": idOf("work-pool"), ...named };
const roles = {
  flow: { "prefect.resource.id": idOf("flow"), ...named },
  deployment: { "prefect.resource.id": idOf("deployment"), ...named },
  "work-queue": { "prefect.resource.id": idOf("work-queue"), ...named },
  "work-pool": { ...pool, "prefect.work-pool.type": text },
  "task-run": { "prefect.resource.id": idOf("task-run"), ...named },
  tag: { "prefect.resource.id": { type: "string", pattern: "^prefect\\.tag\\..+$" } },
};
const atMostOne = {
  flow: { max: 1 },
  deployment: { max: 1 },
  "work-queue": { max: 1 },
  "work-pool": { max: 1 },
};

/**
 * @param {RegExp} name
 * @param {{ resource: object, related: object, payload: object }} parts
 */
function event(name, parts) {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...object(
      {
        occurred: timestamp,
        event: { type: "string", pattern: name.source },
        ...parts,
        id: uuid,
        follows: { type: ["string", "null"], format: "uuid" },
        received: timestamp,
      },
      { optional: ["follows", "received"], additionalProperties: false },
    ),
  };
}

const intended = object({ from: stateTypeOrNull, to: stateType });

/** @param {boolean} isNew */
function taskRunState(isNew) {
  const details = {
    scheduled_time: timestampOrNull,
    deferred: { type: ["boolean", "null"] },
    untrackable_result: { type: ["boolean", "null"] },
    pause_reschedule: { type: ["boolean", "null"] },
    retriable: { type: ["boolean", "null"] },
    task_parameters_id: { type: ["string", "null"], format: "uuid" },
  };
  const data = object(
    {
      storage_key: textOrNull,
      expiration: timestampOrNull,
      serializer: { type: ["object", "null"] },
      prefect_version: textOrNull,
      storage_block_id: { type: ["string", "null"], format: "uuid" },
    },
    {
      optional: ["storage_key", "expiration", "serializer", "prefect_version", "storage_block_id"],
    },
  );
  const properties = {
    type: stateType,
    name: text,
    message: textOrNull,
    state_details: object(details, { optional: Object.keys(details) }),
  };
  return isNew
    ? object({ ...properties, data: { ...data, type: ["object", "null"] } })
    : { ...object(properties), type: ["object", "null"] };
}

const taskRunFields = {
  name: text,
  task_key: text,
  dynamic_key: text,
  tags: { type: "array", items: text },
  task_inputs: { type: "object" },
  id: uuid,
  flow_run_id: { type: ["string", "null"], format: "uuid" },
  empirical_policy: { type: "object" },
  labels: { type: "object" },
  run_count: integer,
  flow_run_run_count: integer,
  cache_key: textOrNull,
  cache_expiration: timestampOrNull,
  task_version: textOrNull,
  expected_start_time: timestampOrNull,
  next_scheduled_start_time: timestampOrNull,
  start_time: timestampOrNull,
  end_time: timestampOrNull,
  total_run_time: { type: "number" },
};

export const taskRun = event(/^prefect\.task-run\..+$/, {
  resource: resource({
    "prefect.resource.id": idOf("task-run"),
    ...named,
    ...stateLabels,
    "prefect.orchestration": { const: "client" },
  }),
  related: related(
    {
      "flow-run": { "prefect.resource.id": idOf("flow-run"), ...named },
      ...roles,
      "work-pool": pool,
    },
    { ...atMostOne, "flow-run": { max: 1 } },
  ),
  payload: object({
    intended,
    initial_state: taskRunState(false),
    validated_state: taskRunState(true),
    task_run: object(taskRunFields, {
      optional: Object.keys(taskRunFields).slice(5),
      additionalProperties: false,
    }),
  }),
});

const flowRunState = object(
  {
    type: stateType,
    name: text,
    message: text,
    pause_reschedule: { enum: ["true", "false", true, false] },
  },
  { optional: ["name", "message", "pause_reschedule"], additionalProperties: false },
);

export const flowRun = event(/^prefect\.flow-run\..+$/, {
  resource: resource({ "prefect.resource.id": idOf("flow-run"), ...named, ...stateLabels }),
  related: related(
    {
      ...roles,
      creator: {
        "prefect.resource.id": {
          type: "string",
          pattern: `^prefect\\.(deployment|automation)\\.${UUID}$`,
        },
      },
    },
    { ...atMostOne, flow: { min: 1, max: 1 } },
  ),
  payload: object({
    intended,
    initial_state: { ...flowRunState, type: ["object", "null"] },
    validated_state: flowRunState,
  }),
});

export const heartbeat = event(/^prefect\.flow-run\.heartbeat$/, {
  resource: resource({
    "prefect.resource.id": idOf("flow-run"),
    ...named,
    "prefect.version": text,
  }),
  related: related(
    { ...roles, deployment: { "prefect.resource.id": idOf("deployment") }, "work-pool": pool },
    { ...atMostOne, flow: { min: 1, max: 1 } },
  ),
  payload: { type: "object" },
});
