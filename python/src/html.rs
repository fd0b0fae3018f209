//! Results as HTML, for notebooks. A result is given as its JSON.

use prefect_events::render;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use super::run;

/// A table of findings; `None` if it is no report.
#[pyfunction]
pub(super) fn report_html(py: Python<'_>, report: PyBackedBytes) -> PyResult<Option<String>> {
    run(py, report.len(), move || Ok(render::report_html(&report)))
}

/// A timeline; `None` if it is no result of a simulation.
#[pyfunction]
pub(super) fn simulation_html(py: Python<'_>, result: PyBackedBytes) -> PyResult<Option<String>> {
    run(py, result.len(), move || Ok(render::simulation_html(&result)))
}
