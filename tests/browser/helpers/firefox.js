// A released Firefox, driven by WebDriver BiDi. If there is none, it is installed if possible.

import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Uses WebDriver BiDi, because Playwright's other protocol needs its own build of Firefox.
 * From 1.65 on, Playwright sends `emulation.setMediaFeaturesOverride` at every start, which Firefox 153 rejects.
 */
export const CHANNEL = "moz-firefox";

/** Clipboard permissions of a page. */
export const PREFERENCES = {
  "dom.events.testing.asyncClipboard": true,
};

/** There is no browser, and it cannot be installed. */
export class NoBrowser extends Error {}

const NAMES = ["firefox-esr", "firefox"];
const ELSEWHERE = [
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

function present() {
  const { FIREFOX, PATH = "" } = process.env;
  if (FIREFOX) return FIREFOX;
  const named = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...named, ...ELSEWHERE].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The path of the browser; throws if there is none and it cannot be installed.
 * @returns {string}
 */
export function findFirefox() {
  const found = present();
  if (found) return found;
  let failure = "";
  try {
    for (const args of [
      ["update", "-qq"],
      ["install", "-y", "-qq", "--no-install-recommends", "firefox-esr"],
    ]) {
      console.error(`no Firefox found: apt-get ${args.join(" ")}`);
      execFileSync("apt-get", args, { stdio: ["ignore", "ignore", "pipe"] });
    }
  } catch (error) {
    failure = String(error);
  }
  const installed = present();
  if (installed) return installed;
  throw new NoBrowser(
    `there is no Firefox on this machine. Install one, or name its file in the environment variable FIREFOX.\n${failure}`,
  );
}
