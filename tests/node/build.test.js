// Events that are built: the functions of the package, and the command `build`.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { authorModule } from "../../pkg/modules/author.js";
import { buildEvent, buildEventLines, buildRun, eventTypes, validate } from "../../pkg/node.js";
import { folder, run } from "./helpers/run.js";

const FIXED = { seed: 7, now: "2026-03-31T18:30:00Z" };
const ID = "019d4528-e040-7abc-8000-000000000001";
const cwd = folder();

/** @param {unknown} events */
const found = (events) =>
  validate(/** @type {object} */ (events)).diagnostics.map(({ code, path }) => `${code} ${path}`);

test("what is given stands where it belongs, and what follows is filled in", () => {
  const flow_run = { id: "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", name: "brave-otter" };
  const event = buildEvent(
    "prefect.task-run.Completed",
    {
      task_run: { name: "say-hello-0" },
      state: { message: "all good" },
      previous: { name: "Running", type: "RUNNING" },
      flow_run,
      tags: ["prod"],
    },
    FIXED,
  );
  assert.deepEqual(found(event), []);
  assert.equal(event.resource["prefect.state-message"], "all good");
  assert.deepEqual(event.related, [
    {
      "prefect.resource.id": `prefect.flow-run.${flow_run.id}`,
      "prefect.resource.role": "flow-run",
      "prefect.resource.name": "brave-otter",
    },
    { "prefect.resource.id": "prefect.tag.prod", "prefect.resource.role": "tag" },
  ]);
  const worker = buildEvent("prefect.worker.executed-flow-run", {
    worker: { name: "My k8s worker", type: "kubernetes" },
    flow_run,
    flow: { name: "etl" },
    work_pool: { name: "k8s", type: "kubernetes" },
    infrastructure: { identifier: "my-job-abc123", status_code: 0 },
    follows: ID,
  });
  assert.deepEqual(found(worker), []);
  assert.equal(worker.follows, ID);
});

test("many events of one name are lines", () => {
  const name = "prefect.task-run.Completed";
  const inputs = ["a", 'b "quoted"', "c"].map((task) => ({ task_run: { name: task } }));
  const lines = buildEventLines(name, inputs, FIXED).split("\n");
  assert.equal(lines.pop(), "");
  const events = lines.map((line) => JSON.parse(line));
  assert.deepEqual(events[0], buildEvent(name, inputs[0], FIXED));
  assert.deepEqual(
    events.map((event) => event.resource["prefect.resource.name"]),
    inputs.map((input) => input.task_run.name),
  );
  assert.equal(new Set(events.map(({ id }) => id)).size, 3);
  assert.deepEqual(found(events), []);
  assert.equal(buildEventLines(name, [], FIXED), "");
  assert.throws(() => buildEventLines(name, [{}, { task_run: { nam: "a" } }], FIXED), {
    name: "TypeError",
    message: /of event 1: .* has no `nam` in `task_run`/,
  });
});

test("the same seed and time give the same; without them each event is new, and of now", () => {
  const name = "prefect.flow-run.Running";
  assert.deepEqual(buildEvent(name, {}, FIXED), buildEvent(name, {}, FIXED));
  assert.deepEqual(buildRun({}, FIXED), buildRun({}, FIXED));
  const [one, other] = [buildEvent(name), buildEvent(name)];
  assert.notEqual(one.id, other.id);
  assert.match(one.id, /^[\da-f]{8}-[\da-f]{4}-7/);
  assert.ok(Math.abs(Date.parse(one.occurred) - Date.now()) < 60_000);
});

