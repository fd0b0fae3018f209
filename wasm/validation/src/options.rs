//! Options, with the user's own schemas if the module supports them.

use prefect_events::validate::ValidateOptions;
use wasm_bindgen::JsValue;

/// Most calls have no options: reading an empty object would take a tenth of the time of a short event.
fn options(plain: JsValue) -> Result<ValidateOptions, JsValue> {
    if plain.is_undefined() { Ok(ValidateOptions::default()) } else { prefect_events_boundary::options(plain) }
}

#[cfg(not(feature = "custom-schemas"))]
pub(crate) fn read(plain: JsValue, _: Option<String>) -> Result<ValidateOptions, JsValue> {
    options(plain)
}

#[cfg(feature = "custom-schemas")]
pub(crate) fn read(plain: JsValue, schemas: Option<String>) -> Result<ValidateOptions, JsValue> {
    use std::cell::RefCell;
    use std::sync::Arc;

    use prefect_events::validate::Schemas;

    thread_local! {
        /// The last schemas, which most callers pass repeatedly.
        static LAST: RefCell<Option<(String, Arc<Schemas>)>> = const { RefCell::new(None) };
    }

    let options = options(plain)?;
    let Some(schemas) = schemas else { return Ok(options) };
    let last =
        LAST.with_borrow(|last| last.as_ref().filter(|(text, _)| *text == schemas).map(|(_, read)| read.clone()));
    let read = match last {
        Some(read) => read,
        None => Arc::new(Schemas::read(&schemas).map_err(prefect_events_boundary::misuse)?),
    };
    LAST.set(Some((schemas, read.clone())));
    Ok(ValidateOptions { schemas: Some(read), ..options })
}
