//! The boundary: converts between JavaScript's values and the core's, and nothing else.

use serde::Serialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::catalogue::{self, Family};
use crate::validate::{self, Settings, TextOptions};

/// Absent optional fields are omitted; numbers are numbers, maps are plain objects.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// Reads the options, JSON text; a mistake in them is a `TypeError` with a sentence.
fn settings(options: &str) -> Result<Settings, JsValue> {
    Settings::read(options).map_err(|problem| js_sys::TypeError::new(&format!("prefect-events: {problem}")).into())
}

/// Checks a text. `options`: JSON text, empty for none. `places`: whether the diagnostics get ranges. `wtf8`: lone surrogates are three
/// bytes each.
#[wasm_bindgen]
pub fn validate(text: &[u8], options: &str, places: bool, wtf8: bool) -> Result<JsValue, JsValue> {
    to_js(&validate::validate(text, TextOptions { places, wtf8 }, &settings(options)?))
}

/// NDJSON, chunk by chunk of whole lines.
#[wasm_bindgen]
pub struct Stream(validate::Stream);

#[wasm_bindgen]
impl Stream {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Stream, JsValue> {
        Ok(Stream(validate::Stream::new(settings(options)?)))
    }

    /// The report of one chunk: whole lines (the last chunk may lack its line break).
    pub fn chunk(&mut self, lines: &[u8]) -> Result<JsValue, JsValue> {
        to_js(&self.0.chunk(lines))
    }

    /// What can only be said at the end: a report of no events.
    pub fn finish(&mut self) -> Result<JsValue, JsValue> {
        to_js(&self.0.finish())
    }
}

/// Whether a text that begins like this is NDJSON: `true`, `false`, or `undefined` if more must be
/// seen. `whole`: this is all of it.
#[wasm_bindgen(js_name = isNdjson)]
pub fn is_ndjson(head: &[u8], whole: bool) -> Option<bool> {
    validate::is_ndjson(head, whole)
}

/// Everything known of each event.
#[wasm_bindgen(js_name = eventTypes)]
pub fn event_types() -> Result<JsValue, JsValue> {
    let types = catalogue::families().iter().map(|family| described(family, None));
    Ok(types.collect::<Result<js_sys::Array, JsValue>>()?.into())
}

/// Everything known of one event, by a name or a name pattern, or `undefined`.
#[wasm_bindgen]
pub fn describe(name: &str) -> Result<JsValue, JsValue> {
    let pattern = catalogue::families().iter().find(|family| family.name.text == name);
    match (pattern, catalogue::find(name)) {
        (Some(family), _) => described(family, None),
        (None, Some(found)) => described(found.family, found.hole),
        (None, None) => Ok(JsValue::UNDEFINED),
    }
}

fn described(family: &'static Family, variant: Option<&str>) -> Result<JsValue, JsValue> {
    let described = to_js(&catalogue::describe(family.name.text))?;
    let example = js_sys::JSON::parse(&catalogue::example(family, variant))?;
    js_sys::Reflect::set(&described, &"example".into(), &example)?;
    Ok(described)
}

/// The version of this package.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
