// The files that scenarios refer to, such as `automation: ./zombies.yaml`.

import { dirname, resolve } from "node:path";

import { scenarioFiles } from "../api/simulate.js";
import { openInput, readAll, Unreadable } from "./read-input.js";
import { displayName } from "./text.js";

/**
 * Reads the files that scenarios refer to, relative to the scenarios' own file.
 * @param {string} file - is standard input
 * @param {Uint8Array} text
 * @returns {Promise<{ [path: string]: string }>}
 */
export async function readScenarioFiles(file, text) {
  /** @type {[string, string][]} */
  const files = [];
  const folder = file === "-" ? "." : dirname(file);
  for (const path of scenarioFiles(text)) {
    try {
      const bytes = await readAll(await openInput(resolve(folder, path)));
      files.push([path, new TextDecoder().decode(bytes)]);
    } catch (error) {
      if (error instanceof Unreadable)
        throw new Unreadable(`refers to ${displayName(path)}, which ${error.message}`);
      throw error;
    }
  }
  return Object.fromEntries(files);
}
