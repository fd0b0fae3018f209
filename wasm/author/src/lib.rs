//! The module for authors: checks automations, plays and tests scenarios, builds events, and advises on windows over
//! heartbeats.
//!
//! Documents are bytes, as `&[u8]`, which the glue copies once; `js_sys::Uint8Array` takes 1.7 to 2.5 of that time for
//! 1 KB, and the same for 10 MB. `places`: the diagnostics get ranges; `wtf8`: lone surrogates are three bytes each.
//! Options are plain objects; an error in them is a `TypeError` with a message.
//!
//! Reports and advice are objects. Results with maps of labels are JSON text, because an object would lose a label
//! `__proto__`: as objects, simulations would take 0.95 to 1.07 of the time of their text and `JSON.parse`, reports on tests
//! 0.74 to 0.85, built events 1.6 to 1.9.
//! `tests/bench/boundary.js` measures it.

use js_sys::Function;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events::automation::{self, CheckOptions};
use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{self, BuildOptions, BuiltEvent, RunSpec};
use prefect_events::simulate::{self, DocumentText, ExampleOptions, HeartbeatConfig};
use prefect_events_boundary::{document, event_texts, misuse, object, options, text};

/// Checks automations.
#[wasm_bindgen(js_name = checkAutomation)]
pub fn check_automation(document: &[u8], settings: JsValue, places: bool, wtf8: bool) -> Result<JsValue, JsValue> {
    let settings: CheckOptions = options(settings)?;
    object(&automation::check(document, TextOptions { places, wtf8 }, &settings))
}

/// Builds one event. `input`: JSON text, in WTF-8.
#[wasm_bindgen(js_name = buildEvent)]
pub fn build_event(name: &str, input: &[u8], how: JsValue) -> Result<String, JsValue> {
    let how: BuildOptions = options(how)?;
    generate::build_event(name, input, &how).map(BuiltEvent::into_json).map_err(misuse)
}

/// The caller's function, called with the number of events built and the total number. Its exceptions propagate:
/// nothing else ends early.
struct Progress {
    function: Option<Function>,
    total: usize,
}

impl Progress {
    fn report(&self, done: usize) -> Result<(), JsValue> {
        let Some(function) = &self.function else { return Ok(()) };
        let number = |count| JsValue::from(u32::try_from(count).unwrap_or(u32::MAX));
        function.call2(&JsValue::UNDEFINED, &number(done), &number(self.total)).map(drop)
    }
}

/// Builds events with one name in batches, so that they need not be in memory all at once.
#[wasm_bindgen]
pub struct EventLines {
    builder: generate::EventBuilder,
    progress: Progress,
}

#[wasm_bindgen]
impl EventLines {
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, how: JsValue, total: usize, progress: Option<Function>) -> Result<EventLines, JsValue> {
        let builder = generate::EventBuilder::new(name, &options(how)?);
        Ok(EventLines { builder, progress: Progress { function: progress, total } })
    }

    /// An event from each input, one line each. `inputs`: JSON text, a list.
    pub fn write(&mut self, inputs: &[u8]) -> Result<String, JsValue> {
        let lines = self.builder.build_lines(inputs).map_err(misuse)?;
        self.progress.report(self.builder.built())?;
        Ok(lines)
    }
}

/// Builds the history of a run, part by part: its events in order of time.
#[wasm_bindgen]
pub struct History {
    history: generate::History,
    progress: Progress,
}

#[wasm_bindgen]
impl History {
    #[wasm_bindgen(constructor)]
    pub fn new(spec: &[u8], how: JsValue, progress: Option<Function>) -> Result<History, JsValue> {
        let how: BuildOptions = options(how)?;
        let history = RunSpec::from_json(spec).and_then(|spec| generate::History::new(&spec, &how));
        let history = history.map_err(misuse)?;
        let total = history.remaining();
        Ok(History { history, progress: Progress { function: progress, total } })
    }

    /// A JSON array of the next events; nothing after the last.
    pub fn part(&mut self) -> Result<Option<String>, JsValue> {
        let Some(part) = self.history.part() else { return Ok(None) };
        self.progress.report(self.progress.total.saturating_sub(self.history.remaining()))?;
        Ok(Some(part))
    }
}

/// What a window over heartbeats tolerates.
#[wasm_bindgen(js_name = heartbeatAdvice)]
pub fn heartbeat_advice(config: JsValue) -> Result<JsValue, JsValue> {
    let config: HeartbeatConfig = options(config)?;
    object(&simulate::heartbeat_advice(&config).map_err(misuse)?)
}

/// Plays a scenario.
#[wasm_bindgen]
pub fn simulate(bytes: &[u8], how: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    play(document(bytes, places, wtf8), how, simulate::simulate)
}

/// Finds a history on which an automation fires, and one on which it does not.
#[wasm_bindgen(js_name = exampleRuns)]
pub fn example_runs(bytes: &[u8], how: JsValue, wtf8: bool) -> Result<String, JsValue> {
    let how: ExampleOptions = options(how)?;
    text(&simulate::example_runs(document(bytes, true, wtf8), &how))
}

/// Plays a scenario to each version of the server.
#[wasm_bindgen(js_name = compareVersions)]
pub fn compare_versions(bytes: &[u8], how: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    play(document(bytes, places, wtf8), how, simulate::compare_versions)
}

/// Tests scenarios with expectations.
#[wasm_bindgen(js_name = testScenarios)]
pub fn test_scenarios(bytes: &[u8], how: JsValue, places: bool, wtf8: bool) -> Result<String, JsValue> {
    play(document(bytes, places, wtf8), how, simulate::test_scenarios_with)
}

/// The files that scenarios refer to: a list.
#[wasm_bindgen(js_name = scenarioFiles)]
pub fn scenario_files(bytes: &[u8], wtf8: bool) -> Result<JsValue, JsValue> {
    object(&simulate::scenario_files(document(bytes, false, wtf8)))
}

/// Plays events to an automation. `events`: concatenated texts; `ends`: where each ends; `events_wtf8`: 1 for each that has
/// lone surrogates.
#[wasm_bindgen]
pub fn replay(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    ends: &[u32],
    events_wtf8: &[u8],
    how: JsValue,
) -> Result<String, JsValue> {
    let events = event_texts(events, ends, events_wtf8);
    let automation = document(automation, true, automation_wtf8);
    text(&simulate::replay(automation, events, &options(how)?).map_err(misuse)?)
}

/// Plays events to an automation on each version of the server.
#[wasm_bindgen(js_name = compareReplays)]
pub fn compare_replays(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    ends: &[u32],
    events_wtf8: &[u8],
    how: JsValue,
) -> Result<String, JsValue> {
    let events = event_texts(events, ends, events_wtf8);
    let automation = document(automation, true, automation_wtf8);
    text(&simulate::compare_replays(automation, events, &options(how)?).map_err(misuse)?)
}

/// Plays a scenario or tests, with their own options.
fn play<O: DeserializeOwned, R: Serialize>(
    scenario: DocumentText<'_>,
    how: JsValue,
    made: fn(DocumentText<'_>, &O) -> R,
) -> Result<String, JsValue> {
    text(&made(scenario, &options(how)?))
}
