//! Results as HTML, for notebooks. A result is given as its JSON.

use prefect_events::render;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde_json::Value;

use super::run;

/// A table of findings; `None` if it is no report.
#[pyfunction]
pub(super) fn report_html(py: Python<'_>, report: PyBackedBytes) -> PyResult<Option<String>> {
    run(py, report.len(), move || Ok(render::report_html(&read(&report))))
}

/// A timeline; `None` if it is no result of a simulation.
#[pyfunction]
pub(super) fn simulation_html(py: Python<'_>, result: PyBackedBytes) -> PyResult<Option<String>> {
    run(py, result.len(), move || Ok(render::simulation_html(&read(&result))))
}

/// Bytes that are no JSON are no result.
fn read(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap_or_default()
}
