//! Options, with the user's own schemas where the module has them.

use prefect_events::validate::ValidateOptions;
#[cfg(feature = "custom-schemas")]
use prefect_events_boundary::misuse;
use wasm_bindgen::JsValue;

/// `schemas`: JSON text, for the module that knows them.
#[cfg_attr(not(feature = "custom-schemas"), expect(unused_variables, reason = "another module reads them"))]
pub fn read(options: JsValue, schemas: Option<String>) -> Result<ValidateOptions, JsValue> {
    #[cfg_attr(not(feature = "custom-schemas"), expect(unused_mut, reason = "another module reads schemas"))]
    let mut options: ValidateOptions = prefect_events_boundary::options(options)?;
    #[cfg(feature = "custom-schemas")]
    if let Some(schemas) = schemas {
        let schemas = prefect_events::validate::Schemas::read(&schemas);
        options.schemas = Some(std::sync::Arc::new(schemas.map_err(misuse)?));
    }
    Ok(options)
}
