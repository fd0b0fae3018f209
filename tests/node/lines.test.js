import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import { wholeLines } from "../../pkg/lines.js";
import { encodeWtf8, isWellFormed } from "../../pkg/text.js";

/** @param {Iterable<any>} pieces */
async function* source(pieces) {
  yield* pieces;
}

/** @param {any} from */
async function collect(from) {
  const chunks = [];
  for await (const chunk of wholeLines(from)) chunks.push(Buffer.from(chunk).toString());
  return chunks;
}

const LINE = `${"x".repeat(99)}\n`;

test("a chunk ends with a line, and holds about 1 MiB", async () => {
  const text = `${LINE.repeat(30_000)}last`;
  for (const size of [7001, 65536, 1 << 20, text.length]) {
    const pieces = [];
    for (let at = 0; at < text.length; at += size)
      pieces.push(Buffer.from(text.slice(at, at + size)));
    const chunks = await collect(source(pieces));
    assert.equal(chunks.join(""), text);
    assert.equal(chunks.length, 3);
    for (const chunk of chunks.slice(0, -1)) {
      assert.ok(chunk.endsWith("\n"));
      assert.ok(chunk.length > 900_000 && chunk.length < 1.2 * 2 ** 20, String(chunk.length));
    }
  }
});

test("lines that are longer than a chunk stay whole", async () => {
  const long = `${"y".repeat(3 << 20)}\n`;
  const chunks = await collect(source([LINE, long, LINE, long, "end"]));
  assert.equal(chunks.join(""), [LINE, long, LINE, long, "end"].join(""));
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.endsWith("\n")));
});

test("a line longer than 64 MiB is an error, and does not use more memory", async () => {
  const endless = (async function* () {
    yield LINE;
    for (;;) yield new Uint8Array(1 << 20).fill(97);
  })();
  await assert.rejects(collect(endless), {
    code: "line-too-long",
    message: /^the line that starts at byte 100 is longer than 64 MiB/,
  });
});

test("accepts strings, also split inside a surrogate pair", async () => {
  assert.deepEqual(await collect(source(["a\ud83d", "\ude00b", "\n", "", "\ud83d", "\ude00"])), [
    "a😀b\n😀",
  ]);
});

test("lone surrogates are passed on to the core", async () => {
  /** @type {number[]} */
  const bytes = [];
  for await (const lines of wholeLines(source(["a\ud83d", "b\ude00c", "\ud83d"])))
    bytes.push(...lines);
  const expected = ["61", "eda0bd", "62", "edb880", "63", "eda0bd"].join("");
  assert.equal(Buffer.from(bytes).toString("hex"), expected);
});

test("accepts streams of Node.js and of the web, and mixed pieces", async () => {
  assert.deepEqual(await collect(Readable.from([Buffer.from("a\n"), "b"])), ["a\nb"]);
  assert.deepEqual(await collect(new Blob(["a\nb"]).stream()), ["a\nb"]);
});

test("reads a web stream that is not iterable, and releases it", async () => {
  for (const stopEarly of [false, true]) {
    let cancelled = false;
    let left = 3;
    const stream = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new TextEncoder().encode(LINE.repeat(11_000)));
        else controller.close();
      },
      cancel() {
        cancelled = true;
      },
    });
    // As in browsers without it.
    const bare = { getReader: () => stream.getReader() };
    let bytes = 0;
    for await (const chunk of wholeLines(/** @type {any} */ (bare))) {
      bytes += chunk.length;
      if (stopEarly) break;
    }
    assert.equal(bytes === LINE.length * 33_000, !stopEarly);
    assert.equal(cancelled, stopEarly);
  }
});

test("yields nothing for nothing", async () => {
  assert.deepEqual(await collect(source([])), []);
  assert.deepEqual(await collect(source(["", new Uint8Array()])), []);
});

test("rejects other sources and other pieces", async () => {
  for (const wrong of [undefined, null, 1, "text", new Uint8Array(1), {}, ["a"]]) {
    await assert.rejects(collect(wrong), {
      name: "TypeError",
      message: /needs an async iterable or a ReadableStream/,
    });
  }
  for (const wrong of [1, null, {}, new Uint16Array(2)]) {
    await assert.rejects(collect(source([wrong])), {
      name: "TypeError",
      message: /must consist of strings or Uint8Arrays/,
    });
  }
});

test("passes on errors of the source", async () => {
  const failing = (async function* () {
    yield LINE;
    throw new Error("disk on fire");
  })();
  await assert.rejects(collect(failing), { message: "disk on fire" });
});

test("lone surrogates are three bytes each", () => {
  const text = "a\ud800b\udfffé😀\udc00\ud83d";
  assert.deepEqual(
    Buffer.from(encodeWtf8(text)).toString("hex"),
    ["61", "eda080", "62", "edbfbf", "c3a9", "f09f9880", "edb080", "eda0bd"].join(""),
  );
  assert.equal(isWellFormed(text), false);
  assert.equal(isWellFormed("aé😀"), true);
});

test("lone surrogates are found without the engine's help", () => {
  const own = Object.getOwnPropertyDescriptor(String.prototype, "isWellFormed");
  try {
    // @ts-expect-error As in engines before 2023.
    delete String.prototype.isWellFormed;
    assert.equal(isWellFormed("a\ud800"), false);
    assert.equal(isWellFormed("\udc00\ud800"), false);
    assert.equal(isWellFormed("aé😀"), true);
  } finally {
    if (own) Object.defineProperty(String.prototype, "isWellFormed", own);
  }
});
