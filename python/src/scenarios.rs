//! Files with scenarios, for the plugin of pytest.

use prefect_events::diagnostic::Diagnostic;
use prefect_events::render::{RenderOptions, TestedFile, render_tests};
use prefect_events::simulate::{self, TestOptions, TestReport, TestedScenario};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Serialize;

use super::{Json, document, json, misuse, options, run};

/// The scenarios of a text: their names and places.
#[pyfunction]
pub(super) fn list_scenarios(py: Python<'_>, text: PyBackedBytes) -> PyResult<Json> {
    run(py, text.len(), move || {
        let listed = simulate::list_scenarios(document(&text, true));
        json(&listed.map_err(|found| misuse(found.iter().map(sentence).collect::<Vec<_>>().join("\n")))?)
    })
}

#[derive(Serialize)]
struct Played {
    passed: bool,
    /// It could not be played.
    broken: bool,
    /// What the command `test` prints.
    text: String,
}

/// Plays the scenarios of a file. Returns what became of each.
#[pyfunction]
pub(super) fn play_scenarios(py: Python<'_>, text: PyBackedBytes, settings: &str, file: String) -> PyResult<Json> {
    let options: TestOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let report = simulate::run_tests_with(document(&text, true), &options);
        let played = |scenario: &TestedScenario| Played {
            passed: scenario.passed,
            broken: !scenario.errors.is_empty(),
            text: if scenario.passed { String::new() } else { printed(scenario, &file) },
        };
        json(&report.scenarios.iter().map(played).collect::<Vec<_>>())
    })
}

/// The lines about a scenario, without its name and the sum.
fn printed(scenario: &TestedScenario, file: &str) -> String {
    let report = TestReport {
        passed: scenario.passed,
        expectations: scenario.expectations.len(),
        failures: 0,
        scenarios: vec![scenario.clone()],
        warnings: Vec::new(),
        errors: Vec::new(),
    };
    let text = render_tests(&[TestedFile { file: file.to_owned(), report: Ok(report) }], &RenderOptions::default());
    let lines: Vec<&str> = text.lines().collect();
    let own = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    // The margins of the command are for several scenarios.
    let line = |line: &&str| line.strip_prefix("  ✗ ").or(line.strip_prefix("    ")).unwrap_or(line).to_owned();
    own.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A finding after the name of the file.
fn sentence(found: &Diagnostic) -> String {
    let place = found.range.map(|range| format!("{}:{}: ", range.start.line, range.start.column));
    format!("{}{} [{}]", place.unwrap_or_default(), found.message, found.code)
}
