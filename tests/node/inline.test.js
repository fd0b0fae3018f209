// The entry that has the modules in itself; this file must not import node.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../../pkg/api/validate.js";
import * as inline from "../../pkg/inline.js";

const EVENT = '{"event":"shop.order.placed"}';

test("a call may come before init is done, and a stream that it opened stays open", async () => {
  const done = inline.init();
  const stream = openStream();
  await done;
  const lines = new TextEncoder().encode(`${EVENT}\n`);
  assert.equal(stream.chunk(lines).count, 1);
  assert.equal(stream.chunk(lines).count, 1);
  stream.close();
});

test("init starts the module of those who write too", async () => {
  await inline.init();
  assert.equal(inline.checkAutomation("trigger: {}").count, 1);
});
