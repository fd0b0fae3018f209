// Inputs from outside: files that are dropped, opened or pasted, and pasted text. The core recognises their kind.

import type { InputForm } from "prefect-events";
import { decoded } from "../ui/utf8.ts";
import { events } from "./client.ts";

/** In bytes: a larger file is treated as a history of events without reading it. */
const LARGEST_RECOGNISED = 1_000_000;

/** A file or pasted text. */
export interface Given {
  name: string;
  file?: File;
  /** Absent if the file is too large, cannot be read, or is not UTF-8. */
  text?: string;
}

export interface Incoming {
  events: Given[];
  /** An automation, or another document that Simulate plays: triggers, a `prefect.yaml`, Terraform's JSON, a scenario. */
  played?: string;
  /** A document that must be converted first; the core explains how. */
  foreign?: Given;
  /** Text that is none of these. */
  unknown?: Given;
}

/** Several files of events form one history; of several documents to play, the last one is used. */
export async function recognised(given: Given[]): Promise<Incoming> {
  const incoming: Incoming = { events: [] };
  for (const one of await Promise.all(given.map(read))) {
    const kind = one.text === undefined ? "events" : await kindOf(one.text);
    if (kind === "played" && one.text !== undefined) incoming.played = one.text;
    else if (kind === "foreign") incoming.foreign = one;
    else if (kind === "events") incoming.events.push(one);
    else incoming.unknown = one;
  }
  return incoming;
}

async function read(given: Given): Promise<Given> {
  const { file } = given;
  if (!file || file.size > LARGEST_RECOGNISED) return given;
  try {
    const text = decoded(await file.arrayBuffer());
    return text === undefined ? given : { ...given, text };
  } catch {
    // The view that opens it reports the reason.
    return given;
  }
}

async function kindOf(text: string): Promise<"events" | "played" | "foreign" | "unknown"> {
  const { form = "unknown", diagnostics } = await events.validate(text, { maxDiagnostics: 1 });
  const kind = KINDS[form];
  if (kind !== "unknown") return kind;
  // The console output of Prefect has no form, but instructions.
  return diagnostics.some(({ code }) => code === "not-events") ? "foreign" : "unknown";
}

const KINDS: Record<InputForm, "events" | "played" | "foreign" | "unknown"> = {
  event: "events",
  events: "events",
  automation: "played",
  automations: "played",
  trigger: "played",
  "deployment-triggers": "played",
  "prefect-yaml": "played",
  scenario: "played",
  scenarios: "played",
  terraform: "played",
  "terraform-configuration": "foreign",
  unknown: "unknown",
};
