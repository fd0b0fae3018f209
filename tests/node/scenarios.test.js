// The shipped module fires in the recorded scenarios and timelines when the real servers fired.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { compareReplays, compareVersions, simulate } from "../../pkg/node.js";

/** @typedef {import("../../pkg/index.js").Firing} Firing */
/** @typedef {{ scenario: string, order_sensitive?: boolean, undelivered?: number, firings: Firing[], child_firings: Firing[] }} Recorded */

/** @param {string} name */
const read = (name) => readFileSync(new URL(`../cases/${name}`, import.meta.url));
/** @type {{ [version: string]: string[] }} */
const BY_CHANCE = JSON.parse(read("by-chance.json").toString());

/**
 * Firings in a comparable form: without additions of the recorder, and with simultaneous firings in a fixed order.
 * @param {Firing[]} firings
 */
function comparable(firings) {
  const plain = firings.map((firing) => {
    const {
      reason: _,
      states: __,
      delayed: ___,
      fault: ____,
      earliest: _____,
      latest: _______,
      posture,
      children,
      ...rest
    } = /** @type {Firing & { states?: unknown }} */ (firing);
    const sorted = children?.map(ordered).sort();
    return ordered({ ...rest, ...(posture && { posture }), ...(sorted && { children: sorted }) });
  });
  return plain.sort();
}

/** Names that differ in the recordings. @type {{ [name: string]: string }} */
const RENAMED = { event_id: "eventId", as_of: "asOf" };

/**
 * JSON text with the keys in one order.
 * @param {unknown} value
 */
function ordered(value) {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .map(([key, part]) => [RENAMED[key] ?? key, part])
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : inner,
  );
}

for (const [version, all, proving] of /** @type {const} */ ([
  ["3.9", 1456, 1421],
  ["3.8", 338, 338],
])) {
  test(`recorded on ${version}`, (t) => {
    const lines = gunzipSync(read(`scenarios-${version}.ndjson.gz`))
      .toString()
      .trimEnd()
      .split("\n");
    let proved = 0;
    const wrong = [];
    const chance = BY_CHANCE[version] ?? [];
    for (const line of lines) {
      /** @type {Recorded} */
      const recorded = JSON.parse(line);
      if (recorded.order_sensitive) continue;
      proved += 1;
      const ours = simulate(line, { serverVersion: version });
      assert.equal(ours.errors, undefined, recorded.scenario);
      const same =
        ours.undelivered === recorded.undelivered &&
        [ours.firings, ours.childFirings].every(
          (firings, index) =>
            ordered(comparable(firings)) ===
            ordered(comparable(index === 0 ? recorded.firings : recorded.child_firings)),
        );
      if (!same) wrong.push(recorded.scenario);
    }
    t.diagnostic(`${proved - wrong.length} of ${proved}, ${wrong.length} by chance`);
    assert.deepEqual([lines.length, proved], [all, proving]);
    assert.deepEqual(wrong.sort(), [...chance].sort());
  });
}

/** @type {{ scenario: object, fires: { [version in "3.8" | "3.9"]: { at: string, event_id: string }[] }, because: string[] }[]} */
const TIMELINES = JSON.parse(read("timelines.json").toString());

for (const { scenario, fires, because } of TIMELINES) {
  const { scenario: name } = /** @type {{ scenario: string }} */ (scenario);
  test(`timeline: ${name}`, () => {
    const both = compareVersions(/** @type {any} */ (scenario), { trace: true });
    for (const version of /** @type {const} */ (["3.8", "3.9"])) {
      const told = both[version].firings.map(({ at, eventId }) => ({ at, event_id: eventId }));
      assert.deepEqual(told, fires[version], version);
    }
    const decisions = both["3.9"].decisions ?? [];
    assert.deepEqual(
      decisions.map(({ kind, reason: why }) => `${kind}: ${why}`),
      because,
    );
    assert.equal(
      both.differences.length > 0,
      JSON.stringify(fires["3.8"]) !== JSON.stringify(fires["3.9"]),
    );
  });
}

test("versions are compared without a version of one's own", () => {
  const options = /** @type {any} */ ({ serverVersion: "3.6" });
  const wrong = { name: "TypeError", message: /has no option `serverVersion`/ };
  assert.throws(
    () => compareVersions("automation: crash-zombie-flows\nruns: [{}]\n", options),
    wrong,
  );
  assert.throws(() => compareReplays("{}", "[]", options), wrong);
});
