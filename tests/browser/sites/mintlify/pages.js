// The pages of the site, with the elements that Prefect's documentation uses.

import { example } from "../../helpers/sites.js";

const YAML = `name: Crash zombie flows
trigger:
  type: event
  posture: Proactive
  match:
    prefect.resource.id: prefect.flow-run.*
  for_each: [prefect.resource.id]
  after: [prefect.flow-run.heartbeat]
  expect: [prefect.flow-run.*]
  threshold: 1
  within: 90
actions:
  - type: change-flow-run-state
    state: CRASHED
`;

const JSON_TEXT = JSON.stringify(
  {
    name: "Three failures",
    trigger: {
      type: "event",
      posture: "Reactive",
      expect: ["prefect.flow-run.Failed"],
      threshold: 3,
      within: 600,
    },
    actions: [{ type: "pause-deployment" }],
  },
  null,
  2,
);

const PYTHON = `from prefect.automations import Automation
from prefect.events.schemas.automations import EventTrigger

automation = Automation(
    name="three-failures",
    trigger=EventTrigger(
        expect={"prefect.flow-run.Failed"},
        for_each={"prefect.resource.id"},
        posture="Reactive",
        threshold=3,
    ),
    actions=[],
)
`;

/** @type {{ [path: string]: { title: string, parts: import("../../helpers/sites.js").Part[] } }} */
export const PAGES = {
  "/": {
    title: "Events",
    parts: [
      { text: "What a worker sends when it has carried out a flow run." },
      { language: "json", title: "event.json", text: example("mistaken.json") },
      { text: "What a flow run sends while it is running." },
      { language: "json", text: example("prefect.flow-run.heartbeat") },
      { text: "Not an event:" },
      { language: "python", text: PYTHON },
      { link: "/automations", title: "the automations" },
    ],
  },
  "/automations": {
    title: "Automations",
    parts: [
      { text: "An automation marks runs whose heartbeats stop." },
      { language: "yaml", title: "automation.yaml", text: YAML },
      { text: "The same in several languages." },
      {
        blocks: [
          { language: "python", title: "Python", text: PYTHON },
          { language: "json", title: "JSON", text: JSON_TEXT },
          { language: "yaml", title: "YAML", text: YAML },
        ],
      },
      { text: "Afterwards." },
      { high: 1500 },
      { link: "/", title: "the events" },
    ],
  },
};
