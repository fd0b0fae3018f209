//! Options out of JSON text.

use prefect_events::validate::ValidateOptions;
use prefect_events_boundary::misuse;
use serde::Deserialize;
use wasm_bindgen::JsValue;

/// Reads the options, JSON text; a mistake in them is a `TypeError` with a sentence.
pub fn read(options: &str) -> Result<ValidateOptions, JsValue> {
    if options.is_empty() {
        return Ok(ValidateOptions::default());
    }
    let mut options: serde_json::Value =
        serde_json::from_str(options).map_err(|problem| misuse(&problem.to_string()))?;
    #[cfg_attr(not(feature = "custom-schemas"), expect(unused_variables, reason = "another module reads them"))]
    let schemas = options.as_object_mut().and_then(|options| options.remove("schemas"));
    #[cfg_attr(not(feature = "custom-schemas"), expect(unused_mut, reason = "another module reads schemas"))]
    let mut options = ValidateOptions::deserialize(options).map_err(|problem| misuse(&problem.to_string()))?;
    #[cfg(feature = "custom-schemas")]
    if let Some(schemas) = schemas {
        let schemas = prefect_events::validate::Schemas::read(&schemas.to_string());
        options.schemas = Some(std::sync::Arc::new(schemas.map_err(|problem| misuse(&problem.to_string()))?));
    }
    Ok(options)
}
