// The command `pull` and `connect` of `prefect-events/live`, against a stub of the server's API.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { gzipSync } from "node:zlib";

import { connect } from "../../pkg/entries/live.node.js";
import { folder, programWith } from "./helpers/run.js";
import { event, spaced, stubServer } from "./helpers/stub-server.js";

const HOUR = 3_600_000;
const start = Date.now() - 6 * HOUR;

/** @type {(() => Promise<void>)[]} */
const closers = [];
after(() => Promise.all(closers.map((close) => close())));

/** @param {Parameters<typeof stubServer>[0]} has */
async function stub(has) {
  const server = await stubServer(has);
  closers.push(server.close);
  return server;
}

/**
 * Runs `prefect-events pull` in its own folder, without the settings of this machine.
 * @param {string[]} args
 * @param {{ env?: { [name: string]: string }, cwd?: string, whenOutput?: (child: import("node:child_process").ChildProcess, bytes: number) => void, stdio?: any[] }} [how]
 */
async function pull(args, { env = {}, cwd = folder(), whenOutput, stdio } = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PREFECT_"));
  const child = spawn(...programWith(["pull", ...args]), {
    cwd,
    env: { ...Object.fromEntries(own), HOME: cwd, ...env },
    ...(stdio && { stdio }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (piece) => {
    stdout += piece;
    whenOutput?.(child, stdout.length);
  });
  child.stderr?.on("data", (piece) => {
    stderr += piece;
  });
  const [status] = await once(child, "close");
  return { status, stdout, stderr, lines: stdout.split("\n").slice(0, -1) };
}

/** @param {string[]} lines */
const ids = (lines) => lines.map((line) => JSON.parse(line).id);

suite("settings", async () => {
  const server = await stub({ events: spaced({ count: 3, start, step: 1000 }) });
  const profiles = `active = "ephemeral"
[profiles.ephemeral]
PREFECT_SERVER_EPHEMERAL_ENABLED = "true"
[profiles.work]
PREFECT_API_URL = "${server.url}"
PREFECT_API_KEY = "pnu_s3cret"
`;

  test("the environment, with Basic before Bearer", async () => {
    const env = {
      PREFECT_API_URL: server.url,
      PREFECT_API_AUTH_STRING: "admin:s3cret",
      PREFECT_API_KEY: "pnu_s3cret",
    };
    const { status, lines, stderr } = await pull([], { env });
    assert.deepEqual([status, lines.length], [0, 3]);
    assert.match(stderr, /^3 events from 20/);
    const basic = `Basic ${Buffer.from("admin:s3cret").toString("base64")}`;
    assert.equal(server.requests.at(-1)?.headers.authorization, basic);
  });

  test("a profile, in the home directory or elsewhere", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, ".prefect"));
    writeFileSync(join(cwd, ".prefect/profiles.toml"), profiles);
    assert.equal((await pull(["--profile", "work"], { cwd })).lines.length, 3);
    assert.equal(server.requests.at(-1)?.headers.authorization, "Bearer pnu_s3cret");
    const PREFECT_PROFILES_PATH = join(cwd, ".prefect/profiles.toml");
    const env = { PREFECT_PROFILES_PATH, PREFECT_PROFILE: "work" };
    assert.equal((await pull([], { env })).lines.length, 3);

    const none = await pull([], { cwd });
    assert.equal(none.status, 2);
    assert.equal(
      none.stderr,
      "prefect-events: no server: the profile `ephemeral` starts a temporary server for each process, which keeps no events to read. Set PREFECT_API_URL, such as http://127.0.0.1:4200/api, or choose another profile: `work`\n",
    );
    const unknown = await pull(["--profile", "wrok"], { cwd });
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /there is no profile `wrok`: there are `ephemeral`, `work`/);
  });

  test(".env, prefect.toml and pyproject.toml of the working directory", async () => {
    for (const [file, text] of [
      [".env", `PREFECT_API_URL="${server.url}" # the stub\n`],
      ["prefect.toml", `[api]\nurl = "${server.url}"\n`],
      ["pyproject.toml", `[tool.prefect.api]\nurl = "${server.url}"\n`],
    ]) {
      const cwd = folder();
      writeFileSync(join(cwd, file ?? ""), text ?? "");
      assert.equal((await pull([], { cwd })).lines.length, 3, file);
    }
  });

  test("no settings", async () => {
    const { status, stderr } = await pull([]);
    assert.equal(status, 2);
    assert.match(stderr, /^prefect-events: no server: the profile `ephemeral`/);
  });
});

