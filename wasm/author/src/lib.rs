//! The module for those who write: automations are checked, scenarios played and tested, events built, and windows over
//! heartbeats advised on.
//!
//! Documents are bytes. `places`: the diagnostics get ranges; `wtf8`: lone surrogates are three bytes each. Options are
//! plain objects; a mistake in them is a `TypeError` with a sentence. Results are JSON text, which the engine reads more
//! quickly than it makes objects one property after the other (`tests/bench/boundary.js` has the figures).

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::automation::{self, CheckSettings};
use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{self, BuildOptions, EventLines, History};
use prefect_events::simulate::{self, DocumentText, HeartbeatConfig, ReplayOptions, SimulateOptions};
use prefect_events_boundary::{misuse, options, text};

/// Checks automations.
#[wasm_bindgen(js_name = checkAutomation)]
pub fn check_automation(document: &[u8], settings: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    let settings: CheckSettings = options(settings)?;
    text(&automation::check(document, TextOptions { places, wtf8 }, &settings))
}

/// Builds one event. `input`: JSON text.
#[wasm_bindgen(js_name = buildEvent)]
pub fn build_event(name: &str, input: &str, options: &str) -> Result<String, JsValue> {
    let options = BuildOptions::read(options).map_err(misuse)?;
    generate::build_event(name, input, options).map_err(misuse)
}

/// Builds many events of one name. `inputs`: lists of inputs, the JSON text of each as bytes. `each` is given the events of
/// each list, a line for each, and can throw to stop.
#[wasm_bindgen(js_name = buildEvents)]
pub fn build_events(name: &str, inputs: &Array, options: &str, each: &Function) -> Result<(), JsValue> {
    let options = BuildOptions::read(options).map_err(misuse)?;
    let mut builder = EventLines::new(name, options);
    for list in inputs.iter() {
        let lines = builder.write(&Uint8Array::from(list).to_vec()).map_err(misuse)?;
        each.call1(&JsValue::NULL, &lines.into())?;
    }
    Ok(())
}

/// Builds the history of a run. `spec`: JSON text. `each` is given the next events, a JSON array, in the order of time.
#[wasm_bindgen(js_name = buildRun)]
pub fn build_run(spec: &str, options: &str, each: &Function) -> Result<(), JsValue> {
    let options = BuildOptions::read(options).map_err(misuse)?;
    let mut history = History::new(spec, options).map_err(misuse)?;
    while let Some(part) = history.part() {
        each.call1(&JsValue::NULL, &part.into())?;
    }
    Ok(())
}

/// What a window over heartbeats is good for.
#[wasm_bindgen(js_name = heartbeatAdvice)]
pub fn heartbeat_advice(config: JsValue) -> Result<String, JsValue> {
    let config: HeartbeatConfig = options(config)?;
    text(&simulate::heartbeat_advice(&config).map_err(misuse)?)
}

/// Plays a scenario.
#[wasm_bindgen]
pub fn simulate(bytes: &[u8], how: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    let how: SimulateOptions = options(how)?;
    text(&simulate::simulate(document(bytes, places, wtf8), &how))
}

/// Plays a scenario to each version of the server.
#[wasm_bindgen(js_name = compareVersions)]
pub fn compare_versions(bytes: &[u8], how: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    let how: SimulateOptions = options(how)?;
    text(&simulate::compare_versions(document(bytes, places, wtf8), &how))
}

/// Tests scenarios with expectations.
#[wasm_bindgen(js_name = testScenarios)]
pub fn test_scenarios(bytes: &[u8], places: bool, wtf8: bool) -> Result<String, JsValue> {
    text(&simulate::run_tests(document(bytes, places, wtf8)))
}

/// Plays events to an automation.
#[wasm_bindgen]
pub fn replay(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    events_wtf8: bool,
    how: JsValue,
) -> Result<String, JsValue> {
    let how: ReplayOptions = options(how)?;
    let (automation, events) = (document(automation, true, automation_wtf8), document(events, true, events_wtf8));
    text(&simulate::replay(automation, events, &how).map_err(misuse)?)
}

/// Plays events to an automation on each version of the server.
#[wasm_bindgen(js_name = compareReplays)]
pub fn compare_replays(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    events_wtf8: bool,
    how: JsValue,
) -> Result<String, JsValue> {
    let how: ReplayOptions = options(how)?;
    let (automation, events) = (document(automation, true, automation_wtf8), document(events, true, events_wtf8));
    text(&simulate::compare_replays(automation, events, &how).map_err(misuse)?)
}

fn document(bytes: &[u8], places: bool, wtf8: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places, wtf8 } }
}
