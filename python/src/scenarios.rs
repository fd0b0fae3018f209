//! Files with scenarios, for the plugin of pytest.

use prefect_events::render::{RenderOptions, render_failures};
use prefect_events::simulate::{self, TestOptions, TestedScenario};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Serialize;

use super::{Json, document, json, misuse, options, run};

/// The scenarios of a text: their names and places.
#[pyfunction]
pub(super) fn list_scenarios(py: Python<'_>, text: PyBackedBytes) -> PyResult<Json> {
    run(py, text.len(), move || json(&simulate::list_scenarios(document(&text, true)).map_err(misuse)?))
}

#[derive(Serialize)]
struct Played {
    passed: bool,
    /// It could not be played.
    broken: bool,
    /// Why it has not passed, as the command `test` prints it.
    text: String,
}

/// Plays the scenarios of a file. Returns what became of each.
#[pyfunction]
pub(super) fn play_scenarios(py: Python<'_>, text: PyBackedBytes, settings: &str, file: String) -> PyResult<Json> {
    let options: TestOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let report = simulate::test_scenarios_with(document(&text, true), &options);
        let played = |scenario: &TestedScenario| Played {
            passed: scenario.passed,
            broken: !scenario.errors.is_empty(),
            text: render_failures(scenario, &file, &RenderOptions::default()),
        };
        json(&report.scenarios.iter().map(played).collect::<Vec<_>>())
    })
}
