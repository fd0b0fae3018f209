// For Node.js: reads what Prefect's settings come from. The module decides what counts.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { liveModule } from "./modules/live.js";

const FILES = /** @type {const} */ ({
  dotEnv: ".env",
  prefectToml: "prefect.toml",
  pyprojectToml: "pyproject.toml",
});

/**
 * @param {string} [profile] to use instead of the active one
 * @returns {{ [name: string]: any }}
 */
export function settingsSources(profile) {
  /** @type {{ [name: string]: any }} */
  const sources = { environment: { ...process.env } };
  for (const [name, file] of Object.entries(FILES)) {
    const text = read(file);
    if (text !== undefined) sources[name] = text;
  }
  const path = liveModule.call((core) => core.profilesPath(sources));
  const profiles = read(
    path === undefined ? join(homedir(), ".prefect", "profiles.toml") : resolve(path),
  );
  if (profiles !== undefined) sources.profiles = profiles;
  if (profile !== undefined) sources.profile = profile;
  return sources;
}

/**
 * The text of a file, if it exists and can be read.
 * @param {string} path
 */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // As in Prefect, a folder named `.env` does not count.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}
