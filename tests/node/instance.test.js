import assert from "node:assert/strict";
import { test } from "node:test";

import { openStream } from "../../pkg/api/validate.js";
import { validateModule } from "../../pkg/modules/validate.js";
import { PrefectEventsError, validate, version } from "../../pkg/node.js";

const EVENT = '{"event":"shop.order.placed"}';
const FAULT = /internal error in prefect-events: please report it/;

/** A trap like one from a bug. */
function trap() {
  return validateModule.call(() => {
    throw new WebAssembly.RuntimeError("unreachable");
  });
}

test("a trap is reported as an internal error, and the next call works", () => {
  const before = validate(EVENT);
  assert.throws(trap, (/** @type {Error} */ error) => {
    assert.match(error.message, FAULT);
    assert.ok(error instanceof PrefectEventsError);
    assert.equal(error.code, "internal");
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    return true;
  });
  assert.deepEqual(validate(EVENT), before);
});

test("a stack overflow is reported, and the next call works", () => {
  const overflow = () => {
    /** @returns {number} */
    const deeper = () => deeper() + 1;
    return validateModule.call(deeper);
  };
  assert.throws(overflow, {
    message: /^the call stack is exhausted/,
    code: "stack-overflow",
  });
  assert.equal(typeof version(), "string");
});

test("other errors are rethrown, and the instance stays", () => {
  const error = new TypeError("prefect-events: unknown option");
  assert.throws(
    () =>
      validateModule.call(() => {
        throw error;
      }),
    (thrown) => thrown === error,
  );
});

test("a stream that was open during a trap reports it, and can be closed safely", () => {
  const stream = openStream();
  assert.throws(trap);
  const other = openStream();
  const lines = Buffer.from(`${EVENT}\n`);
  assert.throws(() => stream.chunk(lines), {
    message: /another call to prefect-events failed/,
    code: "stale",
  });
  stream.close();
  stream.close();
  assert.equal(other.chunk(lines).count, 1);
  other.close();
});

test("memory beyond 256 MiB is released, but not while a stream is open", () => {
  const large = Buffer.alloc(260 << 20, " ");
  large.write(EVENT);
  const stream = openStream();
  stream.chunk(Buffer.from(`${EVENT}\n`));
  validate(large);
  assert.ok(validateModule.memory() > 260 << 20);
  assert.equal(stream.chunk(Buffer.from(`${EVENT}\n`)).count, 1);
  stream.close();
  assert.ok(validateModule.memory() < 64 << 20, `${validateModule.memory()} bytes`);
});

test("an input that exceeds the memory throws a clear error, and the next call works", () => {
  // These bytes are never read: the instance cannot even allocate them.
  const huge = new Uint8Array(4_200_000_000);
  assert.throws(() => validate(huge), {
    name: "PrefectEventsError",
    message: /^the input is too large for one call/,
  });
  assert.equal(validate(EVENT).count, 1);
});

test("10,000 calls do not grow the memory", () => {
  const text = `[${EVENT},${EVENT}]`;
  const calls = [
    () => validate(text),
    () => validate(Buffer.from(text)),
    () => validate(JSON.parse(text)),
    () => validate(`${text}\ud800`),
    () => {
      const stream = openStream();
      stream.chunk(Buffer.from(`${EVENT}\n`));
      stream.finish();
      stream.close();
    },
    () => assert.throws(() => validate(text, /** @type {any} */ ({ profile: "unknown" }))),
  ];
  for (const one of calls) for (let count = 0; count < 100; count++) one();
  const before = validateModule.memory();
  for (const one of calls) for (let count = 0; count < 10_000 / calls.length; count++) one();
  assert.equal(validateModule.memory(), before);
});
