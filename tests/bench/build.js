// How fast events are built, against plain JavaScript that makes the same objects and writes them as JSON.
// Printed are events per second of CPU time, and the ratio of each round: both ways take turns.

import { authoringModule } from "../../pkg/modules/authoring.js";
import { buildEvent, buildEvents } from "../../pkg/node.js";

const EVENTS = 100_000;
const ROUNDS = 5;
const OPTIONS = JSON.stringify({ seed: 7, now: "2026-03-31T18:30:00Z" });

/** @param {object} spec */
const run = (spec) => authoringModule.call((core) => core.buildRun(JSON.stringify(spec), OPTIONS));

/**
 * The same events by hand: objects with the same keys and values of the same length.
 * @param {import("../../pkg/index.js").Event[]} models
 */
function byHand(models) {
  return JSON.stringify(
    models.map(({ occurred, event, resource, related, payload, id, follows }) => ({
      occurred: new Date(Date.parse(occurred)).toISOString(),
      event,
      resource: { ...resource },
      related: related.map((labels) => ({ ...labels })),
      payload: { ...payload },
      id: id === "" ? "" : crypto.randomUUID(),
      follows,
    })),
  );
}

/** @param {() => unknown} action */
function seconds(action) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** @param {number[]} numbers */
const median = (numbers) => Number(numbers.toSorted((a, b) => a - b)[numbers.length >> 1]);

/**
 * @param {string} name
 * @param {() => string} build
 * @param {(text: string) => import("../../pkg/index.js").Event[]} [read]
 */
function compare(name, build, read = JSON.parse) {
  const models = read(build());
  /** @type {[number, number][]} */
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const own = seconds(build);
    rounds.push([own, seconds(() => byHand(models))]);
  }
  const rate = models.length / median(rounds.map(([own]) => own));
  const ratio = median(rounds.map(([own, other]) => own / other));
  console.log(
    `${name.padEnd(34)} ${String(models.length).padStart(7)} events ${Math.round(rate).toLocaleString("en").padStart(9)} events/s   ${ratio.toFixed(2)} of the time of plain JavaScript`,
  );
}

compare("buildRun, states and heartbeats", () =>
  run({ ends: `${EVENTS * 30}s`, heartbeat: { frequency: 30 } }),
);
compare("buildRun, tasks", () =>
  run({ heartbeat: null, tasks: Array.from({ length: EVENTS / 20 }, () => ({ name: "extract" })) }),
);
compare("buildEvent, one by one", () => {
  const events = [];
  for (let count = 0; count < EVENTS / 20; count++)
    events.push(buildEvent("prefect.task-run.Completed", { task_run: { name: "extract-0" } }));
  return JSON.stringify(events);
});

const inputs = Array.from({ length: EVENTS / 5 }, () => ({ task_run: { name: "extract-0" } }));
compare(
  "buildEvents",
  () => buildEvents("prefect.task-run.Completed", inputs),
  (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
);
