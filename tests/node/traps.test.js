// Behaviour after real traps: memory or the call stack is exhausted. This file must not import node.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../../pkg/api/validate.js";
import * as live from "../../pkg/entries/live.js";
import * as api from "../../pkg/slim.js";
import { limited } from "./helpers/limited.js";

const MEGABYTES = 8;
api.initSync({
  validate: limited("validate", MEGABYTES),
  author: limited("author", MEGABYTES),
  schemas: limited("schemas", MEGABYTES),
});
await live.init({ live: limited("live", MEGABYTES) });

const EVENT = '{"event":"shop.order.placed"}';
const OPTIONS = { seed: 1, now: "2026-03-01T12:00:00Z" };
const RESOURCE = { "prefect.resource.id": "acme.order.42" };
const SCENARIO = {
  automation: "crash-zombie-flows",
  runs: [{ name: "a", starts: 0, dies: "5m" }],
};
const AUTOMATION = JSON.stringify({
  name: "Paid",
  trigger: { type: "event", posture: "Reactive", expect: ["acme.*"], threshold: 1 },
  actions: [{ type: "do-nothing" }],
});
const DELIVERED = JSON.stringify(api.buildEvent("acme.order", { resource: RESOURCE }, OPTIONS));
const RUN = api
  .buildRun({ flow_run: "a", ends: "5m" }, OPTIONS)
  .map((event) => JSON.stringify(event))
  .join("\n");
/** A size that exceeds the memory. */
const LARGE = "x".repeat(9 << 20);

/** @param {string} lines */
function stream(lines) {
  const { chunk, finish, close } = openStream();
  try {
    return [chunk(Buffer.from(lines)), finish()];
  } finally {
    close();
  }
}

/** Each function with an input that is too large, and with one that is not. @type {{ [name: string]: [() => unknown, () => unknown] }} */
const CALLS = {
  validate: [() => api.validate(`{"event":"${LARGE}"}`), () => api.validate(EVENT)],
  "validate with schemas": [
    () => api.validate(`{"event":"${LARGE}"}`, { schemas: { "*": false } }),
    () => api.validate(EVENT, { schemas: { "*": false } }),
  ],
  validateStream: [() => stream(`{"event":"${LARGE}"}\n`), () => stream(`${EVENT}\n`)],
  describe: [
    () => api.describeEvent(`prefect.flow-run.${LARGE}`),
    () => api.describeEvent("prefect.flow-run.Running")?.title,
  ],
  checkAutomation: [
    () => api.checkAutomation(AUTOMATION.replace("Paid", LARGE)),
    () => api.checkAutomation(AUTOMATION),
  ],
  buildEvent: [
    () => api.buildEvent("acme.order", { resource: { ...RESOURCE, a: LARGE } }),
    // Calls deeper than the JavaScript code before it.
    () => api.buildEvent("prefect.task-run.Completed", {}, OPTIONS),
  ],
  buildEventLines: [
    () =>
      api.buildEventLines("acme.order", [
        { resource: RESOURCE },
        { resource: { ...RESOURCE, a: LARGE } },
      ]),
    () => api.buildEventLines("prefect.task-run.Completed", [{}, {}], OPTIONS),
  ],
  buildRun: [
    () => api.buildRun({ tasks: [{ name: LARGE }] }),
    () => api.buildRun({ tasks: [{ name: "a" }] }, OPTIONS),
  ],
  simulate: [
    () => api.simulate({ ...SCENARIO, runs: [{ name: LARGE }] }),
    () => api.simulate(SCENARIO, { trace: true }),
  ],
  replay: [
    () => api.replay(AUTOMATION, `{"event":"${LARGE}"}`),
    () =>
      api.replay(
        AUTOMATION,
        JSON.stringify(api.buildEvent("acme.order", { resource: RESOURCE }, OPTIONS)),
      ),
  ],
  compareReplays: [
    () => api.compareReplays(AUTOMATION, `{"event":"${LARGE}"}`),
    () =>
      api.compareReplays(
        AUTOMATION,
        JSON.stringify(api.buildEvent("acme.order", { resource: RESOURCE }, OPTIONS)),
      ),
  ],
  compareVersions: [
    () => api.compareVersions({ ...SCENARIO, runs: [{ name: LARGE }] }),
    () => api.compareVersions(SCENARIO),
  ],
  exampleRuns: [
    () => api.exampleRuns(`{"trigger":{"expect":["${LARGE}"]}}`),
    () => api.exampleRuns(AUTOMATION),
  ],
  isNdjson: [
    () => api.isNdjson(Buffer.from(`"${LARGE}`)),
    () => api.isNdjson(Buffer.from(`${EVENT}\n{`)),
  ],
  backtest: [
    () => live.backtest(AUTOMATION, `{"event":"${LARGE}"}`),
    () => live.backtest(AUTOMATION, DELIVERED),
  ],
  whyRun: [
    () => live.whyRun(`{"event":"${LARGE}"}`, "a", AUTOMATION),
    () => live.whyRun(RUN, "a", AUTOMATION),
  ],
  compareAutomations: [
    () => live.compareAutomations(AUTOMATION, AUTOMATION, `{"event":"${LARGE}"}`),
    () => live.compareAutomations(AUTOMATION, AUTOMATION, DELIVERED),
  ],
  renderActions: [
    () => live.renderActions(AUTOMATION, { events: `{"event":"${LARGE}"}` }),
    () => live.renderActions(AUTOMATION, { events: DELIVERED }),
  ],
  testScenarios: [
    () => api.testScenarios({ ...SCENARIO, scenario: LARGE }),
    () => api.testScenarios({ ...SCENARIO, expect: [{ run: "a" }] }),
  ],
};

