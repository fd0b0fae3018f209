//! All possible ways to pass data from WebAssembly to JavaScript, for measurements. Never shipped.

use std::cell::RefCell;

use js_sys::Uint8Array;
use prefect_events::automation::{self, CheckOptions};
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{self, HeartbeatConfig, SimulateOptions};
use prefect_events::validate::{ValidateOptions, validate};
use prefect_events_boundary::{misuse, options, text};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A precalculated result, so that only its conversion is measured.
trait Crosses {
    fn as_text(&self) -> Result<String, JsValue>;
    fn as_object(&self) -> Result<JsValue, JsValue>;
}

impl<T: Serialize> Crosses for T {
    fn as_text(&self) -> Result<String, JsValue> {
        text(self)
    }

    fn as_object(&self) -> Result<JsValue, JsValue> {
        self.serialize(&Serializer::json_compatible()).map_err(misuse)
    }
}

const PLACES: TextOptions = TextOptions { places: true, wtf8: false };

thread_local! {
    static KEPT: RefCell<Box<dyn Crosses>> = RefCell::new(Box::new(()));
}

#[wasm_bindgen(js_name = keepReport)]
pub fn keep_report(events: &[u8]) {
    KEPT.set(Box::new(validate(events, PLACES, &ValidateOptions::default())));
}

#[wasm_bindgen(js_name = keepCheckReport)]
pub fn keep_check_report(automations: &[u8]) {
    KEPT.set(Box::new(automation::check(automations, PLACES, &CheckOptions::default())));
}

#[wasm_bindgen(js_name = keepSimulation)]
pub fn keep_simulation(scenario: &[u8], trace: bool) {
    let how = SimulateOptions { trace, ..SimulateOptions::default() };
    KEPT.set(Box::new(simulate::simulate(scenario.into(), &how)));
}

#[wasm_bindgen(js_name = keepComparison)]
pub fn keep_comparison(scenario: &[u8]) {
    KEPT.set(Box::new(simulate::compare_versions(scenario.into(), &SimulateOptions::default())));
}

#[wasm_bindgen(js_name = keepTestReport)]
pub fn keep_test_report(scenarios: &[u8]) {
    KEPT.set(Box::new(simulate::run_tests(scenarios.into())));
}

#[wasm_bindgen(js_name = keepAdvice)]
pub fn keep_advice(config: JsValue) -> Result<(), JsValue> {
    let config: HeartbeatConfig = options(config)?;
    KEPT.set(Box::new(simulate::heartbeat_advice(&config).map_err(misuse)?));
    Ok(())
}

/// Any JSON, such as events that were built.
#[wasm_bindgen(js_name = keepJson)]
pub fn keep_json(json: &str) -> Result<(), JsValue> {
    let json: serde_json::Value = serde_json::from_str(json).map_err(misuse)?;
    KEPT.set(Box::new(json));
    Ok(())
}

#[wasm_bindgen(js_name = asText)]
pub fn as_text() -> Result<String, JsValue> {
    KEPT.with_borrow(|kept| kept.as_text())
}

#[wasm_bindgen(js_name = asObject)]
pub fn as_object() -> Result<JsValue, JsValue> {
    KEPT.with_borrow(|kept| kept.as_object())
}

#[wasm_bindgen(js_name = bytesAsSlice)]
#[must_use]
pub fn bytes_as_slice(bytes: &[u8]) -> usize {
    bytes.len()
}

#[wasm_bindgen(js_name = bytesAsArray)]
#[must_use]
pub fn bytes_as_array(bytes: &Uint8Array) -> usize {
    bytes.to_vec().len()
}

#[wasm_bindgen(js_name = optionsPlain)]
pub fn options_plain(plain: JsValue) -> Result<usize, JsValue> {
    options::<ValidateOptions>(plain).map(|options| options.max_diagnostics)
}

#[wasm_bindgen(js_name = optionsText)]
pub fn options_text(json: &str) -> Result<usize, JsValue> {
    let options: ValidateOptions = serde_json::from_str(json).map_err(misuse)?;
    Ok(options.max_diagnostics)
}