suite("events", () => {
  test("all pages, in order, behind a path of a proxy", async () => {
    const server = await stub({
      events: spaced({ count: 12_345, start, step: 1000 }),
      prefix: "/teams/a/prefect/api",
    });
    const { status, lines, stderr } = await pull(["--since", "1d"], {
      env: { PREFECT_API_URL: `${server.url}/` },
    });
    assert.equal(status, 0, stderr);
    assert.equal(lines.length, 12_345);
    assert.equal(new Set(ids(lines)).size, 12_345);
    assert.deepEqual(lines, lines.toSorted());
  });

  test("of an automation, with what such a capture cannot show", async () => {
    const all = Array.from({ length: 60 }, (_, number) => event(number, start + number));
    all.push({ ...event(100, start), event: "acme.leader" });
    all.push({ ...event(101, start + 5), event: "prefect.flow-run.Completed" });
    Object.assign(all.at(-1) ?? {}, { follows: all.at(-2)?.id });
    const server = await stub({
      events: (since, until) =>
        all.filter(
          ({ occurred }) => since <= Date.parse(occurred) && Date.parse(occurred) <= until,
        ),
    });
    const cwd = folder();
    writeFileSync(
      join(cwd, "automation.yaml"),
      "name: a\ntrigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Completed], threshold: 1, within: 0}\nactions: [{type: do-nothing}]\n",
    );
    const env = { PREFECT_API_URL: server.url };
    const { lines, stderr } = await pull(["--for", "automation.yaml"], { cwd, env });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).event),
      ["acme.leader", "prefect.flow-run.Completed"],
    );
    assert.match(stderr, /^2 events .*\nonly events named .* cannot show what other automations/);
    const broken = await pull(["--for", "none.yaml"], { cwd, env });
    assert.equal(broken.status, 2);
    assert.match(broken.stderr, /none\.yaml does not exist/);
  });

  test("of a run", async () => {
    const server = await stub({
      events: (since, until) =>
        [event(1, start)].filter(
          ({ occurred }) => since <= Date.parse(occurred) && Date.parse(occurred) <= until,
        ),
      runs: [{ id: "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", name: "brave-otter" }],
    });
    const env = { PREFECT_API_URL: server.url };
    assert.equal((await pull(["--run", "brave-otter"], { env })).lines.length, 1);
    const { status, stderr } = await pull(["--run", "nobody"], { env });
    assert.equal(status, 2);
    assert.match(stderr, /has no flow run `nobody`\n$/);
  });

  test("of Cloud, which rejects queries of more than 14 days", async () => {
    const DAY = 86_400_000;
    const begin = Date.now() - 59 * DAY;
    /** @type {number[]} */
    const spans = [];
    let rejected = 0;
    const all = Array.from({ length: 40 }, (_, number) => event(number, begin + number * DAY));
    // The automation does not name its leader.
    const follower = { ...event(90, begin + 20 * DAY), event: "prefect.flow-run.Completed" };
    Object.assign(follower, { follows: event(91, 0).id });
    all.push({ ...event(91, begin + 20 * DAY - DAY / 48), event: "acme.leader" }, follower);
    all.sort((one, other) => Date.parse(one.occurred) - Date.parse(other.occurred));
    const server = await stub({
      events: (since, until) =>
        all.filter(
          ({ occurred }) => since <= Date.parse(occurred) && Date.parse(occurred) <= until,
        ),
      fault: ({ path, body }) => {
        if (!path.endsWith("/events/filter")) return undefined;
        const { since, until } = body.filter.occurred;
        const span = Date.parse(until) - Date.parse(since);
        spans.push(span);
        if (span <= 14 * DAY) return undefined;
        rejected += 1;
        return { status: 422, body: '{"detail":"The range is longer than 14 days"}' };
      },
    });
    const env = { PREFECT_API_URL: server.url, PREFECT_API_KEY: "pnu_1" };
    const cloud = { ...env, PREFECT_CLOUD_API_URL: server.url };
    const { status, lines, stderr } = await pull(["--since", "60d"], { env: cloud });
    assert.deepEqual([status, lines.length, rejected], [0, 42, 0], stderr);
    assert.ok(Math.max(...spans) > 13 * DAY, "its queries are as long as allowed");
    const cwd = folder();
    writeFileSync(
      join(cwd, "automation.yaml"),
      "name: a\ntrigger: {type: event, posture: Reactive, expect: [prefect.flow-run.Completed], threshold: 1, within: 0}\nactions: [{type: do-nothing}]\n",
    );
    const own = await pull(["--since", "60d", "--for", "automation.yaml"], { cwd, env: cloud });
    assert.deepEqual([own.status, rejected], [0, 0], own.stderr);
    assert.deepEqual(
      own.lines.map((line) => JSON.parse(line).event),
      ["acme.leader", "prefect.flow-run.Completed"],
    );
    // Any other server is asked for longer ranges.
    await pull(["--since", "60d"], { env });
    assert.ok(rejected > 0);
  });

  test("after pauses that the server asks for", async () => {
    const server = await stub({
      events: spaced({ count: 500, start, step: 1000 }),
      fault: (_, number) =>
        number === 3
          ? { status: 429, headers: { "retry-after": "1" } }
          : number === 5
            ? "hang up"
            : undefined,
    });
    const { status, lines, stderr } = await pull([], { env: { PREFECT_API_URL: server.url } });
    assert.deepEqual([status, new Set(ids(lines)).size], [0, 500]);
    assert.match(
      stderr,
      /^waiting 1(\.\d)? s: the server asks to wait \(status 429\)\nwaiting .* no response/,
    );
  });

  test("the server is gone, or not Prefect's", async () => {
    const server = await stub({ events: () => [], fault: () => ({ status: 200, body: "<html>" }) });
    const web = await pull([], { env: { PREFECT_API_URL: server.url } });
    assert.equal(web.status, 2);
    assert.match(web.stderr, /is not a page of events: it is a web page/);
    const gone = await pull([], { env: { PREFECT_API_URL: "http://127.0.0.1:9/api" } });
    assert.equal(gone.status, 2);
    assert.match(gone.stderr, /^prefect-events: http:\/\/127\.0\.0\.1:9\/api cannot be reached: /);
    assert.equal(gone.stderr.split("\n").length, 2);
  });
});

