// Reads automations and events from a user's server. The connection is in this worker's memory alone.

import * as live from "prefect-events/live";
import type { Watch } from "../api.ts";
import { type Access, isBlocked, type Problem, problemOf } from "./connection.ts";

await live.init();

export type { Access, AuthKind, Problem } from "./connection.ts";

/** The connection of the package. */
interface Server {
  events(filter: object): AsyncIterable<string>;
  automations(): Promise<object[]>;
}

const { connect } = live as unknown as { connect: (options: object) => Server };

export interface Opened {
  url: string;
  automations: { id: string; name: string; enabled: boolean }[];
}

export interface Progress {
  events: number;
  /** Of the range, 0 to 1. */
  share: number;
}

export interface FoundRun {
  id: string;
  name: string;
  /** The name of its last state, and when it began, in milliseconds since the epoch. */
  state: string;
  at: number;
}

interface Range {
  since: string;
  until: string;
}

/** An automation of the server, or the text of one; and one run, instead of all. */
export type Asked = Range & { run?: string } & (
    | { id: string }
    | { text: string; index: number | undefined }
  );

export interface Pulled {
  /** NDJSON. */
  text: string;
  events: number;
  /** The server's automation, as text. */
  automation?: string;
  /** What the events cannot show, because they were filtered. */
  note?: string;
  cancelled?: true;
  /** The page plays no more events. */
  full?: true;
  /** When the last event occurred, in milliseconds since the epoch. */
  until?: number;
}

/** Larger captures are too slow to play. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Of a list of runs, the newest. */
const MOST_RUNS = 200;
/** Milliseconds between two reports of progress. */
const OFTEN = 100;
/** Events that runs have once for each of their states, not over and over. */
const STATES = ["Pending", "Running", "Completed", "Failed", "Crashed", "Cancelled", "TimedOut"];

let connection: { server: Server; access: Access; automations: Map<string, object> } | undefined;

export async function open(access: Access): Promise<Opened | Problem> {
  connection = undefined;
  const blocked = isBlocked(access);
  if (blocked) return blocked;
  const { url, auth, secret } = access;
  try {
    const server = connect({
      url,
      ...(auth === "basic" && { authString: secret }),
      ...(auth === "key" && { apiKey: secret }),
    });
    const found = (await server.automations()) as { id: string; name: string; enabled?: boolean }[];
    connection = { server, access, automations: new Map(found.map((one) => [one.id, one])) };
    const automations = found.map(({ id, name, enabled }) => ({
      id,
      name,
      enabled: enabled !== false,
    }));
    return { url, automations };
  } catch (error) {
    return await problemOf(error, access);
  }
}

export function close() {
  connection = undefined;
}

function connected() {
  if (!connection) throw new Error("there is no connection to a server");
  return connection;
}

/** The runs that changed their state in the range, the newest first. */
export async function runs(
  range: Range,
  watch: Watch<Progress>,
): Promise<{ runs: FoundRun[]; cancelled?: true } | Problem> {
  const { server, access } = connected();
  const found = new Map<string, FoundRun>();
  const filter = { ...range, names: STATES.map((name) => `prefect.flow-run.${name}`) };
  try {
    const ended = await each(server.events(filter), range, watch, (line) => {
      const { event, occurred, resource } = JSON.parse(line) as ListedEvent;
      const id = resource["prefect.resource.id"]?.replace("prefect.flow-run.", "") ?? "";
      const name = resource["prefect.resource.name"] ?? id;
      const state = event.replace("prefect.flow-run.", "");
      found.set(id, { id, name, state, at: Date.parse(occurred) });
      return true;
    });
    const runs = [...found.values()].sort((one, other) => other.at - one.at).slice(0, MOST_RUNS);
    return { runs, ...(ended === "cancelled" && { cancelled: true }) };
  } catch (error) {
    return await problemOf(error, access);
  }
}

interface ListedEvent {
  event: string;
  occurred: string;
  resource: { [label: string]: string };
}

export async function pull(asked: Asked, watch: Watch<Progress>): Promise<Pulled | Problem> {
  const { server, access, automations } = connected();
  const { since, until, run } = asked;
  const own = "id" in asked ? automations.get(asked.id) : undefined;
  const automation = own && JSON.stringify(own, null, 2);
  const lines: string[] = [];
  let bytes = 0;
  try {
    const filter = { since, until, ...(run && { runs: [run] }) };
    const ended = await each(server.events(filter), { since, until }, watch, (line) => {
      bytes += line.length + 1;
      if (bytes > MOST_BYTES) return false;
      lines.push(line);
      return true;
    });
    return {
      text: lines.join("\n"),
      events: lines.length,
      ...(automation && { automation }),
      ...(ended === "cancelled" && { cancelled: true }),
      ...(ended === "full" && { full: true }),
      ...(lines.length > 0 && { until: occurred(lines.at(-1) ?? "") }),
    };
  } catch (error) {
    return await problemOf(error, access);
  }
}

/** Reads lines until they end, `take` has enough, or the user cancels. */
async function each(
  lines: AsyncIterable<string>,
  { since, until }: Range,
  { step, signal }: Watch<Progress>,
  take: (line: string) => boolean,
): Promise<"all" | "full" | "cancelled"> {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  const iterator = lines[Symbol.asyncIterator]();
  const cancelled = new Promise<"cancelled">((resolve) => {
    signal.addEventListener("abort", () => resolve("cancelled"));
  });
  let events = 0;
  let reported = 0;
  while (!signal.aborted) {
    const next = await Promise.race([iterator.next(), cancelled]);
    // A request that waits for the server is not awaited.
    if (next === "cancelled") break;
    if (next.done) return "all";
    if (!take(next.value)) {
      await iterator.return?.();
      return "full";
    }
    events += 1;
    const now = performance.now();
    if (now - reported < OFTEN) continue;
    reported = now;
    step({ events, share: Math.max(0, Math.min(1, (occurred(next.value) - from) / (to - from))) });
  }
  void iterator.return?.();
  return "cancelled";
}

function occurred(line: string): number {
  return Date.parse((JSON.parse(line) as ListedEvent).occurred);
}
