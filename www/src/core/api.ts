// The functions of the worker.

import type { ValidateOptions, ValidationReport } from "prefect-events";
import type * as actions from "./functions/actions.ts";
import type * as authoring from "./functions/authoring.ts";
import type * as catalogue from "./functions/catalogue.ts";
import type * as events from "./functions/events.ts";
import type * as scenes from "./functions/scenes.ts";
import type * as server from "./functions/server.ts";
import type * as tuning from "./functions/tuning.ts";

/** Chunks that are loaded when first needed. */
export interface Functions {
  events: Pick<typeof events, "validate">;
  catalogue: typeof catalogue;
  authoring: typeof authoring;
  scenes: typeof scenes;
  server: typeof server;
  tuning: typeof tuning;
  actions: typeof actions;
}

export type Part = keyof Functions;

/** The last argument of functions that report steps and can be stopped. */
export interface Watch<S> {
  step(value: S): void;
  signal: AbortSignal;
}

export type Request =
  | { id: number; kind: "call"; part: Part; name: string; args: unknown[]; watched?: boolean }
  | { id: number; kind: "file"; file: Blob; options: ValidateOptions }
  | { id: number; kind: "stop" };

export type Answer =
  | { id: number; kind: "value"; value: unknown }
  | { id: number; kind: "step"; value: unknown }
  | { id: number; kind: "progress"; bytes: number; report: ValidationReport }
  /** `ours`: an internal error, not a mistake in the input. */
  | { id: number; kind: "error"; message: string; stack?: string | undefined; ours: boolean };
