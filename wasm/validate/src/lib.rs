//! The module that validates events.

use prefect_events::schema::UnknownSchema;
use prefect_events::{catalogue, validate as validation};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

pub use prefect_events_validation::*;

/// Whether a text that begins like this is NDJSON: `true`, `false`, or `undefined` if more of it is needed. `whole`:
/// this is the complete text.
#[wasm_bindgen(js_name = isNdjson)]
pub fn is_ndjson(head: &[u8], whole: bool) -> Option<bool> {
    validation::is_ndjson(head, whole)
}

/// The name pattern of an event's family; otherwise `undefined`, or with `why` what is wrong with the name of a schema. One
/// function, because every bundle that validates has the glue of all.
#[wasm_bindgen(js_name = familyOf, unchecked_return_type = "string | undefined")]
#[must_use]
pub fn family_of(name: &str, why: bool) -> JsValue {
    match catalogue::find(name) {
        Some(found) => found.family.name.text.into(),
        None if why => UnknownSchema::new(name).to_string().into(),
        None => JsValue::UNDEFINED,
    }
}