/** @param {() => unknown} large */
function runsOut(large) {
  assert.throws(large, (/** @type {Error} */ error) => {
    assert.match(error.message, /^the input is too large for one call: out of memory/);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError, String(error.cause));
    return true;
  });
}

for (const [name, [large, small]] of Object.entries(CALLS)) {
  test(`${name}: memory runs out, and the next call works`, () => {
    const before = small();
    for (let time = 0; time < 3; time++) {
      runsOut(large);
      assert.deepEqual(small(), before);
    }
  });

  test(`${name}: the call stack runs out at every depth, and the next call works`, () => {
    const before = small();
    /** @type {Set<string>} */
    const seen = new Set();
    let worked = 0;
    // The deepest frame calls first, then each one above it, until there is enough stack.
    const deeper = () => {
      try {
        deeper();
      } catch {
        // The stack is exhausted.
      }
      if (worked > 20) return;
      try {
        assert.deepEqual(small(), before);
        worked += 1;
      } catch (error) {
        seen.add(`${error}`);
      }
    };
    const inModule = () =>
      [...seen].some((message) => /^PrefectEventsError: the call stack/.test(message));
    // The stack ends in JavaScript or in the module, which varies.
    for (let time = 0; time < 10 && !inModule(); time++) {
      worked = 0;
      deeper();
    }
    assert.deepEqual(small(), before);
    const known =
      /^(RangeError: Maximum call stack|PrefectEventsError: the call stack is exhausted|TypeError: .* as JSON: Maximum)/;
    for (const message of seen) assert.match(message, known);
    assert.ok(inModule(), [...seen].join("\n"));
  });
}

test("buildRun: memory runs out after the first part, and the next call works", () => {
  const short = { tasks: [{ name: "a", retries: 2 }] };
  const before = api.buildRun(short, OPTIONS);
  let built = 0;
  const onProgress = (/** @type {number} */ done) => {
    built = done;
  };
  // Each event of the second task has its long name, and a part has hundreds of them.
  const tasks = [
    { name: "a", retries: 400 },
    { name: "b".repeat(50_000), retries: 200 },
  ];
  runsOut(() => api.buildRun({ tasks }, { ...OPTIONS, onProgress }));
  assert.ok(built > 0);
  assert.deepEqual(api.buildRun(short, OPTIONS), before);
});

test("a stream ends when memory runs out in another call, and can be closed safely", () => {
  const first = openStream();
  assert.throws(() => api.validate(`{"event":"${LARGE}"}`), {
    message: /out of memory/,
    code: "out-of-memory",
  });
  const second = openStream();
  const lines = Buffer.from(`${EVENT}\n`);
  assert.throws(() => first.chunk(lines), {
    message: /^this ended when another call to prefect-events failed/,
  });
  assert.throws(() => first.finish(), { message: /^this ended/ });
  first.close();
  first.close();
  assert.equal(second.chunk(lines).count, 1);
  assert.equal(second.finish().count, 0);
  second.close();
});

