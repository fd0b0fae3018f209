//! Validation of events: the exports that the modules `validate` and `schemas` have in common.

use std::cell::RefCell;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{self, Validator};
use prefect_events_boundary::object;

mod options;

thread_local! {
    /// A trap would leave it borrowed: after one, the package starts again with a fresh module.
    static VALIDATOR: RefCell<Validator> = RefCell::default();
}

/// Checks a document. `options`: a plain object; `schemas`: JSON text, for the module that knows them. `places`: the
/// diagnostics get ranges; `wtf8`: lone surrogates are three bytes each. The report is an object: 0.4 to 0.9 of the
/// time that JSON text takes (`tests/bench/boundary.js`).
#[wasm_bindgen]
pub fn validate(
    document: &[u8],
    options: JsValue,
    schemas: Option<String>,
    places: bool,
    wtf8: bool,
) -> Result<JsValue, JsValue> {
    VALIDATOR.with_borrow_mut(|validator| {
        let options = options::read(validator, options, schemas)?;
        object(&validator.validate(document, TextOptions { places, wtf8 }, &options))
    })
}

/// NDJSON, chunk by chunk of whole lines.
#[wasm_bindgen]
pub struct Stream(validate::StreamValidator);

#[wasm_bindgen]
impl Stream {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, schemas: Option<String>) -> Result<Stream, JsValue> {
        let options = VALIDATOR.with_borrow_mut(|validator| options::read(validator, options, schemas))?;
        Ok(Stream(validate::StreamValidator::new(options)))
    }

    /// The report of one chunk: whole lines (the last chunk may lack its line break).
    pub fn chunk(&mut self, lines: &[u8]) -> Result<JsValue, JsValue> {
        object(&self.0.chunk(lines))
    }

    /// Findings that require the end of the input: a report without events.
    pub fn finish(&mut self) -> Result<JsValue, JsValue> {
        object(&self.0.finish())
    }
}
