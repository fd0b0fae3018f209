//! The native module of the Python package `prefect_events`: converts, and reads files (`file.rs`), in parts and in several
//! threads.
//!
//! Documents and results are bytes; results are JSON text, from which msgspec makes typed objects. Options are JSON text
//! with the names of the core.

mod archive;
mod client;
mod command;
mod file;
mod html;
mod live;
mod scenarios;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use prefect_events::automation::{self, CheckOptions};
use prefect_events::catalogue::{self, event_types};
use prefect_events::diagnostic::{Code, TextOptions};
use prefect_events::explain;
use prefect_events::generate::{self, BuildOptions, BuiltEvent, EventBuilder, History, RunSpec};
use prefect_events::simulate::{self, DocumentText, HeartbeatConfig, ReplayOptions};
use prefect_events::text;
use prefect_events::validate::{ValidateOptions, Validator};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyString;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How often a long call looks for signals, such as Ctrl-C.
const SIGNALS: Duration = Duration::from_millis(50);

/// The most bytes of input for which a call is short: a thread of its own would take longer than the work.
const SHORT: usize = 1 << 16;

/// As in the npm package.
const DEFECT: &str = concat!(
    "internal error in prefect-events: please report it, with the input if you can, at ",
    env!("CARGO_PKG_REPOSITORY"),
    "/issues"
);

type Json = Vec<u8>;

/// Runs work without the GIL. If the input is large, it runs on another thread, so that a signal ends the call.
fn run<T: Send + 'static>(
    py: Python<'_>,
    size: usize,
    work: impl FnOnce() -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    if size <= SHORT {
        return py.detach(|| catch_unwind(AssertUnwindSafe(work))).unwrap_or_else(|_| Err(defect()));
    }
    let (sender, mut receiver) = channel();
    // After a signal nobody receives the result.
    thread::Builder::new().spawn(move || drop(sender.send(work())))?;
    loop {
        let waiting = move || (receiver.recv_timeout(SIGNALS), receiver);
        let (result, waited) = py.detach(waiting);
        receiver = waited;
        match result {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(defect()),
        }
    }
}

/// The core panicked, which no input may cause.
fn defect() -> PyErr {
    PyRuntimeError::new_err(DEFECT)
}

fn misuse(problem: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(problem.to_string())
}

fn options<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| wrong_options(&error))
}

fn wrong_options(error: &serde_json::Error) -> PyErr {
    let sentence = error.to_string();
    // The place is one in our own text.
    let sentence = sentence.rsplit_once(" at line ").map_or(&*sentence, |(sentence, _)| sentence);
    misuse(text::sentence(sentence))
}

fn json(result: &impl Serialize) -> PyResult<Json> {
    serde_json::to_vec(result).map_err(misuse)
}

fn text_options(places: bool) -> TextOptions {
    // Lone surrogates of a `str` are three bytes each.
    TextOptions { places, wtf8: true }
}

fn document(bytes: &[u8], places: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: text_options(places) }
}

/// A text of the caller, without a copy: `bytes` or `str`.
enum Text {
    Bytes(PyBackedBytes),
    Str(PyBackedStr),
}

impl Text {
    fn of(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Ok(text) = value.cast::<PyString>() else { return Ok(Text::Bytes(value.extract()?)) };
        if let Ok(text) = PyBackedStr::try_from(text.clone()) {
            return Ok(Text::Str(text));
        }
        // Lone surrogates are three bytes each, which the core reports.
        let encoded = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
        Ok(Text::Bytes(encoded.extract()?))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Text::Bytes(text) => text,
            Text::Str(text) => text.as_bytes(),
        }
    }
}

/// Validates events. `text`: `bytes` or `str`; `schemas`: JSON text, by names of events. Returns a report.
#[pyfunction(name = "validate")]
fn validate_text(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    settings: &str,
    schemas: Option<&str>,
    places: bool,
) -> PyResult<Json> {
    let text = Text::of(text)?;
    // Taken out: what a panic leaves behind is not used again.
    let mut validator = idle().pop().unwrap_or_default();
    let options = validate_options(&mut validator, settings, schemas)?;
    run(py, text.bytes().len(), move || {
        let report = validator.validate(text.bytes(), text_options(places), &options);
        idle().push(validator);
        json(&report)
    })
}

