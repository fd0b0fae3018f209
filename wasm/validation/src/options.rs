//! Options, with the user's own schemas if the module supports them.

use prefect_events::validate::{ValidateOptions, Validator};
use wasm_bindgen::JsValue;

/// Most calls have no options: reading an empty object would take a tenth of the time of a short event.
fn options(plain: JsValue) -> Result<ValidateOptions, JsValue> {
    if plain.is_undefined() { Ok(ValidateOptions::default()) } else { prefect_events_boundary::options(plain) }
}

#[cfg(not(feature = "custom-schemas"))]
pub(crate) fn read(_: &mut Validator, plain: JsValue, _: Option<String>) -> Result<ValidateOptions, JsValue> {
    options(plain)
}

#[cfg(feature = "custom-schemas")]
pub(crate) fn read(
    validator: &mut Validator,
    plain: JsValue,
    schemas: Option<String>,
) -> Result<ValidateOptions, JsValue> {
    let options = options(plain)?;
    let schemas = schemas.map(|text| validator.schemas(&text)).transpose();
    Ok(ValidateOptions { schemas: schemas.map_err(prefect_events_boundary::misuse)?, ..options })
}