test("a trap in a stream ends the stream and its generator", async () => {
  const source = (async function* () {
    yield `${EVENT}\n`.repeat(50_000);
    yield `{"event":"${LARGE}"}\n`;
  })();
  await assert.rejects(async () => {
    for await (const { count } of api.validateStream(source)) assert.ok(count > 0);
  }, /out of memory/);
  assert.equal(api.validate(EVENT).count, 1);
});

// Its JavaScript needs more stack than the module.
test("heartbeatAdvice: memory runs out, and the next call works", () => {
  const advise = (/** @type {string} */ expected) =>
    api.heartbeatAdvice({ frequency: 30, within: 90, expect: [expected] });
  const before = advise("*");
  runsOut(() => advise(LARGE));
  assert.deepEqual(advise("*"), before);
});

for (const [name, build] of /** @type {const} */ ([
  [
    "buildEventLines",
    (/** @type {import("../../pkg/index.js").BuildManyOptions} */ options) =>
      api.buildEventLines("acme.order", Array(1200).fill({ resource: RESOURCE }), options),
  ],
  [
    "buildRun",
    (/** @type {import("../../pkg/index.js").BuildManyOptions} */ options) =>
      api.buildRun({ tasks: Array(400).fill({ name: "a" }) }, options),
  ],
]))
  test(`${name}: a trap within onProgress ends it, and the next call works`, () => {
    const before = build(OPTIONS);
    const large = /** @type {[() => unknown, unknown]} */ (CALLS.buildEvent)[0];
    let calls = 0;
    const onProgress = () => {
      calls += 1;
      assert.throws(large, /out of memory/);
    };
    assert.throws(
      () => build({ ...OPTIONS, onProgress }),
      /^PrefectEventsError: this ended when another call/,
    );
    assert.equal(calls, 1);
    assert.deepEqual(build(OPTIONS), before);
    // If the caller does not catch the inner error, the call throws it.
    assert.throws(() => build({ ...OPTIONS, onProgress: () => void large() }), /out of memory/);
    assert.deepEqual(build(OPTIONS), before);
  });

test("an error from the caller's source is rethrown unchanged, and the instance stays usable", async () => {
  const other = openStream();
  const mine = new RangeError("mine");
  const source = (async function* () {
    yield `${EVENT}\n`.repeat(50_000);
    throw mine;
  })();
  let events = 0;
  await assert.rejects(
    async () => {
      for await (const report of api.validateStream(source)) events += report.count;
    },
    (error) => error === mine,
  );
  assert.ok(events > 0);
  assert.equal(other.chunk(Buffer.from(`${EVENT}\n`)).count, 1);
  other.close();
});

test("after an error from the caller's own code the instance stays usable", async () => {
  const stream = openStream();
  const throws = () => {
    throw new RangeError("mine");
  };
  const wrong = {
    get seed() {
      return throws();
    },
    toJSON: throws,
  };
  /** @type {any} */
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  /** @type {any} */
  const loose = api;
  for (const value of [wrong, new Proxy({}, { ownKeys: throws }), revoked.proxy]) {
    for (const call of [
      () => loose.validate(value),
      () => loose.validate(EVENT, value),
      () => loose.validate(EVENT, { schemas: value }),
      () => loose.checkAutomation(value),
      () => loose.checkAutomation("{}", value),
      () => loose.buildEvent("acme.a", value),
      () => loose.buildEvent("acme.a", {}, value),
      () => loose.buildEventLines("acme.a", [value]),
      () => loose.buildEventLines("acme.a", [], value),
      () => loose.buildRun(value),
      () => loose.buildRun({}, value),
      () => loose.simulate(value),
      () => loose.simulate("{}", value),
      () => loose.replay("{}", "{}", value),
      () => loose.testScenarios(value),
      () => loose.heartbeatAdvice(value),
      () => loose.toCurl([value]),
      () => loose.toPython([value]),
    ])
      assert.throws(call, (/** @type {Error} */ error) => {
        assert.equal(error.name, "TypeError", `${call}: ${error}`);
        assert.doesNotMatch(error.message, /fault|report/);
        return true;
      });
  }
  // It would have ended with the instance.
  assert.equal(stream.chunk(Buffer.from(`${EVENT}\n`)).count, 1);
  stream.close();
});