/// Those that no call uses. Each remembers events without findings, so that similar ones take half the time
/// (`tests/bench/python.js`).
static VALIDATORS: Mutex<Vec<Validator>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<Validator>> {
    VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn validate_options(validator: &mut Validator, settings: &str, schemas: Option<&str>) -> PyResult<ValidateOptions> {
    let schemas = schemas.map(|text| validator.schemas(text)).transpose().map_err(misuse)?;
    // Most calls have none: reading an empty object would take a tenth of the time of a short event.
    let options = if settings == "{}" { ValidateOptions::default() } else { options(settings)? };
    Ok(ValidateOptions { schemas, ..options })
}

/// Checks automations.
#[pyfunction]
fn check_automation(py: Python<'_>, text: PyBackedBytes, settings: &str, places: bool) -> PyResult<Json> {
    let options: CheckOptions = options(settings)?;
    run(py, text.len(), move || json(&automation::check(&text, text_options(places), &options)))
}

/// Builds one event: JSON text. `input`: JSON text.
#[pyfunction]
fn build_event(py: Python<'_>, name: String, input: PyBackedBytes, settings: &str) -> PyResult<String> {
    let options: BuildOptions = options(settings)?;
    run(py, input.len(), move || {
        generate::build_event(&name, &*input, &options).map(BuiltEvent::into_json).map_err(misuse)
    })
}

/// Builds events with one name: NDJSON. `inputs`: JSON text, a list.
#[pyfunction]
fn build_event_lines(py: Python<'_>, name: String, inputs: PyBackedBytes, settings: &str) -> PyResult<String> {
    let options: BuildOptions = options(settings)?;
    run(py, inputs.len(), move || EventBuilder::new(&name, &options).build_lines(&*inputs).map_err(misuse))
}

/// Builds the history of a run: JSON arrays, each of a part of it. Short descriptions can have a million events.
#[pyfunction]
fn build_run(py: Python<'_>, spec: PyBackedBytes, settings: &str) -> PyResult<Vec<String>> {
    let options: BuildOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let spec = RunSpec::from_json(&spec).map_err(misuse)?;
        let mut history = History::new(&spec, &options).map_err(misuse)?;
        Ok(std::iter::from_fn(|| history.part()).collect())
    })
}

/// Plays a scenario. A short one can have many events.
#[pyfunction(name = "simulate")]
fn simulate_scenario(py: Python<'_>, scenario: PyBackedBytes, settings: &str, places: bool) -> PyResult<Json> {
    play(py, scenario, settings, places, simulate::simulate)
}

/// Plays a scenario to each version of the server.
#[pyfunction]
fn compare_versions(py: Python<'_>, scenario: PyBackedBytes, settings: &str, places: bool) -> PyResult<Json> {
    play(py, scenario, settings, places, simulate::compare_versions)
}

/// Tests scenarios with expectations.
#[pyfunction]
fn test_scenarios(py: Python<'_>, scenarios: PyBackedBytes, settings: &str, places: bool) -> PyResult<Json> {
    play(py, scenarios, settings, places, simulate::test_scenarios_with)
}

fn play<O: DeserializeOwned + Send + 'static, R: Serialize + 'static>(
    py: Python<'_>,
    text: PyBackedBytes,
    settings: &str,
    places: bool,
    played: fn(DocumentText<'_>, &O) -> R,
) -> PyResult<Json> {
    let options: O = options(settings)?;
    run(py, usize::MAX, move || json(&played(document(&text, places), &options)))
}

/// The files that scenarios refer to: a list.
#[pyfunction]
fn scenario_files(py: Python<'_>, scenarios: PyBackedBytes) -> PyResult<Json> {
    run(py, scenarios.len(), move || json(&simulate::scenario_files(document(&scenarios, false))))
}

/// Plays events to an automation.
#[pyfunction]
fn replay(
    py: Python<'_>,
    automation: PyBackedBytes,
    events: Vec<PyBackedBytes>,
    settings: &str,
    places: bool,
) -> PyResult<Json> {
    let options: ReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let events: Vec<_> = events.iter().map(|text| document(text, true)).collect();
        json(&simulate::replay(document(&automation, places), events.into(), &options).map_err(misuse)?)
    })
}

