// Both command lines print the same, byte for byte: `tests/cases/command-line.json`. `make python` runs it.
//
// What may differ: the layout of the help, which is that of commander and of click (`layout`), and the system's own words for
// what neither knows, such as why a connection failed.

import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { both, TABLE } from "./helpers/both.js";

suite("the same from both", { concurrency: 2 }, () => {
  for (const one of TABLE.cases) {
    test(JSON.stringify(one.arguments.join(" ")), async () => {
      const [js, python] = await both(one);
      const { status = null, layout } = one;
      const seen = (/** @type {string} */ text) => (layout ? text !== "" : text);
      for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
        assert.equal(seen(python[stream]), seen(js[stream]), stream);
        const part = one[stream] ?? "";
        assert.ok(js[stream].includes(part), `${part} is not in ${js[stream]}`);
      }
      assert.deepEqual([python.status, python.files], [js.status, js.files]);
      if (status !== null) assert.equal(js.status, status, js.stderr);
    });
  }
});
