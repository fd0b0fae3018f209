// Firefox as it is released, driven by WebDriver BiDi. Where there is none, it is installed if that is possible.

import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * That of WebDriver BiDi: Playwright's other way to drive Firefox needs a build of its own.
 * From 1.65 on, Playwright sends `emulation.setMediaFeaturesOverride` at every start, which Firefox 153 rejects.
 */
export const CHANNEL = "moz-firefox";

/** What a page may do with the clipboard. */
export const PREFERENCES = {
  "dom.events.testing.asyncClipboard": true,
};

/** There is no browser, and none can be installed. */
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
 * The file of the browser; throws if there is none and none can be installed.
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
