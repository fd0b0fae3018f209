// Speed of building events as JSON text, compared with plain JavaScript that creates the same objects and serialises them.
// Prints events per second of CPU time, and the ratio of each round; both run in turns.

import { authorModule } from "../../pkg/modules/author.js";
import { buildEvent, buildEventLines } from "../../pkg/node.js";
import { encode } from "../../pkg/text.js";
import { cpu, quantile } from "./measure.js";

const EVENTS = 100_000;
const ROUNDS = 5;
const OPTIONS = { seed: 7, now: "2026-03-31T18:30:00Z" };
const ID = "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11";

/**
 * The parts of a history, each a JSON array.
 * @param {object} spec
 */
const run = (spec) =>
  authorModule.call((core) => {
    const history = new core.History(encode(JSON.stringify(spec)), OPTIONS);
    const parts = [];
    for (let part = history.part(); part !== undefined; part = history.part()) parts.push(part);
    history.free();
    return parts;
  });

/** @param {string[]} parts */
const events = (parts) => parts.flatMap((part) => JSON.parse(part));

/**
 * The same events by hand: objects with the same keys and values of the same length.
 * @param {import("../../pkg/index.js").BuiltEvent[]} models
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

/**
 * @template T
 * @param {string} name
 * @param {() => T} build
 * @param {(built: T) => import("../../pkg/index.js").BuiltEvent[]} read
 */
function compare(name, build, read) {
  const models = read(build());
  /** @type {[number, number][]} */
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const own = cpu(build);
    rounds.push([own, cpu(() => byHand(models))]);
  }
  const own = rounds.map(([own]) => own);
  const ratios = rounds.map(([own, other]) => own / other);
  const rate = (models.length / quantile(own, 0.5)) * 1e6;
  console.log(
    `${name.padEnd(34)} ${String(models.length).padStart(7)} events ${Math.round(rate).toLocaleString("en").padStart(9)} events/s   ${quantile(ratios, 0.5).toFixed(2)} of the time of plain JavaScript`,
  );
}

compare(
  "buildRun, states and heartbeats",
  () => run({ ends: `${EVENTS * 30}s`, heartbeat: { frequency: 30 } }),
  events,
);
compare(
  "buildRun, tasks",
  () =>
    run({
      heartbeat: null,
      tasks: Array.from({ length: EVENTS / 3 }, () => ({ name: "extract" })),
    }),
  events,
);
compare(
  "buildRun, all there is",
  () =>
    run({
      deployment: "nightly",
      work_pool: "k8s-pool",
      worker: "My k8s worker",
      tags: ["prod", "eu"],
      heartbeat: { frequency: 30 },
      tasks: Array.from({ length: EVENTS / 10 }, (_, at) => ({
        name: ["extract", "load"][at % 2],
        duration: "20s",
        retries: 1,
        tags: ["io"],
      })),
    }),
  events,
);
compare(
  "buildEvent, one by one",
  () => {
    const built = [];
    for (let count = 0; count < EVENTS / 20; count++)
      built.push(buildEvent("prefect.task-run.Completed", { task_run: { name: "extract-0" } }));
    return JSON.stringify(built);
  },
  JSON.parse,
);

const inputs = Array.from({ length: EVENTS / 2 }, (_, at) => ({
  occurred: new Date(Date.parse("2026-03-31T18:30:00Z") + at * 10).toISOString(),
  task_run: { id: ID, name: `extract-${at}` },
  state: { message: "All states completed." },
  flow_run: { id: ID, name: "brave-otter" },
  flow: { id: ID, name: "etl" },
  tags: ["io", "prod"],
}));
compare(
  "buildEventLines",
  () => buildEventLines("prefect.task-run.Completed", inputs),
  (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
);
