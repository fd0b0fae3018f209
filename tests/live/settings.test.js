// The server and the credentials that the package reads from Prefect's settings, against Prefect itself.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { connect } from "../../pkg/entries/live.node.js";
import { folder } from "../node/helpers/run.js";
import { session } from "./helpers/session.js";

/** A recorded seed would only repeat `tests/native/settings.rs`. */
const SEED = String(Math.floor(Date.now() / 86_400_000));
const COUNT = 12;

/** @typedef {{ files: { [name: string]: string }, environment: { [name: string]: string }, settings: "failed" | { url: string | null, key: string | null, authString: string | null } }} Case */

const program = fileURLToPath(new URL("settings.py", import.meta.url));
const { stdout, status, stderr } = spawnSync(
  session().python,
  [program, "--seed", SEED, "--count", String(COUNT), "--fresh", "1"],
  { encoding: "utf8" },
);
assert.equal(status, 0, stderr);
/** @type {Case[]} */
const cases = stdout
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

/** What the client sends: its address and the header, or nothing. @param {Case} one */
async function sent({ files, environment }) {
  const home = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const [own, cwd, { fetch }] = [{ ...process.env }, process.cwd(), globalThis];
  /** @type {string[] | undefined} */
  let request;
  become({ HOME: home, ...environment });
  process.chdir(home);
  globalThis.fetch = async (url, how) => {
    const headers = new Headers(/** @type {any} */ (how)?.headers);
    request = [String(url).replace(/\/automations.*/, ""), headers.get("authorization") ?? ""];
    return new Response("[]");
  };
  try {
    await connect().automations();
  } catch (error) {
    assert.ok(error instanceof TypeError, String(error));
  } finally {
    become(own);
    process.chdir(cwd);
    globalThis.fetch = fetch;
  }
  return request;
}

/** Replaces the environment of this process. @param {NodeJS.ProcessEnv} environment */
function become(environment) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** @param {Case} one */
function expected({ settings }) {
  if (settings === "failed" || !settings.url) return undefined;
  const { url, key, authString } = settings;
  const basic = authString && `Basic ${Buffer.from(authString).toString("base64")}`;
  return [url, basic || (key ? `Bearer ${key}` : "")];
}

test(`${COUNT} combinations of seed ${SEED} name the same server, with the same credentials`, async () => {
  assert.equal(cases.length, COUNT);
  for (const one of cases) assert.deepEqual(await sent(one), expected(one), JSON.stringify(one));
});
