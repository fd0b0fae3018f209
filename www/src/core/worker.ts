// Runs the core, so that the page never waits for it.

import type { Answer, Part, Request, Watch } from "./api.ts";

type Loaded = Record<string, (...args: unknown[]) => unknown>;

const PARTS: Record<Part, () => Promise<unknown>> = {
  events: () => import("./functions/events.ts"),
  catalogue: () => import("./functions/catalogue.ts"),
  authoring: () => import("./functions/authoring.ts"),
  scenes: () => import("./functions/scenes.ts"),
  server: () => import("./functions/server.ts"),
  tuning: () => import("./functions/tuning.ts"),
  actions: () => import("./functions/actions.ts"),
};

/** Bytes of a file that are enough to recognise NDJSON and text. */
const HEAD_BYTES = 1024 * 1024;
/** Maximum size in bytes of a document that is not NDJSON: it is checked in memory as a whole. */
const LARGEST_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** Files whose check the user has stopped. */
const stopped = new Set<number>();
/** The running calls that can be stopped. */
const running = new Map<number, AbortController>();

async function answer(request: Request): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === "stop") stop(id);
    else if (request.kind === "file") await validateFile(request);
    else send({ id, kind: "value", value: await call(request) });
  } catch (error) {
    send(errorAnswer(id, error));
  }
}

function stop(id: number) {
  const call = running.get(id);
  if (call) call.abort();
  else stopped.add(id);
}

async function call(request: Extract<Request, { kind: "call" }>): Promise<unknown> {
  const { id, part, name, args, watched } = request;
  const controller = new AbortController();
  if (watched) running.set(id, controller);
  try {
    const action = ((await PARTS[part]()) as Loaded)[name];
    if (!action) throw new Error(`there is no ${part}.${name}`);
    if (!watched) return await action(...args);
    const step = (value: unknown) => send({ id, kind: "step", value });
    return await action(...args, { step, signal: controller.signal } satisfies Watch<unknown>);
  } finally {
    running.delete(id);
  }
}

async function validateFile({ id, file, options }: Extract<Request, { kind: "file" }>) {
  const { isNdjson, validate, validateStream } = await import("./functions/events.ts");
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (head.includes(0))
    throw new TypeError("This is not text: decompress it first, or save it as UTF-8.");
  if (!isNdjson(head)) {
    if (file.size > LARGEST_DOCUMENT_BYTES)
      throw new TypeError(
        "This is one JSON document of more than 256 MB. Write one event per line (NDJSON), and files of any size can be checked.",
      );
    const report = validate(await file.arrayBuffer(), options);
    send({ id, kind: "progress", bytes: file.size, report });
    send({ id, kind: "value", value: undefined });
    return;
  }
  let bytes = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        controller.enqueue(chunk);
      },
    }),
  );
  for await (const report of validateStream(counted, options)) {
    send({ id, kind: "progress", bytes, report });
    // Lets a request to stop arrive in between.
    await new Promise((resume) => setTimeout(resume));
    if (stopped.delete(id)) break;
  }
  send({ id, kind: "value", value: undefined });
}

/** The package throws a TypeError for a wrong input, and has a code for one with too large a result; everything else is an internal error. */
function errorAnswer(id: number, error: unknown): Answer {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isTooLarge = (error as { code?: unknown } | undefined)?.code === "out-of-memory";
  return { id, kind: "error", message, stack, ours: !(isTooLarge || error instanceof TypeError) };
}

function send(answer: Answer) {
  postMessage(answer);
}

/** A request that could not be read does not say whose it is: the page then ends this worker and rejects all its requests. */
function unreadable(): never {
  throw new Error("a request to the worker could not be read");
}

addEventListener(
  "message",
  ({ data }: MessageEvent<Request | null>) => void (data ? answer(data) : unreadable()),
);
addEventListener("messageerror", unreadable);
