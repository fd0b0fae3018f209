// The widget's documentation agrees with the widget, and code blocks are recognised as events or automations.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import {
  checkAutomation,
  describeEvent,
  eventTypes,
  exampleRuns,
  replay,
  simulate,
} from "../../pkg/node.js";
import { draw, stepsOf } from "../../pkg/widget/drawing.js";
import { PrefectEventValidator } from "../../pkg/widget/element.js";
import {
  holdsEvents,
  isMeantAsAutomation,
  kindOf,
  mayHoldAutomations,
} from "../../pkg/widget/recognise.js";

const root = new URL("../../", import.meta.url);
/** @param {string} name */
const read = (name) => readFileSync(new URL(name, root), "utf8");

/** @typedef {{ name: string, kind?: string, attribute?: string, fieldName?: string, readonly?: boolean }} Named */
/** @type {{ [key: string]: Named[] }} */
const element = JSON.parse(read("pkg/custom-elements.json"))
  .modules.flatMap((/** @type {{ declarations: object[] }} */ { declarations }) => declarations)
  .find((/** @type {{ tagName?: string }} */ { tagName }) => tagName === "prefect-event-validator");
const documentation = read("docs/widget.md");
const source = readdirSync(new URL("pkg/widget/", root))
  .map((name) => read(`pkg/widget/${name}`).replaceAll(/^ *\/?\*.*$/gm, ""))
  .join("\n");

/** @param {string} key */
const names = (key) => (element[key] ?? []).map(({ name }) => name).sort();
/** @param {Iterable<string>} some */
const sorted = (some) => [...new Set(some)].sort();
/** @param {RegExp} pattern */
const all = (pattern) => [...source.matchAll(pattern)].map(([, found]) => found ?? "");

test("the manifest names the attributes, and their properties", () => {
  assert.deepEqual(names("attributes"), PrefectEventValidator.observedAttributes.toSorted());
  const prototype = PrefectEventValidator.prototype;
  for (const { name, fieldName = "" } of element.attributes ?? []) {
    const property = Object.getOwnPropertyDescriptor(prototype, fieldName);
    assert.ok(property?.get && property.set, `${name} has the property ${fieldName}`);
    assert.ok(
      documentation.includes(`| \`${name}\` | \`${fieldName}\` |`),
      `${name} is documented`,
    );
  }
});

test("the manifest names the properties and methods", () => {
  const own = Object.getOwnPropertyDescriptors(PrefectEventValidator.prototype);
  const open = Object.keys(own).filter((name) => !/^constructor$|Callback$/.test(name));
  assert.deepEqual(names("members"), open.sort());
  for (const { name, kind, readonly = false } of element.members ?? []) {
    if (kind !== "field") continue;
    assert.equal(own[name]?.set === undefined, readonly, name);
    assert.ok(documentation.includes(`\`${name}\` |`), `${name} is documented`);
  }
});