test("mistakes are a TypeError with a sentence", () => {
  /** @type {[() => unknown, RegExp][]} */
  const mistakes = [
    [
      () => buildEvent("prefect.task-run.Completed", { taskrun: {} }),
      /has no `taskrun`: did you mean `task_run`\?$/,
    ],
    [
      () => buildEvent("prefect.flow-run.Processed"),
      /needs `state\.type`: the type of a custom state/,
    ],
    [
      () => buildEvent("prefect.flowrun.Running"),
      /has no event `prefect\.flowrun\.Running`: did you mean `prefect\.flow-run\.Running`\?/,
    ],
    // @ts-expect-error There is no such option.
    [() => buildEvent("a.b", {}, { sed: 1 }), /unknown option `sed`: did you mean `seed`\?$/],
    [
      () => buildEvent("a.b", {}, { now: "soon" }),
      /the option `now` must be a time such as .*, not `soon`$/,
    ],
    // @ts-expect-error A number is no name.
    [() => buildEvent(7), /needs the name of an event/],
    [() => buildEvent("a.b", []), /buildEvent needs an object/],
    [() => buildRun({ ends: "-1m" }), /`ends` is before its `starts`/],
    // @ts-expect-error There is no such key.
    [() => buildRun({ task: [] }), /has no `task`: did you mean `tasks`\?$/],
  ];
  for (const [call, message] of mistakes) {
    assert.throws(call, (error) => error instanceof TypeError && message.test(error.message));
  }
});

/** @type {[string, (options?: import("../../pkg/index.js").BuildManyOptions) => unknown, number][]} */
const LONG = [
  [
    "buildEventLines",
    (options) => buildEventLines("prefect.flow-run.Running", Array(1200).fill({}), options),
    1200,
  ],
  // 7 events of the run, and 10,000 heartbeats.
  ["buildRun", (options) => buildRun({ ends: "20000s", heartbeat: { frequency: 2 } }, options), 0],
];

for (const [name, build, count] of LONG) {
  test(`${name} reports its progress`, () => {
    /** @type {[number, number][]} */
    const reports = [];
    const built = build({ onProgress: (done, total) => reports.push([done, total]) });
    const total = count || /** @type {object[]} */ (built).length;
    assert.ok(reports.length > 2, String(reports));
    assert.deepEqual(reports.at(-1), [total, total]);
    for (const [at, [done, all]] of reports.entries()) {
      assert.ok(done > (reports[at - 1]?.[0] ?? 0), String(reports));
      assert.equal(all, total);
    }
  });

  test(`${name}: what onProgress throws passes, and ends nothing else`, () => {
    const stream = authorModule.open((core) => new core.EventLines("a.b", FIXED, 1, undefined));
    for (const thrown of [new RangeError("mine"), new TypeError("prefect-events: mine"), 7]) {
      let calls = 0;
      const onProgress = () => {
        calls += 1;
        throw thrown;
      };
      assert.throws(
        () => build({ onProgress }),
        (error) => error === thrown,
      );
      assert.equal(calls, 1);
    }
    // It would have ended with the instance.
    const text = Buffer.from('[{"resource": {"prefect.resource.id": "a.b"}}]');
    assert.match(
      stream.use((lines) => lines.write(text)),
      /^{.*}\n$/,
    );
    stream.close();
    assert.ok(build());
  });

  test(`${name}: onProgress can call again`, () => {
    /** @type {unknown[]} */
    const inner = [];
    const built = build({
      ...FIXED,
      onProgress: () => inner.push(buildEvent("prefect.flow-run.Running", {}, FIXED)),
    });
    assert.deepEqual(built, build(FIXED));
    for (const one of inner) assert.deepEqual(one, inner[0]);
  });

  test(`${name}: a trap within onProgress ends it, and the next call works`, () => {
    const before = build(FIXED);
    const trap = () =>
      authorModule.call(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    const onProgress = () => assert.throws(trap, /internal error in prefect-events/);
    assert.throws(() => build({ ...FIXED, onProgress }));
    assert.deepEqual(build(FIXED), before);
    /** @type {any} */
    const wrong = { onProgress: "no" };
    assert.throws(() => build(wrong), {
      name: "TypeError",
      message: /`onProgress` is not a function/,
    });
  });
}

test("a history is right as a whole", () => {
  const events = buildRun(
    {
      deployment: "nightly",
      work_pool: { name: "k8s", type: "kubernetes" },
      worker: "My k8s worker",
      scheduled: "-1m",
      ends: "10m",
      heartbeat: { frequency: 30 },
      tasks: [{ name: "extract", retries: 1 }, { name: "load" }],
    },
    FIXED,
  );
  assert.deepEqual(found(events), []);
  assert.equal(events.length, 34);
  assert.equal(events[0]?.event, "prefect.flow-run.Scheduled");
  assert.equal(events.at(-1)?.event, "prefect.worker.executed-flow-run");
});

test("every event of the catalogue is known to the module", () => {
  let built = 0;
  for (const { example } of eventTypes()) {
    const { event } = /** @type {import("../../pkg/index.js").PrefectEvent} */ (example);
    try {
      buildEvent(event);
      built += 1;
    } catch (error) {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, /^prefect-events: `\S+` needs `[a-z_.]+`: /);
    }
  }
  assert.ok(built > 30, `${built}`);
});

