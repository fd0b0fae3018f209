// A static file server for tests.

import { createServer } from "node:http";

import sirv from "sirv";

/**
 * Serves a folder until `close` is called.
 * @param {string} folder
 * @param {{ base?: string, headers?: { [name: string]: string } }} [options] `base`: the path it is served under,
 *   such as `/docs/`; `headers` of each answer
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` ends with the base
 */
export async function serve(folder, { base = "/", headers = {} } = {}) {
  const files = sirv(folder, { dev: true, etag: false });
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const missing = () => void response.writeHead(404).end();
    if (!request.url?.startsWith(base)) return missing();
    request.url = request.url.slice(base.length - 1);
    files(request, response, missing);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}${base}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
