//! All possible ways to pass data from WebAssembly to JavaScript, for measurements. Never shipped.

use std::cell::RefCell;

use js_sys::Uint8Array;
use prefect_events::automation::{self, CheckOptions};
use prefect_events::backtest::{self, BacktestOptions, CompareOptions, WhyOptions};
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{
    self, ActionSettings, CapturedEvents, DocumentText, HeartbeatConfig, ReplayOptions, SimulateOptions,
};
use prefect_events::tune::{self, HeartbeatObserver, ObserveOptions, WindowCurveOptions};
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
    KEPT.set(Box::new(simulate::test_scenarios(scenarios.into())));
}

#[wasm_bindgen(js_name = keepAdvice)]
pub fn keep_advice(config: JsValue) -> Result<(), JsValue> {
    let config: HeartbeatConfig = options(config)?;
    KEPT.set(Box::new(simulate::heartbeat_advice(&config).map_err(misuse)?));
    Ok(())
}

fn captured(events: &[u8]) -> Result<CapturedEvents, JsValue> {
    let mut captured = CapturedEvents::default();
    let report = captured.add(events.into());
    if report.valid { Ok(captured) } else { Err(misuse("the events cannot be read")) }
}

#[wasm_bindgen(js_name = keepBacktest)]
pub fn keep_backtest(automations: &[u8], events: &[u8]) -> Result<(), JsValue> {
    let result = backtest::backtest_captured(automations.into(), &captured(events)?, &BacktestOptions::default());
    KEPT.set(Box::new(result.map_err(misuse)?));
    Ok(())
}

#[wasm_bindgen(js_name = keepWhy)]
pub fn keep_why(automations: &[u8], events: &[u8], run: &str) -> Result<(), JsValue> {
    let why = backtest::why(&captured(events)?, run, Some(automations.into()), &WhyOptions::default());
    KEPT.set(Box::new(why.map_err(misuse)?));
    Ok(())
}

#[wasm_bindgen(js_name = keepAutomations)]
pub fn keep_automations(old: &[u8], new: &[u8], events: &[u8]) -> Result<(), JsValue> {
    let events = captured(events)?;
    let result = backtest::compare_automations(old.into(), new.into(), &events, &CompareOptions::default());
    KEPT.set(Box::new(result.map_err(misuse)?));
    Ok(())
}

#[wasm_bindgen(js_name = keepActions)]
pub fn keep_actions(automation: &[u8], events: &[u8]) -> Result<(), JsValue> {
    let (events, how) = (DocumentText::from(events).into(), ReplayOptions::default());
    let result = simulate::replay_actions(automation.into(), &events, None, &how, &ActionSettings::default());
    KEPT.set(Box::new(result.map_err(misuse)?));
    Ok(())
}

#[wasm_bindgen(js_name = keepWindowCurve)]
pub fn keep_window_curve(assumptions: JsValue) -> Result<(), JsValue> {
    let assumptions: WindowCurveOptions = options(assumptions)?;
    KEPT.set(Box::new(tune::window_curve(&assumptions).map_err(misuse)?));
    Ok(())
}

#[wasm_bindgen(js_name = keepHeartbeats)]
pub fn keep_heartbeats(events: &[u8]) -> Result<(), JsValue> {
    let mut observer = HeartbeatObserver::default();
    observer.begin_text();
    observer.add(events).map_err(misuse)?;
    KEPT.set(Box::new(observer.finish(&ObserveOptions::default())));
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
