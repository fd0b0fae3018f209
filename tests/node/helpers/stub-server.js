// A stub of the API of Prefect's server: pages of events by OFFSET, with the total counted for the first page only.

import { createServer } from "node:http";

/**
 * @typedef {object} Stub
 * @property {string} url of the API
 * @property {{ method: string, path: string, headers: import("node:http").IncomingHttpHeaders, body: any }[]} requests
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Has
 * @property {(since: number, until: number) => Iterable<object> | { count: number, at: (index: number) => object }} events
 * by time in milliseconds, both included, in order
 * @property {object[]} [automations]
 * @property {{ id: string, name: string }[]} [runs]
 * @property {(request: Stub["requests"][number], number: number) => { status: number, body?: string | Uint8Array, headers?: { [name: string]: string } } | "hang up" | undefined} [fault]
 * @property {string} [prefix] of the paths: default /api
 */

/**
 * @param {Has} has
 * @returns {Promise<Stub>}
 */
export async function stubServer(has) {
  const { prefix = "/api" } = has;
  /** @type {Stub["requests"]} */
  const requests = [];
  let count = 0;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const one = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
    count += 1;
    // A million events are 20,000 requests.
    if (requests.length < 1000) requests.push(one);
    const fault = has.fault?.(one, count);
    if (fault === "hang up") {
      request.socket.destroy();
      return;
    }
    /** @type {Exclude<typeof fault, undefined | "hang up">} */
    const said = fault ?? answer(one, has, prefix);
    const { status, body = "", headers = {} } = said;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const LIMIT = 50;

/**
 * @param {Stub["requests"][number]} request
 * @param {Has} has
 * @param {string} prefix
 */
function answer({ method, path, body }, has, prefix) {
  const ok = (/** @type {unknown} */ value) => ({ status: 200, body: JSON.stringify(value) });
  const route = `${method} ${path.replace(/\?.*/, "")}`;
  if (route === `POST ${prefix}/events/filter`) return ok(page(has, body.filter, 0));
  if (route === `GET ${prefix}/events/filter/next`) {
    const token = new URL(path, "http://x").searchParams.get("page-token") ?? "";
    const { filter, offset, total } = JSON.parse(Buffer.from(token, "base64").toString());
    return ok(page(has, filter, offset, total));
  }
  if (route === `POST ${prefix}/automations/filter`) {
    const names = body.automations?.name?.any_;
    const all = (has.automations ?? []).filter(
      (one) => !names || names.includes(/** @type {any} */ (one).name),
    );
    return ok(all.slice(body.offset, body.offset + body.limit));
  }
  if (route === `POST ${prefix}/flow_runs/filter`)
    return ok((has.runs ?? []).filter(({ name }) => body.flow_runs.name.any_.includes(name)));
  return { status: 404, body: '{"detail":"Not Found"}' };
}

/**
 * @param {Has} has
 * @param {any} filter
 * @param {number} offset
 * @param {number} [total]
 */
function page(has, filter, offset, total) {
  const found = has.events(Date.parse(filter.occurred.since), Date.parse(filter.occurred.until));
  /** @type {any[]} */
  let events = [];
  let count = 0;
  if ("count" in found) {
    count = found.count;
    for (let at = offset; at < Math.min(count, offset + LIMIT); at += 1) events.push(found.at(at));
  } else {
    const all = [...found].filter((event) => selects(filter, event));
    count = all.length;
    events = all.slice(offset, offset + LIMIT);
  }
  const counted = total ?? count;
  const token = Buffer.from(JSON.stringify({ filter, offset: offset + LIMIT, total: counted }));
  return {
    events,
    total: counted,
    // As behind a proxy: this address does not exist.
    next_page:
      offset + LIMIT < counted
        ? `http://internal:4200/api/events/filter/next?page-token=${token.toString("base64")}`
        : null,
  };
}

/**
 * @param {any} filter
 * @param {any} event
 */
function selects(filter, event) {
  const { name, prefix } = filter.event ?? {};
  const resources = [event.resource, ...(event.related ?? [])].map(
    (one) => one["prefect.resource.id"],
  );
  return (
    (!name || name.includes(event.event)) &&
    (!prefix || prefix.some((/** @type {string} */ begin) => event.event.startsWith(begin))) &&
    (!filter.id || filter.id.id.includes(event.id)) &&
    (!filter.any_resource?.id ||
      filter.any_resource.id.some((/** @type {string} */ id) => resources.includes(id)))
  );
}

/**
 * Events at equal distances in time, computed when they are asked for: any number takes no memory.
 * @param {{ count: number, start: number, step: number }} spaced in milliseconds
 * @returns {Has["events"]}
 */
export function spaced({ count, start, step }) {
  return (since, until) => {
    const first = Math.min(count, Math.max(0, Math.ceil((since - start) / step)));
    const end = Math.min(count, Math.max(first, Math.floor((until - start) / step) + 1));
    return {
      count: end - first,
      at: (index) => event(first + index, start + (first + index) * step),
    };
  };
}

/**
 * @param {number} number
 * @param {number} time
 */
export function event(number, time) {
  const occurred = new Date(time).toISOString();
  return {
    occurred,
    event: "prefect.flow-run.heartbeat",
    resource: {
      "prefect.resource.id": "prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11",
      "prefect.resource.name": "brave-otter",
    },
    related: [],
    payload: {},
    id: `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
    follows: null,
    received: occurred,
  };
}
