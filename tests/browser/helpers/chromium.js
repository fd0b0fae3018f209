// The machine's Chromium or Chrome, or Playwright's Chromium.
// If there is none, it is installed if possible; otherwise the tests fail with the reason.

import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

/** Prefers the headless shell, which needs little more than half the work. */
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
/** Containers have neither a user namespace for the sandbox nor a large /dev/shm. */
export const FLAGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--hide-scrollbars",
];
/** For each context, Chromium starts a renderer for the list below its address bar: more than half of an empty context's work. */
const UNUSED = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"];
/** Only the last such list counts, so this one includes Playwright's, as far as it affects pages. */
const DISABLED = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "PreconnectToSearch",
];
FLAGS.push(`--disable-features=${[...DISABLED, ...UNUSED].join(",")}`);

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function present() {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const named = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const playwrights = chromium.executablePath();
  return (
    [...named, ...ELSEWHERE].find(isExecutable) ??
    (existsSync(playwrights) ? playwrights : undefined)
  );
}

/** @type {[string, string[]][][]} */
const INSTALLERS = [
  [
    ["apt-get", ["update", "-qq"]],
    ["apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium-headless-shell"]],
  ],
  [["apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]]],
  [["npx", ["playwright-core", "install", "--with-deps", "chromium"]]],
];

/**
 * The path of the browser; throws if there is none and it cannot be installed.
 * @returns {string}
 */
export function findChromium() {
  const found = present();
  if (found) return found;
  const failures = [];
  for (const commands of INSTALLERS) {
    try {
      for (const [program, args] of commands) {
        console.error(`no browser found: ${program} ${args.join(" ")}`);
        execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
      }
    } catch (error) {
      failures.push(String(error));
      continue;
    }
    const installed = present();
    if (installed) return installed;
  }
  throw new Error(
    `THE BROWSER TESTS CANNOT RUN: there is no Chromium or Chrome on this machine. Install one, or name its file in the environment variable CHROMIUM.\n${failures.join("\n")}`,
  );
}
