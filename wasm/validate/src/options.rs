//! Options, with the user's own schemas where the module knows them.

use prefect_events::validate::ValidateOptions;
use prefect_events_boundary::options;
use wasm_bindgen::JsValue;

#[cfg(not(feature = "custom-schemas"))]
pub fn read(plain: JsValue, _: Option<String>) -> Result<ValidateOptions, JsValue> {
    options(plain)
}

#[cfg(feature = "custom-schemas")]
pub(crate) fn read(plain: JsValue, schemas: Option<String>) -> Result<ValidateOptions, JsValue> {
    use std::cell::RefCell;
    use std::sync::Arc;

    use prefect_events::validate::Schemas;

    thread_local! {
        /// The last schemas, which most callers give again and again.
        static LAST: RefCell<Option<(String, Arc<Schemas>)>> = const { RefCell::new(None) };
    }

    let options: ValidateOptions = options(plain)?;
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
