// The initial text of the view: a heartbeat with the most common mistakes, some of which have a fix.

export const START = `{
  "occurred": "2026-03-31T18:30:00Z",
  "event": "prefect.flow-run.heartbeat",
  "resource": {
    "prefect.resource.id": "prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11",
    "prefect.resource.name": "brave-otter",
    "prefect.verison": "3.9.1"
  },
  "related": [
    {
      "prefect.resource.id": "prefect.flow.nightly-etl",
      "prefect.resource.role": "flow",
      "prefect.resource.name": "nightly-etl"
    },
    {
      "prefect.resource.id": "prefect.tag.production",
      "prefect.resource.role": "tags"
    }
  ],
  "payload": {},
  "id": "019d4528-e040-7cab-b76b-e9211f15f1b8",
  "follows": null
}
`;
