// What the WebAssembly modules may take, in bytes.

export const BUDGETS = [
  { file: "prefect_events_validate.wasm", raw: 280_000, brotli: 100_000 },
  // It has more of the catalogue, for the builder, and a parser of YAML with places.
  { file: "prefect_events_author.wasm", raw: 705_000, brotli: 245_000 },
  // Most of it is the library for JSON Schema with its regular expressions.
  { file: "prefect_events_schemas.wasm", raw: 2_400_000, brotli: 660_000 },
];
