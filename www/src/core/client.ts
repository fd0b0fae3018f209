// The page's side of the worker.

import type { ValidateOptions, ValidationReport } from "prefect-events";
import type { Answer, Functions, Part, Request, Watch } from "./api.ts";

/** The input is wrong; the message is for the user. */
export class InputError extends Error {
  override name = "InputError";
}

/** An internal error. */
export class Fault extends Error {
  override name = "Fault";
}

/** Quick calls do not wait for others, and no others for slow ones: they have their own workers, which start when first needed. */
type Pace = "any" | "quick" | "slow";

interface Waiting {
  worker: Worker;
  resolve(value: never): void;
  reject(error: Error): void;
  progress?: ((bytes: number, report: ValidationReport) => void) | undefined;
  step?: ((value: never) => void) | undefined;
}

const workers = new Map<Pace, Worker>();
let last = 0;
const waiting = new Map<number, Waiting>();

function start(pace: Pace): Worker {
  const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const fail = (message: string) => {
    // It may be unusable: the next call starts a new one.
    started.terminate();
    if (workers.get(pace) === started) workers.delete(pace);
    const fault = new Fault(message);
    for (const [id, one] of waiting) {
      if (one.worker !== started) continue;
      waiting.delete(id);
      one.reject(fault);
    }
  };
  // An answer that could not be read does not say whose it is.
  const unreadable = () => fail("an answer of the worker could not be read");
  started.addEventListener("message", ({ data }: MessageEvent<Answer | null>) =>
    data ? take(data) : unreadable(),
  );
  started.addEventListener("messageerror", unreadable);
  started.addEventListener("error", (event) =>
    fail(event.message || "the worker could not be started"),
  );
  workers.set(pace, started);
  return started;
}

function take(answer: Answer) {
  const asked = waiting.get(answer.id);
  if (!asked) return;
  if (answer.kind === "progress") {
    asked.progress?.(answer.bytes, answer.report);
    return;
  }
  if (answer.kind === "step") {
    asked.step?.(answer.value as never);
    return;
  }
  waiting.delete(answer.id);
  if (answer.kind === "value") {
    asked.resolve(answer.value as never);
    return;
  }
  const error = answer.ours
    ? new Fault(answer.message)
    : new InputError(answer.message.replace(/^prefect-events: /, ""));
  if (answer.stack) error.stack = answer.stack;
  asked.reject(error);
}

function ask<T>(
  request: Request,
  { pace = "any", ...more }: { pace?: Pace } & Pick<Waiting, "progress" | "step"> = {},
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const worker = workers.get(pace) ?? start(pace);
    // Throws for what cannot be sent: then nobody waits.
    worker.postMessage(request);
    waiting.set(request.id, { worker, resolve, reject, ...more });
  });
}

type Callable = (...args: never[]) => unknown;
type Called<P extends Part> = {
  [N in keyof Functions[P]]: Functions[P][N] extends infer F extends Callable
    ? (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>
    : never;
};

function part<P extends Part>(part: P, pace: Pace = "any"): Called<P> {
  return new Proxy({} as Called<P>, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        last += 1;
        return ask({ id: last, kind: "call", part, name: String(name), args }, { pace });
      },
  });
}

/** The package's functions, in the worker: each rejects with an `InputError` or a `Fault`. */
export const events = part("events");
export const catalogue = part("catalogue");
export const authoring = part("authoring");
export const scenes = part("scenes");
export const server = part("server");
export const tuning = part("tuning", "slow");
export const actions = part("actions");
export const quick = part("authoring", "quick");

/** Validates a file: NDJSON of any size, with one report for each part of it, or one document. */
export function validateFile(
  file: Blob,
  options: ValidateOptions,
  progress: (bytes: number, report: ValidationReport) => void,
): { done: Promise<void>; stop: () => void } {
  last += 1;
  const id = last;
  const done = ask<void>({ id, kind: "file", file, options }, { progress });
  return { done, stop: () => stop(id) };
}

function stop(id: number) {
  workers.get("any")?.postMessage({ id, kind: "stop" } satisfies Request);
}

/** Without the last argument, which the worker adds. */
type Unwatched<A extends unknown[]> = A extends [...infer B, Watch<never>] ? B : never;
type Step<A extends unknown[]> = A extends [...unknown[], Watch<infer S>] ? S : never;
type Watchable = (...args: never[]) => unknown;

/** Calls a function of the worker that reports steps and can be stopped. */
export function watch<P extends Part, N extends keyof Functions[P]>(
  part: P,
  name: N,
  args: Functions[P][N] extends infer F extends Watchable ? Unwatched<Parameters<F>> : never,
  step: (
    value: Functions[P][N] extends infer F extends Watchable ? Step<Parameters<F>> : never,
  ) => void,
) {
  type Result = Functions[P][N] extends infer F extends Watchable ? Awaited<ReturnType<F>> : never;
  last += 1;
  const id = last;
  const request: Request = { id, kind: "call", part, name: String(name), args, watched: true };
  return { done: ask<Result>(request, { step }), stop: () => stop(id) };
}

/** Runs one call at a time. Of calls that arrive meanwhile, only the last one runs; the others resolve to `undefined`. */
export function latest<A extends unknown[], T>(action: (...args: A) => Promise<T>) {
  let running = false;
  let next:
    | { args: A; resolve: (value: T | undefined) => void; reject: (error: unknown) => void }
    | undefined;
  const run = async () => {
    running = true;
    while (next) {
      const { args, resolve, reject } = next;
      next = undefined;
      try {
        resolve(await action(...args));
      } catch (error) {
        reject(error);
      }
    }
    running = false;
  };
  return (...args: A): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      next?.resolve(undefined);
      next = { args, resolve, reject };
      if (!running) void run();
    });
}
