// The form of a whole run: the input of `buildRun`, in a natural order.

import { html, nothing } from "lit";
import type { EventType, InputKey } from "prefect-events";
import { type Form, formFields } from "./form.ts";
import { textOf, withValue } from "./given.ts";
import { type Given, isGiven } from "./state.ts";
import { counted } from "./words.ts";

/** Maximum number of listed tasks. A link can have more: they stay, and are built. */
const MOST_TASKS = 100;

const TYPES = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];

export function runInputs(flowRun: EventType | undefined): InputKey[] {
  const variants = flowRun?.variants ?? [];
  const last = variants.filter(({ type }) => TYPES.includes(type ?? "")).map(({ name }) => name);
  const optional = (key: string, meaning: string, more: Partial<InputKey> = {}): InputKey => ({
    key,
    type: "text",
    meaning,
    ...more,
  });
  const brk = (name: string, what: string): InputKey[] => [
    optional(`${name}.at`, `When it ${what}`, { example: "2m" }),
    optional(`${name}.for`, "How long", { otherwise: "10s" }),
  ];
  return [
    optional("scheduled", "When it was scheduled", { example: "-1m" }),
    optional("starts", "When it is Running", { always: true, otherwise: "now" }),
    optional("ends", "When it reaches its last state", {
      always: true,
      otherwise: "a minute after it starts, or after its tasks",
    }),
    optional("dies", "When its process dies: it sends nothing after that", {
      example: "4m",
    }),
    optional(
      "cancelled",
      "When its cancellation is requested: it is Cancelling until it ends, then Cancelled",
      { example: "3m" },
    ),
    optional("state.name", `Its last state: ${last.join(", ")}, or one of your own with its type`, {
      always: true,
      otherwise: "Completed",
    }),
    optional("state.type", "The type of a custom state", { values: TYPES }),
    optional("heartbeat.frequency", "Seconds from one heartbeat to the next", {
      always: true,
      type: "number",
      otherwise: "180",
    }),
    ...brk("retry", "fails, and then runs again"),
    ...brk("pause", "is paused"),
    ...brk("suspend", "is suspended"),
    optional("flow.name", "Flow name", { always: true, otherwise: "my-flow" }),
    optional("flow_run.name", "Flow run name", { always: true, otherwise: "two random words" }),
    optional("flow_run.id", "Id of the flow run", {
      always: true,
      type: "uuid",
      otherwise: "a new UUID",
    }),
    optional("deployment.name", "Deployment that created the run", { example: "production" }),
    optional("work_pool.name", "Work pool name", { example: "k8s-pool" }),
    optional("work_pool.type", "Work pool type", { otherwise: "process" }),
    optional("worker.name", "The worker that submits the run, and reports when it was executed", {
      example: "My k8s worker",
    }),
    optional("worker.type", "Worker type", { otherwise: "process" }),
    optional("infrastructure.identifier", "The infrastructure on which the worker ran it", {
      otherwise: "generated",
    }),
    optional("infrastructure.status_code", "The status with which it ended", {
      type: "integer",
      otherwise: "0, or 1 if the run crashed",
    }),
    optional("runner.name", "The runner that cancels the run: needs `cancelled`", {
      example: "runner-1",
    }),
    optional("tags", "Tags of the flow run", { type: "list of texts" }),
  ];
}

/** The form that `buildRun` accepts: for Prefect's own states, the name is enough. */
export function specOf(given: Given): Given {
  const { state, ...rest } = given;
  if (!isGiven(state)) return given;
  return { ...rest, state: state.type === undefined ? state.name : state };
}

interface Task {
  [key: string]: unknown;
}

export const TASK = [
  { key: "name", label: "Task", placeholder: "extract" },
  { key: "duration", label: "Each attempt", placeholder: "1s" },
  { key: "retries", label: "Retries", placeholder: "0" },
  { key: "state", label: "Last state", placeholder: "Completed" },
];

function tasksOf(given: Given): Task[] {
  const tasks = given.tasks;
  return Array.isArray(tasks) ? tasks.filter(isGiven) : [];
}

/** The tasks, one after the other. */
function taskList(form: Form) {
  const tasks = tasksOf(form.given);
  const put = (next: Task[]) =>
    form.change(withValue(form.given, "tasks", next.length > 0 ? next : undefined), "tasks", "");
  const set = (n: number, key: string, text: string) => {
    const value = key === "retries" && /^\d+$/.test(text) ? Number(text) : text;
    put(
      tasks.map((task, at) =>
        at === n ? withValue(task, key, text === "" ? undefined : value) : task,
      ),
    );
  };
  return html`
    <section class="tasks" aria-labelledby="tasks">
      <h2 id="tasks">Tasks</h2>
      ${
        tasks.length === 0
          ? html`<p class="hint">The flow run has no tasks.</p>`
          : html`
              <div class="table" role="table" aria-labelledby="tasks">
                <div role="row" class="head">
                  ${TASK.map(({ label }) => html`<span role="columnheader">${label}</span>`)}
                  <span role="columnheader"><span class="visually-hidden">Remove</span></span>
                </div>
                ${tasks.slice(0, MOST_TASKS).map(
                  (task, n) => html`
                    <div role="row">
                      ${TASK.map(
                        ({ key, label, placeholder }) => html`
                          <span role="cell" class=${key}><small aria-hidden="true">${label}</small><input
                            aria-label="${label} of task ${n + 1}" autocomplete="off" spellcheck="false"
                            placeholder=${placeholder} .value=${textOf(task[key] ?? undefined, "text")}
                            @input=${(event: Event) => set(n, key, (event.currentTarget as HTMLInputElement).value)}
                          /></span>
                        `,
                      )}
                      <span role="cell" class="remove"><button aria-label="Remove task ${n + 1}" title="Remove" @click=${() => put(tasks.filter((_, at) => at !== n))}>×</button></span>
                    </div>
                  `,
                )}
              </div>
            `
      }
      ${tasks.length > MOST_TASKS ? html`<p class="hint">And ${counted(tasks.length - MOST_TASKS, "more task", "more tasks")}, not listed here.</p>` : nothing}
      <button
        ?disabled=${tasks.length >= MOST_TASKS}
        @click=${() => put([...tasks, { name: `task-${tasks.length + 1}` }])}
      >Add a task</button>
    </section>
  `;
}

export function runForm(form: Form) {
  return formFields({ ...form, second: taskList(form) });
}

/** The time since the first event, for people. */
export function offset(from: string, to: string) {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (n: number) => String(n).padStart(2, "0");
  const millis = String(Math.round((seconds - whole) * 1000)).padStart(3, "0");
  return `+${hours > 0 ? `${hours}:` : ""}${two(minutes)}:${two(rest)}.${millis}`;
}