/// What a window over heartbeats tolerates.
#[pyfunction]
fn heartbeat_advice(py: Python<'_>, settings: &str) -> PyResult<Json> {
    let config: HeartbeatConfig = options(settings)?;
    run(py, 0, move || json(&simulate::heartbeat_advice(&config).map_err(misuse)?))
}

/// The explanation of a code, or `None`.
#[pyfunction(name = "explain")]
fn explain_code(py: Python<'_>, code: &str) -> PyResult<Option<Json>> {
    let Some(code) = Code::find(code) else { return Ok(None) };
    run(py, 0, move || json(&explain::explain(code).whole()).map(Some))
}

/// All diagnostic codes.
#[pyfunction]
fn diagnostic_codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.name()).collect()
}

/// Descriptions of all types of events, in the order of the documentation.
#[pyfunction(name = "event_types")]
fn all_event_types(py: Python<'_>) -> PyResult<Json> {
    run(py, 0, || json(&event_types(&generate::inputs)))
}

/// Descriptions of the inputs for a custom event.
#[pyfunction]
fn custom_event_inputs(py: Python<'_>) -> PyResult<Json> {
    run(py, 0, || json(&generate::custom_inputs()))
}

/// The description of the type of an event, with an example of this name; `None` if Prefect has no such event.
#[pyfunction]
fn describe_event(py: Python<'_>, name: String) -> PyResult<Option<Json>> {
    run(py, 0, move || catalogue::describe(&name, &generate::inputs).map(|described| json(&described)).transpose())
}

/// The text of a JSON Schema, by its name or that of an event.
#[pyfunction]
fn json_schema(py: Python<'_>, name: String) -> PyResult<String> {
    run(py, 0, move || simulate::schema::find(&name).map(|schema| schema.line()).map_err(misuse))
}

/// The names of the JSON Schemas that are not of a single event of Prefect.
#[pyfunction]
fn schema_names() -> Vec<&'static str> {
    prefect_events::schema::NAMES.to_vec()
}

/// The known name of an event that is nearest to a misspelt one.
#[pyfunction]
fn suggest(name: &str) -> Option<String> {
    catalogue::suggest(name)
}

/// A panic, for the test of what becomes of it. `size` chooses the thread, as the size of an input does.
#[cfg(feature = "defect")]
#[pyfunction]
#[expect(clippy::panic, reason = "that is what it is for")]
fn defect_of(py: Python<'_>, size: usize) -> PyResult<()> {
    run(py, size, || panic!("on purpose"))
}

/// The native module.
#[pymodule(gil_used = false)]
mod _core {
    #[pymodule_export]
    use super::archive::advise::{map as archive_heartbeats_map, merge as archive_heartbeats_merge};
    #[pymodule_export]
    use super::archive::replay::{
        continues as archive_replay_continues, map as archive_replay_map, merge as archive_replay_merge,
        reduce as archive_replay_reduce, schedule as archive_replay_schedule, sequence as archive_replay_sequence,
        shares as archive_replay_shares,
    };
    #[pymodule_export]
    use super::archive::validate::{
        map as archive_validate_map, merge as archive_validate_merge, reduce as archive_validate_reduce,
        repeated as archive_validate_repeated,
    };
    #[pymodule_export]
    use super::client::{ServerTask, profiles_path, server_url};

    #[pymodule_export]
    use super::command::{
        Command, event_names, not_text, printable, printable_lines, pull_interrupted, pull_summary, reason_of,
    };
    #[pymodule_export]
    use super::file::validate_file;
    #[pymodule_export]
    use super::html::{report_html, simulation_html};
    #[pymodule_export]
    use super::live::{
        backtest_events, compare_automations, freeze_firings, observe_heartbeats, render_actions, why_run, window_curve,
    };
    #[pymodule_export]
    use super::scenarios::{list_scenarios, play_scenarios};

    #[pymodule_export]
    use super::{
        all_event_types, build_event, build_event_lines, build_run, check_automation, compare_versions,
        custom_event_inputs, describe_event, diagnostic_codes, explain_code, heartbeat_advice, json_schema, replay,
        scenario_files, schema_names, simulate_scenario, suggest, test_scenarios, validate_text,
    };

    #[cfg(feature = "defect")]
    #[pymodule_export]
    use super::defect_of;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = prefect_events::VERSION;
}
