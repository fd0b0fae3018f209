// Runs the examples of docs/live-servers.md against a stub of the server's API, which runs in a process of its own.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { examples, read, root, Workplace } from "./helpers/documentation.js";
import { event, stubServer } from "./helpers/stub-server.js";

const PAGE = "docs/live-servers.md";

if (process.send) await serve();
else {
  const page = read(PAGE);
  const child = fork(fileURLToPath(import.meta.url));
  const [url] = await once(child, "message");
  after(() => child.kill());
  process.env.PREFECT_API_URL = String(url);
  const workplace = new Workplace();
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

/** A server with an hour of heartbeats of two runs, which then complete. */
async function serve() {
  const start = Date.parse("2026-03-01T12:00:00Z");
  const runs = ["3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", "6c2e9f70-1d3b-4a85-b7c4-0e5f8a2d9136"].map(
    (id, index) => ({ id, name: ["brave-otter", "calm-hare"][index] ?? "" }),
  );
  const events = Array.from({ length: 240 }, (_, number) => {
    const run = runs[number % 2];
    const beat = event(number, start + Math.floor(number / 2) * 30_000);
    beat.resource["prefect.resource.id"] = `prefect.flow-run.${run?.id}`;
    beat.resource["prefect.resource.name"] = String(run?.name);
    return beat;
  });
  for (const [index, run] of runs.entries()) {
    const completed = event(1000 + index, start + 3_599_000);
    completed.event = "prefect.flow-run.Completed";
    completed.resource["prefect.resource.id"] = `prefect.flow-run.${run.id}`;
    completed.resource["prefect.resource.name"] = run.name;
    Object.assign(completed.resource, {
      "prefect.state-message": "",
      "prefect.state-name": "Completed",
      "prefect.state-timestamp": completed.occurred,
      "prefect.state-type": "COMPLETED",
    });
    events.push(completed);
  }
  const server = await stubServer({
    events: (since, until) =>
      events.filter(
        ({ occurred }) => since <= Date.parse(occurred) && Date.parse(occurred) <= until,
      ),
    automations: [{ id: "1", name: "Notify on success", enabled: true, trigger: {} }],
    runs,
  });
  process.send?.(server.url);
}
