// The package's types in projects of TypeScript.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tsc } from "../node/helpers/tsc.js";
import { project } from "./helpers/project.js";

const { folder, add } = await project();

add(
  "consumer.mts",
  `
import { applyFixes, describe, eventTypes, explain, init, validate, validateStream, version } from "prefect-events";
import type { Diagnostic, EventType, Explanation, Report, ValidateOptions } from "prefect-events";
import * as inline from "prefect-events/inline";
import * as slim from "prefect-events/slim";
import wasm from "prefect-events/prefect_events_validate.wasm";

const options: ValidateOptions = { profile: "server" };
const report: Report = validate("{}", options);
const first: Diagnostic | undefined = report.diagnostics[0];
export const known: [EventType[], EventType | undefined, Explanation | undefined] = [eventTypes(), describe("a"), explain("b")];
export const text: string = applyFixes("{}", first ? [first] : []) + version();
export async function* all(source: AsyncIterable<Uint8Array>): AsyncGenerator<Report> {
  await init({ validate: wasm });
  await inline.init();
  await slim.init({ validate: wasm, author: new Uint8Array() });
  slim.initSync({ validate: wasm, author: false, schemas: new Uint8Array() });
  // @ts-expect-error: it finds no file by itself
  await slim.init();
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

test("what is no part of it does not compile", () => {
  add("wrong.mts", 'import { validat } from "prefect-events";\nexport default validat;\n');
  assert.match(tsc(folder, "wrong.mts"), /no exported member.*validat/);
});
