// The view Simulate, connected to a server: a small one of the tests, with Prefect's API and CORS headers.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { assertAccessible } from "./helpers/axe.js";
import { thePage } from "./helpers/page.js";
import { PrefectServer } from "./helpers/prefect-server.js";

/** @typedef {import("playwright-core").Page} Page */

const open = thePage();
const server = new PrefectServer();
before(() => server.start());
after(() => server.stop());
beforeEach(() =>
  Object.assign(server, { authorization: "", cors: true, status: 0, delay: 0, requests: [] }),
);

const NOW = Date.now();
const SECRET = "admin:s3cret-word";
const BASIC = `Basic ${Buffer.from(SECRET).toString("base64")}`;

/** @param {number} run */
const idOf = (run) => `00000000-0000-4000-8000-00000000000${run}`;
let count = 0;
/** Minutes before now. @param {number} run @param {number} ago @param {string} name */
const event = (run, ago, name) => {
  count += 1;
  return {
    id: `00000000-0000-4000-9000-${String(count).padStart(12, "0")}`,
    event: `prefect.flow-run.${name}`,
    occurred: new Date(NOW - ago * 60_000).toISOString(),
    resource: {
      "prefect.resource.id": `prefect.flow-run.${idOf(run)}`,
      "prefect.resource.name": `run-${run}`,
    },
    related: [],
    payload: {},
  };
};
/** Heartbeats every 30 s. @param {number} run @param {number} from @param {number} to */
const beats = (run, from, to) =>
  Array.from({ length: (from - to) * 2 + 1 }, (_, index) =>
    event(run, from - index / 2, "heartbeat"),
  );

const EVENTS = [
  event(1, 50, "Running"),
  ...beats(1, 50, 30),
  event(2, 49.9, "Running"),
  ...beats(2, 49.9, 20),
  event(2, 19.8, "Completed"),
  event(3, 5, "Running"),
].sort((one, other) => one.occurred.localeCompare(other.occurred));

const ZOMBIES = {
  id: "aaaaaaaa-0000-4000-8000-000000000001",
  created: new Date(NOW - 86_400_000).toISOString(),
  updated: new Date(NOW - 86_400_000).toISOString(),
  name: "Crash zombie flows",
  description: "",
  enabled: true,
  tags: [],
  trigger: {
    type: "event",
    id: "aaaaaaaa-0000-4000-8000-000000000002",
    match: { "prefect.resource.id": "prefect.flow-run.*" },
    match_related: {},
    after: ["prefect.flow-run.heartbeat"],
    expect: [
      "prefect.flow-run.heartbeat",
      "prefect.flow-run.Completed",
      "prefect.flow-run.Failed",
      "prefect.flow-run.Cancelled",
      "prefect.flow-run.Crashed",
    ],
    for_each: ["prefect.resource.id"],
    posture: "Proactive",
    threshold: 1,
    within: 90,
  },
  actions: [{ type: "change-flow-run-state", name: null, state: "CRASHED", message: null }],
  actions_on_trigger: [],
  actions_on_resolve: [],
};

before(() => {
  server.events = EVENTS;
  server.automations = [ZOMBIES];
});

/** @param {Page} page */
const panel = (page) => page.locator("simulate-connect");
/** @param {Page} page */
const outcome = (page) => page.getByRole("region", { name: "The outcome" });
/** @param {import("playwright-core").Locator} where @param {string | RegExp} text */
const says = (where, text) => where.filter({ hasText: text }).first().waitFor();

/**
 * Opens the panel, and connects.
 * @param {Page} page
 * @param {{ url?: string, basic?: string, key?: string }} [how]
 */
async function connect(page, { url = server.url, basic, key } = {}) {
  await page.getByRole("button", { name: "Connect to a server" }).click();
  await page.getByLabel("API URL").fill(url);
  if (basic !== undefined || key !== undefined) {
    const kind = key === undefined ? "basic" : "key";
    await page.getByLabel("Authentication").selectOption(kind);
    await panel(page)
      .locator("[name=secret]")
      .fill(key ?? basic ?? "");
  }
  await panel(page).getByRole("button", { name: "Connect", exact: true }).click();
}

