// A custom event: its envelope, from the package's types. The catalogue does not contain it.

import type { InputKey } from "prefect-events";

export const CUSTOM: InputKey[] = [
  {
    key: "resource",
    required: true,
    always: true,
    type: "object of strings",
    example: { "prefect.resource.id": "acme.order.1042", "prefect.resource.name": "Order 1042" },
    meaning: "What it is about: labels, among them `prefect.resource.id`",
  },
  {
    key: "related",
    type: "array",
    meaning:
      "Other resources involved: a list of labels, with `prefect.resource.id` and `prefect.resource.role`",
  },
  { key: "payload", type: "object", meaning: "Any other data" },
  {
    key: "occurred",
    always: true,
    type: "timestamp",
    otherwise: "now",
    meaning: "When it happened",
  },
  { key: "id", always: true, type: "uuid", otherwise: "a new UUID", meaning: "Id of the event" },
  { key: "follows", type: "uuid", meaning: "Id of the event that it follows" },
];