test("the manifest names the events", () => {
  assert.deepEqual(names("events"), sorted(all(/#tell\("([\w-]+)"/g)));
  for (const name of names("events")) assert.ok(documentation.includes(`\`${name}\``), name);
});

test("the manifest names the custom properties", () => {
  assert.deepEqual(names("cssProperties"), sorted(all(/var\((--prefect-events-[\w-]+)/g)));
  for (const name of names("cssProperties")) {
    assert.ok(documentation.includes(`| \`${name}\` |`), `${name} is documented`);
  }
});

test("the manifest names the parts", () => {
  const parts = all(/\bpart: ["`]([^"`]+)["`]/g).flatMap((list) =>
    list.replace(/\$\{severity\}/, "error warning info").split(" "),
  );
  assert.deepEqual(names("cssParts"), sorted(parts));
  for (const name of names("cssParts")) assert.ok(documentation.includes(`\`${name}\``), name);
});

test("all documented events are recognised as events, in every form", () => {
  for (const { namePattern } of eventTypes()) {
    const example = describeEvent(namePattern)?.example;
    const forms = [
      JSON.stringify(example, null, 2),
      JSON.stringify([example, example]),
      `${JSON.stringify(example)}\n\n${JSON.stringify(example)}\n`,
      JSON.stringify({ events: [example], total: 1 }),
      JSON.stringify({ type: "event", event: example }),
    ];
    for (const form of forms) {
      assert.ok(holdsEvents(form), namePattern);
      assert.ok(holdsEvents(form, "json"), namePattern);
      assert.ok(!holdsEvents(form, "python"), "another language is none of ours");
    }
  }
});

const EVENT = { event: "acme.order.created", id: "1", occurred: "2026", resource: {} };
/** @type {[what: string, text: string, language: string | undefined, expected: boolean][]} */
const BLOCKS = [
  ["two of three keys do", JSON.stringify({ ...EVENT, id: undefined }), "json", true],
  ["one does not", JSON.stringify({ event: "a", resource: {} }), "json", false],
  ["the event is a text", JSON.stringify({ ...EVENT, event: {} }), "json", false],
  ["an automation", '{"trigger": {"expect": ["a"]}, "actions": []}', "json", false],
  ["a schema", '{"properties": {"event": {}, "id": {}, "occurred": {}}}', "json", false],
  ["nothing", "", "json", false],
  ["no events", "[]", "json", false],
  ["events among others", JSON.stringify([EVENT, {}]), "json", false],
  ["null", "null", "json", false],
  ["another frame", '{"type": "filter", "filter": {}}', "json", false],
  ["a lost bracket", JSON.stringify(EVENT).slice(0, -1), "json", true],
  ["a lost bracket, in no language", JSON.stringify(EVENT).slice(0, -1), undefined, false],
  ["a comma too many", JSON.stringify(EVENT).replace("}}", "},}"), "json", true],
  ["something else that is no JSON", '{ "trigger": … }', "json", false],
  ["a command that sends one", `curl --data '${JSON.stringify(EVENT)}'`, "json", false],
  ["JSON with comments", JSON.stringify(EVENT), "jsonc", false],
  ["Python", JSON.stringify(EVENT), "python", false],
  ["NDJSON", JSON.stringify(EVENT), "ndjson", true],
];

for (const [what, text, language, expected] of BLOCKS) {
  test(`which blocks are recognised as events: ${what}`, () => {
    assert.equal(holdsEvents(text, language), expected);
  });
}

const FORMS = "tests/cases/live/forms/";

for (const name of readdirSync(new URL(FORMS, root))) {
  const language = /\.(json|yaml)$/.exec(name)?.[1];
  if (language === undefined) continue;
  test(`exports of Prefect are recognised as possible automations: ${name}`, () => {
    const text = read(FORMS + name);
    assert.equal(mayHoldAutomations(text, language), true);
    assert.equal(mayHoldAutomations(text, language === "json" ? undefined : "yml"), true);
    assert.equal(mayHoldAutomations(text), true, "where no language is named");
    assert.equal(kindOf(text), "automations");
    assert.equal(holdsEvents(text, language), false);
    assert.equal(mayHoldAutomations(text, "python"), false, "another language is none of ours");
  });
}

// The widget guesses before it loads a module, so that a page without Prefect's examples loads none.
test("the guess agrees with what the core recognises", () => {
  const lines = (/** @type {string} */ file) => {
    const bytes = readFileSync(new URL(`tests/cases/${file}`, root));
    return String(file.endsWith(".gz") ? gunzipSync(bytes) : bytes)
      .split("\n")
      .filter(Boolean);
  };
  const rows = (/** @type {string} */ file) => lines(file).map((line) => JSON.parse(line));
  const verdicts = ["automation-verdicts.ndjson.gz", "live/verdicts-by-route.ndjson"];
  /** @type {string[]} */
  const texts = [
    ...lines("events.ndjson.gz"),
    ...lines("live/captured.ndjson.gz"),
    ...rows("envelope-verdicts.ndjson.gz").map(({ raw, event }) => raw ?? JSON.stringify(event)),
    ...rows("check.ndjson").map(({ text }) => text),
    ...verdicts.flatMap(rows).map(({ document }) => JSON.stringify(document)),
  ].filter((text) => typeof text === "string");
  const counts = { events: 0, automations: 0 };
  /** @type {string[]} */
  const missed = [];
  for (const text of texts) {
    const { form } = checkAutomation(text);
    const kind = /^events?$/.test(form ?? "") ? "events" : "automations";
    const guess = kindOf(text);
    if (guess) {
      assert.equal(guess, kind, text);
      counts[kind] += 1;
    } else if (form !== "unknown" && kind === "events") {
      // An event without a name is no example of one.
      assert.doesNotMatch(text, /"event":"/);
    } else if (form !== "unknown") {
      missed.push(text);
    }
  }
  const actions = '"actions":[{"type":"change-flow-run-state","state":"CRASHED","message":"x"}]';
  assert.deepEqual(missed, [
    `{"name":"n","trigger":[],${actions}}`,
    `{"name":"n","trigger":"event",${actions}}`,
  ]);
  assert.ok(counts.events > 3000 && counts.automations > 500, JSON.stringify(counts));
});

const TRIGGER = "posture: Reactive\nexpect: [prefect.flow-run.Failed]\n";
/** @type {[what: string, text: string, language: string | undefined, expected: boolean][]} */
const CANDIDATES = [
  ["two such keys", "after: [build]\nmatch: '*.py'\n", "yaml", false],
  ["one of a trigger's own alone", "expect: [a]\n", "yaml", false],
  ["a pipeline of Azure", "trigger:\n  branches:\n    include: [main]\nmatch: a\n", "yaml", false],
  ["a trigger", TRIGGER, "yaml", true],
  ["a trigger in no language", `# It reacts.\n\n${TRIGGER}`, undefined, true],
  ["Python in no language", `import a\n${TRIGGER}`, undefined, false],
  [
    "a trigger in JSON, in no language",
    '{"posture": "Reactive", "expect": ["a"]}',
    undefined,
    true,
  ],
  ["a key that other things have too", "after: [build]\nscript: make\n", "yaml", false],
  [
    "Home Assistant",
    "automation:\n  - trigger:\n      platform: sun\n    action: []\n",
    "yaml",
    false,
  ],
  ["a workflow of GitHub", "on: push\njobs:\n  build:\n    needs: [a]\n", "yaml", false],
  ["a prefect.yaml without triggers", "name: a\ndeployments:\n  - name: b\n", "yaml", false],
  ["an event", JSON.stringify(EVENT), "json", false],
  ["a comma too many", '{"trigger": {"expect": ["a"],}, "actions": []}', "json", true],
  ["the same in no language", '{"trigger": {"expect": ["a"],}, "actions": []}', undefined, false],
];

for (const [what, text, language, expected] of CANDIDATES) {
  test(`which blocks may be automations: ${what}`, () => {
    assert.equal(mayHoldAutomations(text, language), expected);
  });
}

test("blank lines and comments before a key cost nothing", () => {
  const text = "# option = default\n\n".repeat(10_000);
  assert.equal(mayHoldAutomations(`${text}port = 8080\n`), false);
  assert.equal(mayHoldAutomations(`${text}trigger:\n  expect: [a]\n  match: {}\n`), true);
});

test("unreadable text counts as an automation if it is a whole one", () => {
  const whole = `trigger:\n  ${TRIGGER.replace("\n", "\n  ")}actions:\n  - type: [\n`;
  assert.equal(isMeantAsAutomation(whole), true);
  assert.equal(isMeantAsAutomation(TRIGGER), false);
  assert.equal(isMeantAsAutomation(`${whole}  ...\n`), false, "a fragment");
  assert.equal(isMeantAsAutomation('{"trigger": {,}, "actions": []}'), true);
});

/** An element, as far as drawings need one. */
class Drawn {
  /** @type {{ [name: string]: string }} */
  attributes = {};
  /** @type {Drawn[]} */
  children = [];

  /** @param {string} tag */
  constructor(tag) {
    this.tag = tag;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  /** @param {(Drawn | string)[]} children */
  append(...children) {
    for (const child of children) if (child instanceof Drawn) this.children.push(child);
  }

  /** @returns {string[]} the classes of the marks in it, with their tags */
  get marks() {
    const { class: own } = this.attributes;
    return [
      ...(own === undefined ? [] : [`${this.tag} ${own}`]),
      ...this.children.flatMap((child) => child.marks),
    ];
  }
}

/** @param {import("../../pkg/index.js").Timeline | undefined} timeline */
function exampleOf(timeline) {
  assert.ok(timeline);
  return { title: "", reason: "", scenario: { events: [] }, timeline };
}

/** @param {import("../../pkg/index.js").ExampleRun} example */
function marksOf(example) {
  Object.assign(globalThis, {
    document: {
      createElementNS: (/** @type {string} */ _, /** @type {string} */ tag) => new Drawn(tag),
    },
  });
  try {
    const until = example.timeline.end;
    const drawing = /** @type {unknown} */ (draw(example, { width: 600, until, label: "" }));
    return /** @type {Drawn} */ (drawing).marks;
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
}

const PER_RUN = { for_each: ["prefect.resource.id"] };

test("a window that another trigger's firing closed is not drawn as one that fires", () => {
  const trigger = {
    type: "compound",
    require: "all",
    within: 600,
    triggers: [
      {
        ...PER_RUN,
        posture: "Proactive",
        after: ["prefect.flow-run.Pending"],
        expect: ["prefect.flow-run.Running"],
        within: 60,
      },
      { ...PER_RUN, posture: "Reactive", expect: ["prefect.flow-run.Running"], within: 0 },
    ],
  };
  const run = { name: "own", starts: "30s", ends: "2m" };
  const automation = { name: "Both", trigger, actions: [] };
  const { timeline } = simulate({ automation, end: "3m", runs: [run] }, { timeline: true });
  const lane = timeline?.lanes[0];
  const disarmed = lane?.windows.find(({ path }) => path === "$.0");
  assert.equal(disarmed?.closedBy, "disarmed");
  assert.equal(lane?.fired.find(({ path }) => path === "$.1")?.at, disarmed?.closed);
  const windows = marksOf(exampleOf(timeline)).filter((mark) => mark.startsWith("polygon"));
  const firing = lane?.windows.filter(({ closedBy }) => closedBy === "fired") ?? [];
  assert.ok(windows.length > firing.length);
  assert.equal(windows.filter((mark) => mark === "polygon window firing").length, firing.length);
});

test("a firing that depends on silence is drawn as one", () => {
  const automation = {
    name: "Own",
    trigger: {
      ...PER_RUN,
      posture: "Proactive",
      after: ["prefect.flow-run.Running"],
      expect: ["prefect.flow-run.Completed"],
      within: 60,
    },
    actions: [],
  };
  const event = {
    id: "00000000-0000-4000-8000-000000000001",
    event: "prefect.flow-run.Running",
    occurred: "2026-03-01T12:00:00Z",
    resource: { "prefect.resource.id": "prefect.flow-run.1" },
  };
  const { timeline } = replay(JSON.stringify(automation), JSON.stringify(event), {
    timeline: true,
  });
  assert.equal(timeline?.lanes[0]?.fired[0]?.ifSilent, true);
  const example = exampleOf(timeline);
  assert.deepEqual(
    marksOf(example).filter((mark) => / fire\b/.test(mark)),
    ["line fire silent", "path fire hollow"],
  );
  const steps = stepsOf(example);
  assert.ok(steps.includes("1 min: the automation fires if nothing comes"), steps.join("\n"));
  assert.ok(steps.includes("the automation does not fire"));
});

test("a false alarm is drawn as one, with the outcome of its run", () => {
  const text =
    "{posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.heartbeat], for_each: [prefect.resource.id], within: 20}";
  const { fires } = exampleRuns(`trigger: ${text}`);
  assert.ok(fires);
  const [lane] = fires.timeline.lanes;
  const wrong = lane?.fired.filter(({ falseAlarm }) => falseAlarm) ?? [];
  assert.ok(wrong.length > 0 && wrong.length < (lane?.fired.length ?? 0));
  const marks = marksOf(fires);
  const count = (/** @type {string} */ mark) => marks.filter((one) => one === mark).length;
  assert.equal(count("path fire wrong"), wrong.length);
  assert.equal(count("path fire"), (lane?.fired.length ?? 0) - wrong.length);
  assert.equal(count("text caption wrong"), 1);
  const steps = stepsOf(fires);
  assert.equal(steps.filter((step) => step.endsWith("(false alarm)")).length, wrong.length);
});

test("a process that dies when its run ends is not drawn as dead", () => {
  const death = (/** @type {object} */ run) => {
    const scenario = { automation: "crash-zombie-flows", end: "5m", runs: [run] };
    const { timeline } = simulate(scenario, { timeline: true });
    const example = exampleOf(timeline);
    return [marksOf(example), stepsOf(example)].map((all) =>
      all.some((one) => /\bdea|dies/.test(one)),
    );
  };
  assert.deepEqual(death({ name: "own", dies: "2m", ends: "3m" }), [true, true]);
  assert.deepEqual(death({ name: "own", dies: "2m", ends: "2m" }), [false, false]);
});
