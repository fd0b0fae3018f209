// Messages show lone surrogates as escapes: as U+FFFD, different texts would look the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as live from "../../pkg/entries/live.node.js";
import * as all from "../../pkg/node.js";

const ODD = "x\ud800";
/** Its notation in messages. */
const SHOWN = "x\\ud800";

const EVENT = {
  id: "00000000-0000-4000-8000-000000000001",
  occurred: "2026-03-01T12:00:00Z",
  event: ODD,
  resource: { "prefect.resource.id": ODD, "prefect.resource.name": "n", [ODD]: "1" },
  related: [{ "prefect.resource.id": `${ODD}.y`, "prefect.resource.role": ODD, [ODD]: 1 }],
  payload: { [ODD]: ODD },
  [ODD]: 1,
};
const AUTOMATION = {
  name: ODD,
  [ODD]: 1,
  trigger: {
    type: ODD,
    expect: [ODD],
    after: [ODD],
    posture: ODD,
    threshold: ODD,
    within: ODD,
    for_each: [ODD],
    match: { [ODD]: 3 },
  },
  actions: [
    { type: ODD },
    { type: "change-flow-run-state", [ODD]: 1, state: ODD, name: `${ODD}{{` },
  ],
};
const GOOD = {
  name: "a",
  trigger: { type: "event", posture: "Reactive", expect: ["x"], threshold: 1, within: 0 },
  actions: [{ type: "do-nothing" }],
};
const SCENARIOS = [
  { automation: AUTOMATION, name: ODD, [ODD]: 1 },
  { automation: GOOD, start: ODD, events: [{ event: 3, at: ODD, [ODD]: 1 }] },
  { automation: GOOD, runs: [{ name: ODD, states: [ODD], [ODD]: 1 }] },
  { automation: GOOD, name: "n", expect: ODD },
  { automation: GOOD, name: "n", expect: [{ [ODD]: 1 }, { fires: ODD, run: ODD }] },
  { automation: ODD, events: [] },
  { automation: "./x\ud800.yaml", events: [] },
];

/** As escapes, as JavaScript writes them, and as they are. @param {unknown} value */
function texts(value) {
  const escaped = JSON.stringify(value);
  return [escaped, escaped.replaceAll("\\ud800", "\ud800")];
}

/** @type {{ [name: string]: () => unknown }} */
const CALLS = {};
for (const [at, text] of texts(EVENT).entries()) {
  CALLS[`validate ${at}`] = () => all.validate(text);
  CALLS[`replay ${at}`] = () => all.replay(JSON.stringify(GOOD), text);
  CALLS[`backtest ${at}`] = () => live.backtest(JSON.stringify(GOOD), text);
  CALLS[`whyRun ${at}`] = () => live.whyRun(text, "x");
  CALLS[`observeHeartbeats ${at}`] = () => live.observeHeartbeats(text);
}
for (const [at, text] of texts(AUTOMATION).entries()) {
  CALLS[`checkAutomation ${at}`] = () => all.checkAutomation(text);
  CALLS[`exampleRuns ${at}`] = () => all.exampleRuns(text);
  CALLS[`compareAutomations ${at}`] = () => live.compareAutomations(JSON.stringify(GOOD), text, "");
}
for (const [number, scenario] of SCENARIOS.entries())
  for (const [at, text] of texts(scenario).entries()) {
    CALLS[`simulate ${number} ${at}`] = () => all.simulate(text);
    CALLS[`compareVersions ${number} ${at}`] = () => all.compareVersions(text);
    CALLS[`testScenarios ${number} ${at}`] = () => all.testScenarios(text);
    CALLS[`scenarioFiles ${number} ${at}`] = () => all.scenarioFiles(text);
    CALLS[`freezeFirings ${number} ${at}`] = () => live.freezeFirings(text);
    CALLS[`renderActions ${number} ${at}`] = () => live.renderActions(text);
  }
const NAME = "prefect.flow-run.Completed";
const any = /** @type {any} */ (all);
Object.assign(CALLS, {
  "key of an input": () => any.buildEvent(NAME, { [ODD]: 1 }),
  "value of an input": () => any.buildEvent(NAME, { flow_run: { name: ODD } }),
  "key of a run": () => any.buildRun({ [ODD]: 1 }),
  "name of an event": () => all.buildEvent(ODD),
  "name of a schema": () => all.jsonSchema(ODD),
  "name of an option": () => any.validate("{}", { [ODD]: 1 }),
  "value of an option": () => any.validate("{}", { profile: ODD }),
  "option with a function": () => any.validate("{}", { [ODD]: () => {} }),
  "option with a symbol": () => any.validate("{}", { [ODD]: Symbol() }),
  "option of a class": () => any.validate("{}", { [ODD]: new Map() }),
  "key of schemas": () => any.validate("{}", { schemas: { [ODD]: {} } }),
  "key of given": () =>
    live.renderActions(JSON.stringify(SCENARIOS[1]), { given: { flow_run: { [ODD]: 1 } } }),
  "name of a module": () => any.init({ [ODD]: 1 }),
});
test("no message shows a lone surrogate as U+FFFD, or as it is", async () => {
  const wrong = [];
  let escapes = 0;
  for (const [name, call] of Object.entries(CALLS)) {
    let result;
    try {
      result = JSON.stringify(await call());
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      assert.doesNotMatch(message, /internal error/, name);
      // Not as an escape of JSON, but as the character itself.
      result = /\p{Surrogate}/u.test(message) ? `�${message}` : message;
    }
    if (result?.includes("�")) wrong.push(`${name}: ${result}`);
    if (result?.includes("\\ud800")) escapes += 1;
  }
  assert.deepEqual(wrong, []);
  assert.ok(escapes > 20, String(escapes));
});

test("messages show what was written, in both notations", () => {
  for (const text of texts({ automation: GOOD, runs: [{ name: ODD }] })) {
    const [found] = all.simulate(text).errors ?? [];
    assert.equal(found?.message, `\`name\` must be a text, not \`${SHOWN}\``);
  }
  for (const text of texts(EVENT)) {
    const { diagnostics } = all.validate(text);
    assert.equal(diagnostics[0]?.name, SHOWN);
    assert.ok(diagnostics.some(({ path }) => path === `/resource/${SHOWN}`));
  }
});
