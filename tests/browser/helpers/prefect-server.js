// A small server with the part of Prefect's REST API that the page reads, and with its CORS headers.

import { createServer } from "node:http";

/**
 * @typedef {{ id: string, event: string, occurred: string, resource: { [label: string]: string }, related?: { [label: string]: string }[] }} Event
 * @typedef {{ name?: string[], prefix?: string[], exclude_name?: string[], exclude_prefix?: string[] }} Names
 * @typedef {{ occurred?: { since?: string, until?: string }, event?: Names, order?: string } & { [other: string]: unknown }} Filter
 */

/** Where the browser finds it, what it has received, and how it answers. */
export class PrefectServer {
  /** @type {Event[]} */
  events = [];
  /** @type {object[]} */
  automations = [];
  /** The header `Authorization` that it requires. */
  authorization = "";
  /** Whether browsers may read its answers on pages of other origins. */
  cors = true;
  /** Answers everything with this status. */
  status = 0;
  /** Milliseconds before each answer. */
  delay = 0;
  url = "";
  /** @type {{ method: string, path: string, body: any, authorization: string | undefined }[]} */
  requests = [];
  /** @type {import("node:http").Server} */
  #server = createServer((request, response) => void this.#answer(request, response));
  /** @type {{ filter: Filter, offset: number }[]} */
  #pages = [];

  async start() {
    await new Promise((ready) => this.#server.listen(0, "127.0.0.1", () => ready(undefined)));
    const address = this.#server.address();
    if (typeof address !== "object" || !address) throw new Error("the server has no port");
    this.url = `http://127.0.0.1:${address.port}/api`;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((ended) => this.#server.close(ended));
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #answer(request, response) {
    const { method = "", url = "", headers } = request;
    if (this.cors) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Allow-Methods", "*");
      response.setHeader(
        "Access-Control-Allow-Headers",
        headers["access-control-request-headers"] ?? "*",
      );
    }
    if (method === "OPTIONS") {
      response.writeHead(this.cors ? 200 : 400).end();
      return;
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = text === "" ? undefined : JSON.parse(text);
    this.requests.push({ method, path: url, body, authorization: headers.authorization });
    if (this.delay > 0) await new Promise((resume) => setTimeout(resume, this.delay));
    const [status, value] = this.#respond(method, url, body, headers.authorization);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  }

  /**
   * @param {string} method @param {string} url @param {any} body @param {string | undefined} authorization
   * @returns {[number, unknown]}
   */
  #respond(method, url, body, authorization) {
    if (this.authorization !== "" && authorization !== this.authorization)
      return [401, { exception_message: "Unauthorized" }];
    if (this.status > 0) return [this.status, { exception_message: "on demand" }];
    const { pathname, searchParams } = new URL(url, "http://server");
    const path = pathname.replace("/api/", "");
    if (path === "health") return [200, true];
    if (path === "csrf-token") return [422, { exception_message: "CSRF protection is disabled." }];
    if (method === "POST" && path === "automations/filter") {
      const { offset = 0, limit = 200 } = body ?? {};
      return [200, this.automations.slice(offset, offset + limit)];
    }
    if (method === "POST" && path === "events/filter")
      return [200, this.#page(body?.filter ?? {}, 0, body?.limit ?? 50)];
    if (method === "GET" && path === "events/filter/next") {
      const page = this.#pages[Number(searchParams.get("page-token"))];
      return page ? [200, this.#page(page.filter, page.offset, 50)] : [403, { detail: "token" }];
    }
    const automation = this.automations.find(
      (one) => path === `automations/${/** @type {any} */ (one).id}`,
    );
    return method === "GET" && automation ? [200, automation] : [404, { detail: "Not Found" }];
  }

  /** @param {Filter} filter @param {number} offset @param {number} limit */
  #page(filter, offset, limit) {
    const found = this.events.filter((event) => passes(event, filter));
    if (filter.order !== "ASC") found.reverse();
    const events = found.slice(offset, offset + limit);
    const more = offset + limit < found.length;
    if (more) this.#pages.push({ filter, offset: offset + limit });
    const token = this.#pages.length - 1;
    return {
      events,
      total: found.length,
      next_page: more ? `http://behind.a.proxy/api/events/filter/next?page-token=${token}` : null,
    };
  }
}

/** @param {Event} event @param {Filter} filter */
function passes(event, filter) {
  const { occurred = {}, event: names = {} } = filter;
  const time = Date.parse(event.occurred);
  if (occurred.since && time < Date.parse(occurred.since)) return false;
  if (occurred.until && time > Date.parse(occurred.until)) return false;
  const { name = [], prefix = [] } = names;
  if (name.length + prefix.length > 0) {
    const named = name.includes(event.event) || prefix.some((one) => event.event.startsWith(one));
    if (!named) return false;
  }
  // The ids of a filter on resources can be in several forms; each names the resource or a related one.
  const ids = JSON.stringify(filter).match(/prefect\.flow-run\.[0-9a-f-]{36}/g) ?? [];
  const own = [event.resource, ...(event.related ?? [])].map((one) => one["prefect.resource.id"]);
  return ids.length === 0 || ids.some((id) => own.includes(id));
}
