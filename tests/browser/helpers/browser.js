// The browser of the tests: Chromium, or the one in the environment variable BROWSER (`firefox`, `webkit`).

import { connect } from "node:net";

import { chromium, firefox, webkit } from "playwright-core";

import { FLAGS, findChromium } from "./chromium.js";
import { CHANNEL, findFirefox, PREFERENCES } from "./firefox.js";

/** @typedef {{ type: import("playwright-core").BrowserType, options: () => import("playwright-core").LaunchOptions, clipboard: string[] }} Kind */

/** @type {{ [name: string]: Kind }} */
const KINDS = {
  chromium: {
    type: chromium,
    options: () => ({ executablePath: findChromium(), args: FLAGS }),
    clipboard: ["clipboard-read", "clipboard-write"],
  },
  firefox: {
    type: firefox,
    options: () => ({
      channel: CHANNEL,
      executablePath: findFirefox(),
      firefoxUserPrefs: PREFERENCES,
    }),
    // By preference: Firefox has no such permission.
    clipboard: [],
  },
  // Playwright's WebKit: `npx playwright-core install --with-deps webkit`.
  webkit: { type: webkit, options: () => ({}), clipboard: ["clipboard-read"] },
};

/** The name of the browser. */
export const BROWSER = process.env.BROWSER || "chromium";
const found = KINDS[BROWSER];
if (!found) {
  throw new Error(`BROWSER is ${BROWSER}, and can be: ${Object.keys(KINDS).join(", ")}`);
}
const kind = found;

/** The permissions to use the clipboard without a prompt. */
export const CLIPBOARD = kind.clipboard;

/** @type {Promise<string> | undefined} */
let lent;

/** A browser from `tests/browser/run.js`, reserved for this process until it ends. @param {number} port */
function borrow(port) {
  lent ??= new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.unref();
    let endpoint = "";
    socket.on("data", (data) => {
      endpoint += data;
      if (endpoint.endsWith("\n")) resolve(endpoint.trim());
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("no browser is free")));
  });
  return lent;
}

/**
 * A browser, or a connection to one that all files share: closing the connection only closes its own pages.
 * @param {import("playwright-core").LaunchOptions} [options] for which a browser of one's own is started
 */
export async function launch(options) {
  const { BROWSER_LENDER } = process.env;
  if (BROWSER_LENDER && !options)
    return await kind.type.connect(await borrow(Number(BROWSER_LENDER)));
  return await kind.type.launch({ ...kind.options(), ...options });
}

/** A browser for other processes. */
export async function launchServer() {
  return await kind.type.launchServer(kind.options());
}

/** A separate browser with a dark system theme: a released Firefox cannot set this for a single page. */
export async function launchDark() {
  if (BROWSER !== "firefox") return await launch({});
  const dark = { "layout.css.prefers-color-scheme.content-override": 0 };
  return await launch({ firefoxUserPrefs: { ...PREFERENCES, ...dark } });
}
