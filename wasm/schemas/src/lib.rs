//! The module that validates events (`wasm/validation`) with the user's own JSON Schemas too.

pub use prefect_events_validation::*;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::validate::{self, SchemaFile};
use prefect_events_boundary::{misuse, options};

/// Converts files to the option `schemas`: an array of objects in, JSON text out. An error in one is a `TypeError` with
/// a message.
#[wasm_bindgen(js_name = readSchemas)]
pub fn read_schemas(files: JsValue) -> Result<String, JsValue> {
    let files: Vec<SchemaFile> = options(files)?;
    validate::read_files(&files).map_err(misuse)
}
