// The maximum sizes of the WebAssembly modules, in bytes.

export const BUDGETS = [
  // Options by serde-wasm-bindgen are 32 KB of it, 17 KB with brotli: see wasm/boundary.
  // Data is 93 KB, 7 KB of it addresses of the documentation. Floats in messages about wrong options are 14 KB of std's code.
  { file: "prefect_events_validate.wasm", raw: 340_000, brotli: 118_000 },
  // It has more of the catalogue, for the builder and for what can never fire; parsers of YAML and of Jinja (minijinja);
  // and what explains a replay. The latter three came with 300 KB, of which minijinja's lexer and parser are 72 KB: nothing
  // else of it is linked.
  // Code before wasm-opt, which leaves 82 % of it: simulation and engine 215 KB, std with its generic functions 207 KB,
  // checks of automations 113 KB, building 99 KB, minijinja's parser 77 KB, YAML 72 KB (39 KB of it saphyr-parser). Data: 173 KB.
  // What finds example runs for an automation has 27 KB (10 KB with brotli), most of it for the events that a trigger names.
  // The engine as a sequencer and automations, whose memory does not grow with the events, came with 3 KB: no byte of what
  // saves states or streams is linked.
  { file: "prefect_events_author.wasm", raw: 1_087_000, brotli: 375_000 },
  // Only loaded by `prefect-events/live`. It has the engine, the reader of YAML, and minijinja's runtime with Python's
  // operators and filters (it was 481 KB with the client alone, and 1,374 KB with the actions and the client).
  { file: "prefect_events_live.wasm", raw: 1_900_000, brotli: 640_000 },
  // Most of it is the library for JSON Schema with its regular expressions.
  { file: "prefect_events_schemas.wasm", raw: 2_400_000, brotli: 660_000 },
  // All of the core, with the library for JSON Schema, for the command line: never loaded by a browser.
  { file: "prefect_events_command.wasm", raw: 4_550_000, brotli: 1_260_000 },
];
