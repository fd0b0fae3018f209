//! The module for those who write: automations are checked, scenarios played and tested, windows over heartbeats
//! reckoned with.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::automation::{self, CheckSettings};
use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{self, BuildOptions};
use prefect_events::json::write::ToJson;
use prefect_events::simulate::{self, DocumentText, HeartbeatConfig, ReplayOptions, SimulateOptions};
use prefect_events_boundary::misuse;

fn check_settings(options: &str) -> Result<CheckSettings, JsValue> {
    if options.is_empty() {
        return Ok(CheckSettings::default());
    }
    serde_json::from_str(options).map_err(|problem| misuse(&problem.to_string()))
}

/// Checks automations. `options`: JSON text, empty for none; `places`: whether the diagnostics get ranges; `wtf8`: lone
/// surrogates are three bytes each.
#[wasm_bindgen(js_name = checkAutomation)]
pub fn check_automation(text: &[u8], options: &str, places: bool, wtf8: bool) -> Result<String, JsValue> {
    let settings = check_settings(options)?;
    Ok(automation::check(text, TextOptions { places, wtf8 }, &settings).to_json())
}

/// Builds one event. `input` and `options`: JSON text. A mistake in them is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = buildEvent)]
pub fn build_event(name: &str, input: &str, options: &str) -> Result<String, JsValue> {
    let options = BuildOptions::read(options).map_err(|mistake| misuse(&mistake))?;
    generate::build_event(name, input, options).map_err(|mistake| misuse(&mistake))
}

/// Builds events of one name, some after the other, so that they need not be in the memory all at once.
#[wasm_bindgen]
pub struct EventLines(generate::EventLines);

#[wasm_bindgen]
impl EventLines {
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, options: &str) -> Result<EventLines, JsValue> {
        let options = BuildOptions::read(options).map_err(|mistake| misuse(&mistake))?;
        Ok(EventLines(generate::EventLines::new(name, options)))
    }

    /// An event of each input: a line each. `inputs`: JSON text, a list, as bytes. Mistakes likewise.
    pub fn write(&mut self, inputs: &[u8]) -> Result<String, JsValue> {
        self.0.write(inputs).map_err(|mistake| misuse(&mistake))
    }
}

/// Builds the history of a run, part by part: its events in the order of time. Mistakes likewise.
#[wasm_bindgen]
pub struct History(generate::History);

#[wasm_bindgen]
impl History {
    #[wasm_bindgen(constructor)]
    pub fn new(spec: &str, options: &str) -> Result<History, JsValue> {
        let options = BuildOptions::read(options).map_err(|mistake| misuse(&mistake))?;
        generate::History::new(spec, options).map(History).map_err(|mistake| misuse(&mistake))
    }

    /// A JSON array of the next events; nothing when all have been told.
    pub fn part(&mut self) -> Option<String> {
        self.0.part()
    }
}

/// What a window over heartbeats is good for; a mistake in the question is a `TypeError` with a sentence.
#[wasm_bindgen(js_name = heartbeatAdvice)]
pub fn heartbeat_advice(question: &str) -> Result<String, JsValue> {
    let config: HeartbeatConfig = serde_json::from_str(question).map_err(|problem| misuse(&problem.to_string()))?;
    simulate::heartbeat_advice(&config).map(|advice| text(&advice)).map_err(|problem| misuse(&problem.to_string()))
}

/// Plays a scenario. `version`: of the server, whatever the scenario says. `places` and `wtf8` as for `validate`.
#[wasm_bindgen]
#[expect(clippy::fn_params_excessive_bools, reason = "JavaScript names them")]
#[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands over what it makes")]
pub fn simulate(
    bytes: &[u8],
    trace: bool,
    events: bool,
    version: Option<String>,
    places: bool,
    wtf8: bool,
) -> Result<String, JsValue> {
    let server_version = match version {
        Some(version) => Some(serde_json::from_value(version.into()).map_err(|problem| misuse(&problem.to_string()))?),
        None => None,
    };
    let scenario = DocumentText { bytes, options: TextOptions { places, wtf8 } };
    let options = SimulateOptions { trace, events, server_version, ..SimulateOptions::default() };
    Ok(text(&simulate::simulate(scenario, &options)))
}

/// Tests scenarios with expectations.
#[wasm_bindgen(js_name = testScenarios)]
#[must_use]
pub fn test_scenarios(bytes: &[u8], wtf8: bool) -> String {
    text(&simulate::run_tests(DocumentText { bytes, options: TextOptions { places: true, wtf8 } }))
}

/// Plays events to an automation. `options`: JSON text.
#[wasm_bindgen]
pub fn replay(automation: &[u8], events: &[u8], options: &str, trace: bool) -> Result<String, JsValue> {
    let options: ReplayOptions = serde_json::from_str(options).map_err(|problem| misuse(&problem.to_string()))?;
    let options = ReplayOptions { trace, ..options };
    let played = simulate::replay(automation.into(), events.into(), &options);
    played.map(|result| text(&result)).map_err(|problem| misuse(&problem.to_string()))
}

fn text(result: &impl serde::Serialize) -> String {
    serde_json::to_string(result).unwrap_or_default()
}
