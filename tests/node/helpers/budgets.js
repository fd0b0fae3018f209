// What the WebAssembly modules may take, in bytes.

export const BUDGETS = [
  { file: "prefect_events.wasm", raw: 350_000, brotli: 120_000 },
  // It builds events too: it has more of the catalogue, and remembers patterns of events.
  { file: "prefect_events_authoring.wasm", raw: 534_000, brotli: 198_000 },
  // Most of it is the library for JSON Schema with its regular expressions.
  { file: "prefect_events_schemas.wasm", raw: 2_400_000, brotli: 660_000 },
];