suite("interruptions", () => {
  test("a response that unpacks to too much ends it at once", async () => {
    const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, " "));
    const body = Buffer.concat(Array.from({ length: 257 }, () => mebibyte));
    const fault = () => ({ status: 200, body, headers: { "content-encoding": "gzip" } });
    const server = await stub({ events: () => [], fault });
    const { status, stdout, stderr } = await pull([], { env: { PREFECT_API_URL: server.url } });
    assert.deepEqual([status, stdout, server.requests.length], [2, "", 1]);
    assert.equal(
      stderr,
      `prefect-events: the response of ${new URL(server.url).origin} is larger than 256 MiB: no Prefect server sends so much at once\n`,
    );
  });

  test("Ctrl-C leaves whole lines; --resume brings the rest", async () => {
    const server = await stub({ events: spaced({ count: 30_000, start, step: 500 }) });
    const env = { PREFECT_API_URL: server.url };
    const cwd = folder();
    let interrupted = false;
    const whenOutput = (/** @type {any} */ child, /** @type {number} */ bytes) => {
      // A second one would end it at once.
      if (bytes > 100_000 && !interrupted) interrupted = child.kill("SIGINT");
    };
    const first = await pull(["--since", "1d"], { env, cwd, whenOutput });
    assert.equal(first.status, 130, first.stderr);
    assert.ok(first.lines.length > 100 && first.lines.length < 30_000, `${first.lines.length}`);
    assert.match(first.stderr, /events came, up to .* --resume FILE/);
    // As after a power failure: the last line is not complete.
    const file = join(cwd, "events.ndjson");
    writeFileSync(
      file,
      `${first.lines.slice(0, -30).join("\n")}\n${first.lines.at(-1)?.slice(0, 99)}`,
    );
    const rest = await pull(["--since", "1d", "--resume", "events.ndjson"], { env, cwd });
    assert.deepEqual([rest.status, rest.stdout], [0, ""], rest.stderr);
    const all = ids(readFileSync(file, "utf8").trimEnd().split("\n"));
    assert.equal(all.length, 30_000);
    assert.equal(new Set(all).size, 30_000);
  });

  test("--resume of a new file, and of a file that is no capture", async () => {
    const server = await stub({ events: spaced({ count: 70, start, step: 500 }) });
    const env = { PREFECT_API_URL: server.url };
    const cwd = folder();
    assert.equal((await pull(["--resume", "new.ndjson"], { env, cwd })).status, 0);
    assert.equal(readFileSync(join(cwd, "new.ndjson"), "utf8").split("\n").length, 71);
    for (const notes of ["one\ntwo\n", "one\ntwo\nthree"]) {
      writeFileSync(join(cwd, "notes.txt"), notes);
      const { status, stderr } = await pull(["--resume", "notes.txt"], { env, cwd });
      assert.equal(status, 2);
      assert.match(stderr, /the earlier capture must be NDJSON/);
      assert.equal(readFileSync(join(cwd, "notes.txt"), "utf8"), notes);
    }
  });

  test("--resume removes an incomplete line also if nothing is new, but not if others write", async () => {
    const cwd = folder();
    const file = join(cwd, "events.ndjson");
    const only = `${[0, 1].map((at) => JSON.stringify(event(at, start + 1000 * at))).join("\n")}\n`;
    /** @type {(() => void) | undefined} */
    let action;
    const server = await stub({
      events: spaced({ count: 2, start, step: 1000 }),
      fault() {
        action?.();
        return undefined;
      },
    });
    const resume = () =>
      pull(["--resume", "events.ndjson"], { env: { PREFECT_API_URL: server.url }, cwd });
    writeFileSync(file, `${only}{"id`);
    const quiet = await resume();
    assert.equal(quiet.status, 0, quiet.stderr);
    assert.equal(readFileSync(file, "utf8"), only);

    writeFileSync(file, `${only}{"id`);
    action = () => {
      if (readFileSync(file, "utf8").endsWith('{"id')) appendFileSync(file, '":1}\n');
    };
    const { status, stderr } = await resume();
    assert.equal(status, 2);
    assert.match(stderr, /^prefect-events: events\.ndjson changed meanwhile: nothing was added/m);
    assert.equal(readFileSync(file, "utf8"), `${only}{"id":1}\n`);
  });

  test("a full disk and a closed pipe end with status 2 and a sentence", async () => {
    const server = await stub({ events: spaced({ count: 5000, start, step: 500 }) });
    const env = { PREFECT_API_URL: server.url };
    const closed = await pull([], { env, whenOutput: (child) => child.stdout?.destroy() });
    assert.equal(closed.status, 2);
    assert.match(closed.stderr, /standard output cannot be written: the pipe was closed\n$/);
    if (!existsSync("/dev/full")) return;
    const { openSync } = await import("node:fs");
    const full = await pull([], { env, stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
    assert.equal(full.status, 2);
    assert.match(full.stderr, /standard output cannot be written: no space left on the device\n$/);
  });
});

