//! The module that validates events (`events.rs`) with the user's own JSON Schemas too.

pub use prefect_events_validate::*;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::validate;
use prefect_events_boundary::misuse;

/// Makes the option `schemas` of files: JSON text in, JSON text out. A mistake in one is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = readSchemas)]
pub fn read_schemas(files: &str) -> Result<String, JsValue> {
    let files: Vec<validate::SchemaFile> =
        serde_json::from_str(files).map_err(|problem| misuse(&problem.to_string()))?;
    validate::read_files(&files).map_err(|problem| misuse(&problem.to_string()))
}