/** All that the page keeps or shows. @param {Page} page */
const kept = (page) =>
  page.evaluate(async () => {
    const databases = (await indexedDB.databases?.()) ?? [];
    const caches_ = await Promise.all(
      (await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((one) => one.url),
      ),
    );
    return JSON.stringify([
      location.href,
      document.documentElement.outerHTML,
      [...document.querySelectorAll("input")].map((one) => one.value),
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      history.state,
      databases,
      caches_,
      performance.getEntries().map((one) => one.name),
    ]);
  });

test("an automation of the server is played with its events", async () => {
  const { page, failures } = await open("#simulate");
  await connect(page);
  await panel(page).getByLabel("Automation").selectOption("Crash zombie flows");
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), /The timeline shows \d+ events\./);
  await says(outcome(page), /Fires on 1 of \d runs/);
  await page.locator(".cm-content", { hasText: "Crash zombie flows" }).waitFor();
  await says(page.getByRole("list", { name: "Runs and their outcomes" }), /run-1\s+fired/);
  await page.getByRole("button", { name: "Back to the runs" }).waitFor();
  assert.deepEqual(failures, []);
});

test("the events of one run", async () => {
  const { page, failures } = await open("#simulate");
  await connect(page);
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  await panel(page).getByRole("button", { name: "List runs" }).click();
  await says(panel(page), "3 runs found.");
  const options = await panel(page)
    .getByLabel("Run", { exact: true })
    .locator("option")
    .allInnerTexts();
  assert.equal(options.length, 4);
  assert.match(options[1] ?? "", /^run-3 · Running /);
  assert.match(options[2] ?? "", /^run-2 · Completed /);
  await panel(page).getByLabel("Run", { exact: true }).selectOption(idOf(2));
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), /The timeline shows \d+ events\./);
  await says(outcome(page), "Never fires on this run");
  assert.deepEqual(failures, []);
});

for (const [kind, given, header] of /** @type {const} */ ([
  ["auth string", { basic: SECRET }, BASIC],
  ["API key", { key: SECRET }, `Bearer ${SECRET}`],
]))
  test(`${kind}: a wrong one is rejected, the right one is in memory only`, async () => {
    server.authorization = header;
    const { page } = await open("#simulate");
    await connect(page);
    await says(panel(page), "The server requires authentication");
    await page.getByRole("button", { name: "Connect to a server" }).click();
    const [name] = Object.keys(given);
    await connect(page, { [name ?? ""]: "wr0ng" });
    await says(panel(page), `The server rejects this ${kind}.`);
    await page.getByRole("button", { name: "Connect to a server" }).click();
    await connect(page, given);
    await panel(page).getByRole("button", { name: "Pull events" }).click();
    await says(panel(page), /The timeline shows \d+ events\./);
    assert.equal(server.requests.at(-1)?.authorization, header);
    await page.waitForTimeout(500);
    const text = await kept(page);
    for (const secret of [SECRET, "s3cret", Buffer.from(SECRET).toString("base64"), "wr0ng"])
      assert.ok(!text.includes(secret), secret);
    assert.ok(!(await page.evaluate(() => location.href)).includes(new URL(server.url).port));
    await panel(page).getByRole("button", { name: "Disconnect" }).click();
    await page.getByLabel("API URL").waitFor();
  });

test("a server that cannot be reached, or does not allow the page, is reported as such", async () => {
  const { page } = await open("#simulate");
  const gone = await new PrefectServer().start();
  await gone.stop();
  await connect(page, { url: gone.url });
  await says(panel(page), /No server responds at http:\/\/127\.0\.0\.1:\d+\./);
  server.cors = false;
  await page.getByLabel("API URL").fill(server.url);
  await panel(page).getByRole("button", { name: "Connect", exact: true }).click();
  await says(panel(page), /does not allow this page to read its responses \(CORS\)/);
  await says(panel(page), /rejections also lack them, such as those for a missing CSRF token/);
  await page.getByLabel("API URL").fill(server.url.replace("http://", "http://user:pa55@"));
  await panel(page).getByRole("button", { name: "Connect", exact: true }).click();
  await says(panel(page), "enter them as the auth string");
  assert.ok(!(await panel(page).innerText()).includes("pa55"));
  await assertAccessible(page, "a problem");
});