suite("prefect-events/live", () => {
  test("automations, by name or all", async () => {
    const automations = [
      { id: "1", name: "a", trigger: {} },
      { id: "2", name: "b", trigger: {} },
    ];
    const server = connect({ url: (await stub({ events: () => [], automations })).url });
    assert.deepEqual(await server.automations(), automations);
    assert.deepEqual(await server.automation("b"), automations[1]);
    await assert.rejects(server.automation("c"), {
      code: "not-found",
      message: /has no automation `c`/,
    });
  });

  test("misuse is a TypeError, and no secret is in the object", async () => {
    assert.throws(
      () => connect({ url: "a.example" }),
      /^TypeError: prefect-events: the server's address/,
    );
    // @ts-expect-error an unknown option
    assert.throws(() => connect({ url: "http://a/api", key: "x" }), /unknown option `key`/);
    const server = connect({ url: "http://ada:s3cret@127.0.0.1:9/api", apiKey: "s3cret" });
    const { inspect } = await import("node:util");
    assert.doesNotMatch(
      `${inspect(server, { depth: 9, showHidden: true })}${JSON.stringify(server)}`,
      /s3cret/,
    );
    assert.equal(server.url, "http://127.0.0.1:9/api");
    const events = server.events({ since: "later" });
    await assert.rejects(
      events.next(),
      /the option `since` must be how long ago, .*, not `later`$/,
    );
    await assert.rejects(server.events().next(), { code: "unreachable" });
  });

  test("a signal ends reading, and so does the end of the loop", async () => {
    const stubbed = await stub({ events: spaced({ count: 5000, start, step: 500 }) });
    const server = connect({ url: stubbed.url });
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = async () => {
      for await (const _ of server.events({}, { signal: controller.signal }))
        controller.abort(reason);
    };
    await assert.rejects(reading(), reason);
    for await (const line of server.events()) {
      assert.equal(JSON.parse(line).event, "prefect.flow-run.heartbeat");
      break;
    }
  });
});
