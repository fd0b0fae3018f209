// Runs the examples of docs/live-servers.md against a stub of the server's API, which runs in a process of its own.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { buildRun } from "../../pkg/node.js";
import { examples, read, root, Workplace } from "./helpers/documentation.js";
import { stubServer } from "./helpers/stub-server.js";

const PAGE = "docs/live-servers.md";

if (process.send) await serve();
else {
  const page = read(PAGE);
  const child = fork(fileURLToPath(import.meta.url));
  const [url] = await once(child, "message");
  after(() => child.kill());
  process.env.PREFECT_API_URL = String(url);
  const workplace = new Workplace();
  /** @type {string[]} */
  const pieces = [];
  let end = 0;
  for (const { block, language, name, content, index, line } of examples(page)) {
    pieces.push(page.slice(end, index), block);
    end = index + block.length;
    const place = pieces.length - 1;
    test(`line ${line}: ${language} ${name ?? ""}`, () => {
      let real = content;
      if (language === "yaml" && name) workplace.write(name, content);
      else if (language === "console") real = workplace.session(content);
      else if (language === "js") real = workplace.module(content);
      else assert.fail("unknown kind of example");
      pieces[place] = block.replace(content, () => real);
      if (process.env.UPDATE_README !== "1") assert.equal(content, real);
    });
  }
  test("the real output is written", { skip: process.env.UPDATE_README !== "1" }, () =>
    writeFileSync(join(root, PAGE), pieces.join("") + page.slice(end)),
  );
}

/** A server with an hour of two runs. */
async function serve() {
  const now = "2026-03-01T12:00:05Z";
  const names = ["brave-otter", "calm-hare"];
  const histories = names.map((name, seed) =>
    buildRun({ flow_run: { name }, ends: "59m", heartbeat: { frequency: 30 } }, { seed, now }),
  );
  const time = (/** @type {{ occurred: string }} */ { occurred }) => Date.parse(occurred);
  const events = histories.flat().sort((a, b) => time(a) - time(b));
  const runs = histories.map((history, index) => {
    const running = history.find(({ event }) => event === "prefect.flow-run.Running");
    const id = String(running?.resource["prefect.resource.id"]).replace("prefect.flow-run.", "");
    return { id, name: String(names[index]) };
  });
  const server = await stubServer({
    events: (since, until) =>
      events.filter((event) => since <= time(event) && time(event) <= until),
    automations: [{ id: "1", name: "Notify on success", enabled: true, trigger: {} }],
    runs,
  });
  process.send?.(server.url);
}
