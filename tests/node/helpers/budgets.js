// What the WebAssembly modules may take, in bytes.

export const BUDGETS = [
  { file: "prefect_events_validate.wasm", raw: 280_000, brotli: 100_000 },
  // It has more of the catalogue, for the builder, and reads YAML.
  { file: "prefect_events_author.wasm", raw: 650_000, brotli: 235_000 },
  // Most of it is the library for JSON Schema with its regular expressions.
  { file: "prefect_events_schemas.wasm", raw: 2_400_000, brotli: 660_000 },
];
