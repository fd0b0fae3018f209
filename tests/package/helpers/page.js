// Pages of the project, in a real browser.

import { after, before } from "node:test";

import { launch } from "../../browser/helpers/browser.js";

/** A page that runs one module. */
export const HTML = `<!doctype html>
<meta charset="utf-8">
<title>Proof</title>
<output></output>
<script type="module" src="./main.js"></script>
`;

/**
 * A module that shows the result of the proof.
 * @param {string} from where the package is imported from
 * @param {string} start what starts it
 */
export const shows = (from, start = "await init();") => `
import { buildEvent, init, simulate, validate } from ${JSON.stringify(from)};
import { proof } from "./proof.mjs";
${start}
document.querySelector("output").textContent = proof({ buildEvent, simulate, validate });
`;

/**
 * A worker that sends the result of the proof. Vite builds workers as classic scripts, where nothing is awaited outside of
 * functions.
 * @param {string} from
 */
export const sends = (from) => `
import { buildEvent, init, simulate, validate } from ${JSON.stringify(from)};
import { proof } from "./proof.mjs";
init().then(() => postMessage(proof({ buildEvent, simulate, validate })));
`;

/** @typedef {{ text: string, requests: string[], messages: string[] }} Shown */

/**
 * Opens pages in one browser for the tests of a file.
 * @returns {(url: string) => Promise<Shown>} what the page shows in its `output`, once it shows something; fails if a
 *   script of the page does. With the addresses it asked for, and what it wrote to its console.
 */
export function pages() {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  return async (url) => {
    const page = await browser.newPage();
    /** @type {string[]} */
    const requests = [];
    /** @type {string[]} */
    const messages = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => messages.push(message.text()));
    try {
      return await new Promise((resolve, reject) => {
        page.on("pageerror", reject);
        page.on("requestfailed", (request) => reject(new Error(`${request.url()} failed`)));
        const output = page.locator("output:not(:empty)");
        page
          .goto(url)
          .then(() => output.textContent({ timeout: 15_000 }))
          .then((text) => resolve({ text: text ?? "", requests, messages }))
          .catch((error) => reject(new Error(`${error}\n${messages.join("\n")}`)));
      });
    } finally {
      await page.close();
    }
  };
}
