// The core runs here, so that nothing it does makes the page wait.

import type { Answer, Part, Request } from "./api.ts";

type Loaded = Record<string, (...args: unknown[]) => unknown>;

const PARTS: Record<Part, () => Promise<unknown>> = {
  events: () => import("./functions/events.ts"),
  catalogue: () => import("./functions/catalogue.ts"),
  authoring: () => import("./functions/authoring.ts"),
  scenes: () => import("./functions/scenes.ts"),
};

/** Files whose check is to end before they do. */
const stopped = new Set<number>();

async function answer(request: Request): Promise<void> {
  const { id } = request;
  try {
    if (request.kind === "stop") stopped.add(id);
    else if (request.kind === "file") await validateFile(request);
    else send({ id, kind: "value", value: await call(request) });
  } catch (error) {
    send(told(id, error));
  }
}

async function call({ part, name, args }: Extract<Request, { kind: "call" }>): Promise<unknown> {
  const action = ((await PARTS[part]()) as Loaded)[name];
  if (!action) throw new Error(`there is no ${part}.${name}`);
  return action(...args);
}

async function validateFile({ id, file, options }: Extract<Request, { kind: "file" }>) {
  const { validateStream } = await import("./functions/events.ts");
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
    // Lets a request to stop come in between.
    await new Promise((resume) => setTimeout(resume));
    if (stopped.delete(id)) break;
  }
  send({ id, kind: "value", value: undefined });
}

/** The package throws a TypeError with a sentence for what it was given; everything else is a fault. */
function told(id: number, error: unknown): Answer {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { id, kind: "error", message, stack, ours: !(error instanceof TypeError) };
}

function send(answer: Answer) {
  postMessage(answer);
}

addEventListener("message", (event: MessageEvent<Request>) => void answer(event.data));
