//! The module for those who write: automation documents are checked, windows over heartbeats are reckoned with.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::automation::{self, CheckSettings};
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

/// What a window over heartbeats is good for; a mistake in the question is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = heartbeatAdvice)]
pub fn heartbeat_advice(question: &str) -> Result<String, JsValue> {
    let question = Question::read(question).map_err(|problem| misuse(&problem))?;
    Ok(simulate::advise(question).to_json())
}
