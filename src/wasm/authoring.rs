//! The module for those who write: automation documents are checked, windows over heartbeats are reckoned with.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::automation::{self, CheckSettings};
use crate::build::{self, BuildOptions};
use crate::json::write::ToJson;
use crate::simulate::{self, Question};
use crate::validate::TextOptions;

use super::misuse;

/// Checks automations. `options`: JSON text, empty for none; `places`: whether the diagnostics get ranges; `wtf8`: lone
/// surrogates are three bytes each.
#[wasm_bindgen(js_name = checkAutomation)]
pub fn check_automation(text: &[u8], options: &str, places: bool, wtf8: bool) -> Result<String, JsValue> {
    let settings = CheckSettings::read(options).map_err(|problem| misuse(&problem))?;
    Ok(automation::check(text, TextOptions { places, wtf8 }, &settings).to_json())
}

/// Builds one event. `input` and `options`: JSON text. A mistake in them is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = buildEvent)]
pub fn build_event(name: &str, input: &str, options: &str) -> Result<String, JsValue> {
    let options = BuildOptions::read(options).map_err(|mistake| misuse(&mistake))?;
    build::build_event(name, input, options).map_err(|mistake| misuse(&mistake))
}

/// Builds the history of a run: a JSON array of its events, in the order of time. Likewise.
#[wasm_bindgen(js_name = buildRun)]
pub fn build_run(spec: &str, options: &str) -> Result<String, JsValue> {
    let options = BuildOptions::read(options).map_err(|mistake| misuse(&mistake))?;
    build::build_run(spec, options).map_err(|mistake| misuse(&mistake))
}

/// What a window over heartbeats is good for; a mistake in the question is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = heartbeatAdvice)]
pub fn heartbeat_advice(question: &str) -> Result<String, JsValue> {
    let question = Question::read(question).map_err(|problem| misuse(&problem))?;
    Ok(simulate::advise(question).to_json())
}
