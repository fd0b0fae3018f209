// The servers that all live tests share: `tests/live/run.js` starts them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect as netConnect } from "node:net";

import { folder, programWith } from "../../node/helpers/run.js";

/**
 * @typedef {object} Session
 * @property {string} url of the API of the open server
 * @property {{ id: string, name: string, within: number }} automation it finds runs without heartbeats
 * @property {{ steady: { id: string, name: string }, doomed: { id: string, name: string } }} runs
 * @property {{ url: string, authString: string }} guarded a server with Basic authentication and CSRF tokens
 * @property {string} python in which Prefect is installed
 * @property {string} restart a request to this address restarts the open server
 */

/** @returns {Session} */
export function session() {
  const { PREFECT_EVENTS_LIVE } = process.env;
  if (PREFECT_EVENTS_LIVE === undefined)
    throw new Error("these tests need running servers: node tests/live/run.js");
  return JSON.parse(PREFECT_EVENTS_LIVE);
}

/**
 * Starts the command line, in a folder of its own, with these settings of Prefect and no others.
 * @param {string[]} args
 * @param {{ [name: string]: string }} settings
 * @param {string} [cwd]
 */
export function start(args, settings, cwd = folder()) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  const child = spawn(...programWith(args), {
    cwd,
    env: { ...Object.fromEntries(own), HOME: cwd, ...settings },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    output.stdout += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece) => {
    output.stderr += piece;
  });
  return { child, output };
}

/**
 * Runs the command line to its end.
 * @param {string[]} args
 * @param {{ [name: string]: string }} settings
 * @param {string} [cwd]
 */
export async function run(args, settings, cwd) {
  const { child, output } = start(args, settings, cwd);
  const [status] = await once(child, "close");
  const lines = output.stdout.split("\n").slice(0, -1);
  return { status, ...output, lines };
}

/**
 * Sends events to a server, and waits until it has stored them.
 * @param {string} url
 * @param {object[]} events
 */
export async function send(url, events) {
  const headers = { "content-type": "application/json" };
  const sent = await fetch(`${url}/events`, {
    method: "POST",
    headers,
    body: JSON.stringify(events),
  });
  if (!sent.ok) throw new Error(`${sent.status} ${await sent.text()}`);
}

/**
 * A proxy that changes host and path, with websockets: `/teams/a/prefect/…` leads to `/api/…` of the server.
 * @param {string} target the API
 */
export async function proxy(target) {
  const { hostname, port, pathname } = new URL(target);
  const prefix = "/teams/a/prefect";
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  const path = (/** @type {string} */ url) => url.replace(prefix, pathname);
  const server = createServer((request, response) => {
    if (!request.url?.startsWith(prefix)) {
      response.writeHead(404).end();
      return;
    }
    const headers = { ...request.headers, host: "prefect.internal" };
    const { method } = request;
    const forwarded = httpRequest({ hostname, port, path: path(request.url), method, headers });
    forwarded.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.writeHead(502).end());
    request.pipe(forwarded);
  });
  server.on("upgrade", (request, socket, head) => {
    const upstream = netConnect(Number(port), hostname, () => {
      const headers = request.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
      );
      upstream.write(`GET ${path(request.url ?? "")} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const one of [upstream, /** @type {import("node:net").Socket} */ (socket)]) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        upstream.destroy();
        socket.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}${prefix}`,
    /** Interrupts all websockets. */
    cut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    async close() {
      this.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
