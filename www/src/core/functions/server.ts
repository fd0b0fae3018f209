// Reads automations and events from a user's server. The connection is in this worker's memory alone.

import { connect, init, type PrefectServer, type ReadOptions } from "prefect-events/live";
import type { Watch } from "../api.ts";
import { type Access, isBlocked, type Problem, problemOf } from "./connection.ts";

await init();

export type { AuthKind } from "./connection.ts";

export interface Opened {
  url: string;
  automations: { id: string; name: string; enabled: boolean }[];
}

export interface Progress {
  events: number;
  /** Of the range, 0 to 1. */
  share: number;
  /** Why the server is not asked for a while. */
  waits?: string;
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
/** Events that runs have once for each of their states, not over and over. */
const STATES = ["Pending", "Running", "Completed", "Failed", "Crashed", "Cancelled", "TimedOut"];

let connection:
  | { server: PrefectServer; access: Access; automations: Map<string, object> }
  | undefined;

export async function open(access: Access): Promise<Opened | Problem> {
  connection = undefined;
  const blocked = isBlocked(access);
  if (blocked) return blocked;
  const { url, auth, secret } = access;
  let responds = false;
  try {
    const server = connect({
      url,
      ...(auth === "basic" && { authString: secret }),
      ...(auth === "key" && { apiKey: secret }),
    });
    const onWait = () => {
      responds = true;
    };
    const found = (await server.automations({ onWait })) as Listed[];
    connection = { server, access, automations: new Map(found.map((one) => [one.id, one])) };
    const automations = found.map(({ id, name, enabled }) => ({
      id,
      name,
      enabled: enabled !== false,
    }));
    return { url: server.url, automations };
  } catch (error) {
    return await problemOf(error, access, responds);
  }
}

interface Listed {
  id: string;
  name: string;
  enabled?: boolean;
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
    const { ended } = await each(server, filter, watch, (lines) => {
      for (const line of lines.trimEnd().split("\n")) {
        const { event, occurred, resource } = JSON.parse(line) as ListedEvent;
        const id = resource["prefect.resource.id"]?.replace("prefect.flow-run.", "") ?? "";
        const name = resource["prefect.resource.name"] ?? id;
        const state = event.replace("prefect.flow-run.", "");
        found.set(id, { id, name, state, at: Date.parse(occurred) });
      }
      return true;
    });
    const runs = [...found.values()].sort((one, other) => other.at - one.at).slice(0, MOST_RUNS);
    return { runs, ...(ended === "cancelled" && { cancelled: true }) };
  } catch (error) {
    return await problemOf(error, access, true);
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
  const batches: string[] = [];
  let [size, events] = [0, 0];
  try {
    const filter = {
      since,
      until,
      // All events of one run are few, and show what happened to it.
      ...(run
        ? { runs: [run] }
        : { automation: automation ?? ("text" in asked ? asked.text : "") }),
    };
    const { ended, limits } = await each(server, filter, watch, (lines, count) => {
      if (size + lines.length > MOST_BYTES) return false;
      batches.push(lines);
      size += lines.length;
      events += count;
      return true;
    });
    const text = batches.join("");
    return {
      text,
      events,
      ...(automation && { automation }),
      ...(limits !== undefined && { note: `Pulled were ${limits}.` }),
      ...(ended === "cancelled" && { cancelled: true }),
      ...(ended === "full" && { full: true }),
      ...(events > 0 && {
        until: occurred(text.slice(text.lastIndexOf("\n", text.length - 2) + 1)),
      }),
    };
  } catch (error) {
    // The automation in the editor has errors, which the view shows.
    if (error instanceof TypeError) return { problem: error.message };
    return await problemOf(error, access, true);
  }
}

type Filter = Parameters<PrefectServer["eventBatches"]>[0];

/** Reads events until they end, `take` has enough, or the user cancels. */
async function each(
  server: PrefectServer,
  filter: Filter,
  { step, signal }: Watch<Progress>,
  take: (lines: string, count: number) => boolean,
): Promise<{ ended: "all" | "full" | "cancelled"; limits?: string | undefined }> {
  const progress: Progress = { events: 0, share: 0 };
  let limits: string | undefined;
  const options: ReadOptions = {
    signal,
    onProgress({ events, since, until, reached, limits: said }) {
      const [from, to, at] = [since, until, reached].map((one) => Date.parse(one)) as [
        number,
        number,
        number,
      ];
      limits = said;
      progress.events = events;
      progress.share = Math.max(0, Math.min(1, (at - from) / (to - from)));
      step({ ...progress });
    },
    onWait: ({ milliseconds, reason }) =>
      step({ ...progress, waits: `${reason}: waiting ${Math.ceil(milliseconds / 1000)} s` }),
  };
  try {
    for await (const { lines, count } of server.eventBatches(filter, options))
      if (!take(lines, count)) return { ended: "full", limits };
    return { ended: "all", limits };
  } catch (error) {
    if (signal.aborted) return { ended: "cancelled", limits };
    throw error;
  }
}

function occurred(line: string): number {
  return Date.parse((JSON.parse(line) as ListedEvent).occurred);
}
