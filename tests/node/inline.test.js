// The entry that contains the modules; this file must not import node.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../../pkg/api/validate.js";
import * as inline from "../../pkg/inline.js";

const EVENT = '{"event":"shop.order.placed"}';

test("calls work before init is done, and streams that they opened stay open", async () => {
  const done = inline.init();
  const stream = openStream();
  await done;
  const lines = new TextEncoder().encode(`${EVENT}\n`);
  assert.equal(stream.chunk(lines).count, 1);
  assert.equal(stream.chunk(lines).count, 1);
  stream.close();
});

test("init also starts the module that builds and simulates", async () => {
  await inline.init();
  assert.equal(inline.checkAutomation("trigger: {}").count, 1);
});