test("on a page with HTTPS, a server with HTTP is blocked, and the page says why", async () => {
  const { page } = await open("#simulate");
  const site = "https://page.example/";
  const built = new URL(page.url());
  await page.context().route(`${site}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    await route.fulfill({ response: await route.fetch({ url: new URL(path, built).href }) });
  });
  await page.goto(`${site}index.html#simulate`);
  await connect(page, { url: "http://prefect.example:4200/api" });
  await says(panel(page), /Browsers block requests from this page, which uses HTTPS, to/);
  await says(panel(page), /mixed content/);
  await says(panel(page), "prefect-events pull");
});

test("too many requests, and no events, are reported", async () => {
  const { page } = await open("#simulate");
  await connect(page);
  await panel(page).getByLabel("Events", { exact: true }).selectOption("From … to …");
  await panel(page).getByLabel("From, UTC").fill("2020-01-01T00:00");
  await panel(page).getByLabel("To, UTC").fill("2020-01-01T01:00");
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), "The server has no such events in this range.");
  await panel(page).getByLabel("To, UTC").fill("2019-01-01T01:00");
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page), "The range ends before it starts.");
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  server.status = 429;
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await says(panel(page).locator(".busy"), /\(status 429\): waiting \d+ s/);
  await panel(page).getByRole("button", { name: "Cancel" }).click();
  await says(panel(page), "Cancelled: no events were pulled.");
  // The runs are still those of the page.
  await says(outcome(page), "Fires on 2 of 4 runs");
});

test("pulling shows its progress, and can be cancelled", async () => {
  const { page, failures } = await open("#simulate");
  await connect(page);
  await says(panel(page), "Events from a server");
  server.delay = 700;
  // The first slice of 10 minutes has the first events.
  await panel(page).getByLabel("Events", { exact: true }).selectOption("Last hour");
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await panel(page).getByRole("progressbar", { name: "Pulling events" }).waitFor();
  await says(panel(page).locator(".busy"), /\d+ events/);
  await panel(page).getByRole("button", { name: "Cancel" }).click();
  await says(panel(page), /Cancelled: the timeline shows the first \d+ events/);
  await panel(page).getByRole("button", { name: "Pull events" }).click();
  await panel(page).getByRole("button", { name: "Cancel" }).click();
  await says(panel(page), "Cancelled: no events were pulled.");
  const sent = server.requests.length;
  await page.waitForTimeout(1500);
  assert.ok(server.requests.length <= sent + 1, "no more requests after Cancel");
  assert.deepEqual(failures, []);
});

test("axe finds nothing wrong in the panel, in both themes and on a small screen", async () => {
  for (const colorScheme of /** @type {const} */ (["light", "dark"]))
    for (const width of [1280, 320]) {
      const { page } = await open("#simulate", { colorScheme, viewport: { width, height: 900 } });
      await page.getByRole("button", { name: "Connect to a server" }).click();
      await page.getByLabel("API URL").waitFor();
      await page.getByLabel("Authentication").selectOption("basic");
      await assertAccessible(page, `the form, ${colorScheme}, ${width} px`);
      await page.getByLabel("Authentication").selectOption("none");
      await page.getByLabel("API URL").fill(server.url);
      await panel(page).getByRole("button", { name: "Connect", exact: true }).click();
      await panel(page).getByLabel("Events", { exact: true }).selectOption("From … to …");
      await panel(page).getByRole("button", { name: "Pull events" }).click();
      await says(panel(page), /The timeline shows/);
      await assertAccessible(page, `connected, ${colorScheme}, ${width} px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide instead of ${width}`);
    }
});