test("the command prints JSON, and tells what is missing", async () => {
  const args = ["build", "prefect.flow-run.Running", "--set", "flow_run.name=brave-otter"];
  const fixed = [...args, "--seed", "7", "--now", FIXED.now];
  const { status, stdout } = await run(fixed, { cwd });
  assert.equal(status, 0);
  assert.deepEqual(
    JSON.parse(stdout),
    buildEvent("prefect.flow-run.Running", { flow_run: { name: "brave-otter" } }, FIXED),
  );
  const wrong = await run(["build", "prefect.flow-run.Processed"], { cwd });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /needs `state\.type`/);
  assert.equal((await run(["build"], { cwd })).status, 2);
  assert.equal((await run(["build", "a.b", "--from", "nothing.json"], { cwd })).status, 2);
});

test("the command reads a file, and --set comes after it", async () => {
  writeFileSync(
    join(cwd, "order.json"),
    JSON.stringify({ resource: { "prefect.resource.id": "acme.order.1" }, payload: { total: 1 } }),
  );
  const set = ["--set", "payload.total=12.5", "--set", "resource.acme.kind=gift"];
  const { stdout } = await run(["build", "acme.paid", "--from", "order.json", ...set], { cwd });
  const event = JSON.parse(stdout);
  assert.deepEqual(event.payload, { total: 12.5 });
  assert.deepEqual(event.resource, {
    "prefect.resource.id": "acme.order.1",
    "acme.kind": "gift",
  });
  writeFileSync(join(cwd, "run.json"), JSON.stringify({ flow: "etl", ends: "1m" }));
  const { stdout: history } = await run(["build", "--run", "--from", "run.json"], { cwd });
  assert.deepEqual(
    JSON.parse(history).map((/** @type {{ event: string }} */ { event }) => event),
    [
      "prefect.flow-run.Pending",
      "prefect.flow-run.Running",
      "prefect.flow-run.heartbeat",
      "prefect.flow-run.Completed",
    ],
  );
});

test("a shell gives curl the event as it is, whatever is in it", async () => {
  const nasty = 'it\'s "$HOME" `id` \\ é 😀 $(id)\n!';
  const { stdout } = await run(
    [
      "build",
      "acme.paid",
      "--set",
      "resource.prefect.resource.id=acme.order.1",
      "--set",
      `payload.note=${JSON.stringify(nasty)}`,
      "--as",
      "curl",
    ],
    { cwd },
  );
  // In place of curl, what prints its arguments.
  const script = `curl() { for each; do printf '%s\\0' "$each"; done; }\nunset PREFECT_API_URL\n${stdout}`;
  const args = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
  assert.equal(args.at(-2), "http://127.0.0.1:4200/api/events");
  const [event] = JSON.parse(args[args.indexOf("--data-binary") + 1] ?? "");
  assert.equal(event.payload.note, nasty);
});

test("what JSON would drop is misuse", () => {
  for (const spec of [new Map([["flow", "a"]]), { flow: "etl", ends: Number.NaN }])
    assert.throws(() => buildRun(/** @type {any} */ (spec)), { name: "TypeError" });
});
