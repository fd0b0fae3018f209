// `pull` reads everything that real servers have.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";

import { connect } from "../../pkg/entries/live.node.js";
import { validate } from "../../pkg/node.js";
import { folder } from "../node/helpers/run.js";
import { proxy, run, send, session, start } from "./helpers/session.js";

const { url, automation, runs, guarded, restart } = session();
const settings = { PREFECT_API_URL: url };

/** @typedef {{ id: string, event: string, occurred: string, resource: { [label: string]: string }, follows?: string }} Event */

/** @param {string[]} lines @returns {Event[]} */
const read = (lines) => lines.map((line) => JSON.parse(line));
const ids = (/** @type {Event[]} */ events) => events.map(({ id }) => id).sort();

/** What the server has, read without slices. @param {string} until */
async function everything(until) {
  const all = [];
  const filter = { occurred: { since: "2020-01-01T00:00:00Z", until }, order: "ASC" };
  let answer = await fetch(`${url}/events/filter`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ filter, limit: 50 }),
  });
  for (;;) {
    const { events, next_page } = /** @type {any} */ (await answer.json());
    all.push(...events);
    if (!next_page) return all;
    answer = await fetch(next_page);
  }
}

suite("an open server", () => {
  test("all its events come once, in order, and are valid", async () => {
    const until = new Date(Date.now() - 10_000).toISOString();
    const { status, stdout, stderr, lines } = await run(["pull", "--until", until], settings);
    assert.equal(status, 0, stderr);
    const events = read(lines);
    assert.deepEqual(ids(events), ids(await everything(until)));
    assert.ok(events.length > 20, String(events.length));
    const times = events.map(({ occurred }) => Date.parse(occurred));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(validate(stdout).errors, 0);
  });

  test("a run, by its name and by its id", async () => {
    const { id, name } = runs.doomed;
    const [byName, byId] = await Promise.all([
      run(["pull", "--run", name], settings),
      run(["pull", "--run", id], settings),
    ]);
    const events = read(byName.lines);
    assert.deepEqual(ids(events), ids(read(byId.lines)));
    const names = new Set(events.map(({ event }) => event));
    for (const name of ["Pending", "Running", "heartbeat", "Crashed"])
      assert.ok(names.has(`prefect.flow-run.${name}`), name);
    assert.ok(events.every((event) => JSON.stringify(event).includes(id)));
    const none = await run(["pull", "--run", "no-such-run"], settings);
    assert.deepEqual([none.status, none.stdout], [2, ""]);
  });

  test("an automation, exported by the server, selects its events", async () => {
    const server = connect({ url });
    const exported = await server.automation(automation.name);
    assert.deepEqual(exported, await server.automation(automation.id));
    assert.ok((await server.automations()).length >= 1);
    const cwd = folder();
    writeFileSync(join(cwd, "automation.json"), JSON.stringify(exported));
    const { status, stderr, lines } = await run(
      ["pull", "--for", "automation.json"],
      settings,
      cwd,
    );
    assert.equal(status, 0, stderr);
    const events = read(lines);
    const has = (/** @type {string} */ name) => events.some(({ event }) => event === name);
    assert.ok(has("prefect.flow-run.heartbeat") && has("prefect.automation.triggered"));
    assert.ok(!has("prefect.task-run.Running") && !has("prefect.deployment.created"));
    // Each followed event is there, if the server has it.
    const known = new Set(ids(events));
    const stored = new Set(ids(await everything(new Date().toISOString())));
    for (const { follows } of events)
      if (follows && stored.has(follows)) assert.ok(known.has(follows), follows);
    // The capture shows why it fired.
    writeFileSync(join(cwd, "events.ndjson"), `${lines.join("\n")}\n`);
    const replayed = await run(
      ["simulate", "--automation", "automation.json", "--events", "events.ndjson"],
      {},
      cwd,
    );
    assert.match(replayed.stdout, new RegExp(`fired .*${runs.doomed.id}`));
  });

  test("an interrupted pull continues", async () => {
    const cwd = folder();
    const file = join(cwd, "events.ndjson");
    const until = new Date(Date.now() - 10_000).toISOString();
    const all = (await run(["pull", "--until", until], settings)).lines;
    const half = all.slice(0, Math.floor(all.length / 2));
    writeFileSync(file, `${half.join("\n")}\n${all.at(-1)?.slice(0, 70)}`);
    const { status, stderr } = await run(
      ["pull", "--until", until, "--resume", "events.ndjson"],
      settings,
      cwd,
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(readFileSync(file, "utf8").split("\n").slice(0, -1), all);
  });
});

suite("a server with authentication behind a proxy", () => {
  test("needs the credentials, which no message contains", async () => {
    const front = await proxy(guarded.url);
    try {
      const open = { PREFECT_API_URL: front.url };
      const none = await run(["pull"], open);
      assert.deepEqual([none.status, none.stdout], [2, ""]);
      assert.match(none.stderr, /needs credentials \(status 401\)/);
      const wrong = await run(["pull"], { ...open, PREFECT_API_AUTH_STRING: "admin:wrong-one" });
      assert.equal(wrong.status, 2);
      assert.match(wrong.stderr, /rejects the credentials \(status 401\)/);
      assert.doesNotMatch(wrong.stderr, /wrong-one|YWRtaW4/);
      // Its 120 events of one instant are on three pages, whose addresses name another host.
      const right = await run(["pull"], { ...open, PREFECT_API_AUTH_STRING: guarded.authString });
      assert.equal(right.status, 0, right.stderr);
      const paid = read(right.lines).filter(({ event }) => event === "acme.order.paid");
      assert.equal(new Set(ids(paid)).size, 120);
      assert.equal(paid.length, 120);
    } finally {
      await front.close();
    }
  });
});

suite("streams", () => {
  /** @param {number} number */
  const event = (number) => ({
    id: crypto.randomUUID(),
    occurred: new Date().toISOString(),
    event: `acme.stream.${number}`,
    resource: { "prefect.resource.id": "acme.stream" },
  });

  /** @param {() => boolean} happened @param {() => string} state */
  async function until(happened, state) {
    for (const end = Date.now() + 40_000; !happened(); ) {
      if (Date.now() > end) assert.fail(state());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test("past events, new ones, and those during an interruption, each once", async () => {
    const front = await proxy(url);
    const past = event(0);
    await send(url, [past]);
    const { child, output } = start(["pull", "--stream", "--since", "1m"], {
      PREFECT_API_URL: front.url,
    });
    const has = (/** @type {{ id: string }[]} */ ...events) =>
      events.every(({ id }) => output.stdout.includes(id));
    const state = () => `${output.stderr}\n${output.stdout.slice(-1000)}`;
    try {
      await until(() => has(past), state);
      const live = event(1);
      await send(url, [live]);
      await until(() => has(live), state);
      front.cut();
      const missed = event(2);
      await send(url, [missed]);
      await until(() => has(missed), state);
      const later = event(3);
      await send(url, [later]);
      await until(() => has(later), state);
      assert.match(output.stderr, /waiting .* s: the connection was closed/);
    } finally {
      child.kill("SIGINT");
      const [status] = await once(child, "close");
      await front.close();
      assert.equal(status, 0, output.stderr);
    }
    const came = ids(read(output.stdout.split("\n").slice(0, -1)));
    assert.equal(new Set(came).size, came.length);
  });

  test("a server that restarts meanwhile: what it gets after that comes too", async () => {
    const past = event(4);
    await send(url, [past]);
    const { child, output } = start(["pull", "--stream", "--since", "1m"], settings);
    const has = (/** @type {{ id: string }} */ { id }) => output.stdout.includes(id);
    const state = () => `${output.stderr}\n${output.stdout.slice(-1000)}`;
    try {
      await until(() => has(past), state);
      const live = event(5);
      await send(url, [live]);
      await until(() => has(live), state);
      const { status } = await fetch(restart);
      assert.equal(status, 200);
      const after = event(6);
      await send(url, [after]);
      await until(() => has(after), state);
      const later = event(7);
      await send(url, [later]);
      await until(() => has(later), state);
      assert.match(output.stderr, /waiting .* s: the connection was closed/);
    } finally {
      child.kill("SIGINT");
      const [status] = await once(child, "close");
      assert.equal(status, 0, output.stderr);
    }
    const came = ids(read(output.stdout.split("\n").slice(0, -1)));
    assert.equal(new Set(came).size, came.length);
  });

  test("authentication on the websocket", async () => {
    const server = connect({ url: guarded.url, authString: guarded.authString });
    const controller = new AbortController();
    for await (const line of server.stream({ since: "1h" }, { signal: controller.signal })) {
      assert.ok(JSON.parse(line).id);
      break;
    }
    const wrong = connect({ url: guarded.url, authString: "admin:no" });
    await assert.rejects(wrong.stream().next(), { code: "unauthorized" });
  });
});
