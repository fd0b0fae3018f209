//! The module that validates events (`wasm/validation`) with the user's own JSON Schemas too.

pub use prefect_events_validation::*;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::validate::{self, SchemaFile};
use prefect_events_boundary::{misuse, options};

/// Makes the option `schemas` of files: an array of objects in, JSON text out. A mistake in one is a `TypeError` with a
/// sentence.
#[wasm_bindgen(js_name = readSchemas)]
pub fn read_schemas(files: JsValue) -> Result<String, JsValue> {
    let files: Vec<SchemaFile> = options(files)?;
    validate::read_files(&files).map_err(misuse)
}
