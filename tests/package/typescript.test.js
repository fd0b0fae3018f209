// The package's types in projects of TypeScript.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tsc } from "../node/helpers/tsc.js";
import { project } from "./helpers/project.js";

const { folder, add } = await project();

add(
  "consumer.mts",
  `
import { applyFixes, describeEvent, eventTypes, explain, init, validate, validateStream, version } from "prefect-events";
import type { Diagnostic, EventType, Explanation, ValidateOptions, ValidationReport } from "prefect-events";
import * as inline from "prefect-events/inline";
import * as slim from "prefect-events/slim";
import wasm from "prefect-events/prefect_events_validate.wasm";
import { init as initValidate, validate as validateAlone } from "prefect-events/validate";
import { checkAutomation, init as initAutomations, PrefectEventsError } from "prefect-events/automations";
import { init as initSimulate, simulate, type SimulationResult } from "prefect-events/simulate";
import { buildEvent, init as initBuild } from "prefect-events/build";

const options: ValidateOptions = { profile: "server" };
const report: ValidationReport = validate("{}", options);
const first: Diagnostic | undefined = report.diagnostics[0];
export const known: [EventType[], EventType | undefined, Explanation | undefined] = [eventTypes(), describeEvent("a"), explain("b")];
export const text: string = applyFixes("{}", first ? [first] : []) + version();
export async function* all(source: AsyncIterable<Uint8Array>): AsyncGenerator<ValidationReport> {
  await init({ validate: wasm });
  await inline.init();
  await slim.init({ validate: wasm, author: new Uint8Array() });
  slim.initSync({ validate: wasm, author: false, schemas: new Uint8Array() });
  // @ts-expect-error: it finds no file by itself
  await slim.init();
  await Promise.all([initValidate({ schemas: true }), initAutomations({ author: wasm }), initSimulate(), initBuild()]);
  // @ts-expect-error: it has no such module
  await initBuild({ validate: true });
  // @ts-expect-error: no place of a module
  await init({ validate: 42 });
  // @ts-expect-error: nor this
  await init({ validate: { path: "x.wasm" } });
  await init({ validate: Promise.resolve("x.wasm"), author: new ArrayBuffer(8) });
  const played: SimulationResult = simulate("{}");
  const started: "prefect.worker.started" = buildEvent("prefect.worker.started", { worker: { type: "process" } }).event;
  const failure = new PrefectEventsError("internal", started);
  if (failure.code === "not-loaded" || !checkAutomation("{}").valid || played.errors) return;
  yield validateAlone("{}");
  yield inline.validate("{}");
  yield slim.validate("{}");
  yield* validateStream(source);
}
`,
);
add(
  "page.mts",
  `
import type {} from "prefect-events/inline.global.js";
import type {} from "prefect-events/widget.global.js";

export const errors: number = prefectEvents.validate("{}").errors;
`,
);
// CommonJS, which loads modules since Node.js 20.19.
add(
  "consumer.cts",
  `
import { validate } from "prefect-events";
export const errors: number = validate("{}").errors;
`,
);

for (const [module, moduleResolution, lib, files] of /** @type {const} */ ([
  ["Node16", "Node16", "ES2022,DOM", ["consumer.mts", "page.mts"]],
  ["NodeNext", "NodeNext", "ES2022", ["consumer.mts", "page.mts", "consumer.cts"]],
  ["ESNext", "Bundler", "ES2022,DOM", ["consumer.mts", "page.mts"]],
  ["ESNext", "Bundler", "ES2022", ["consumer.mts", "page.mts"]],
])) {
  for (const file of files) {
    test(`${file}: module resolution ${moduleResolution}, lib ${lib}`, () => {
      assert.equal(tsc(folder, file, { module, moduleResolution, lib }), "");
    });
  }
}

test("names that are not exported do not compile", () => {
  add("wrong.mts", 'import { validat } from "prefect-events";\nexport default validat;\n');
  assert.match(tsc(folder, "wrong.mts"), /no exported member.*validat/);
});
