//! Heartbeats of archives.

use std::cell::Cell;

use prefect_events::archive::{ArchiveError, heartbeat_lines};
use prefect_events::render::{RenderOptions, render_heartbeats};
use prefect_events::tune::{HeartbeatObserver, ObserveError, ObserveOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use super::pieces;
use crate::{Json, json, misuse, options, run};

/// What the heartbeats of a file need. `write` receives bytes. Returns their lengths, and the number of other events.
#[pyfunction]
#[pyo3(name = "archive_heartbeats_map")]
pub(crate) fn map(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    first: bool,
    write: &Bound<'_, PyAny>,
) -> PyResult<(Vec<usize>, u64, u64)> {
    let (mut lengths, mut others, mut lines) = (Vec::new(), 0_u64, 0_u64);
    let is_first = Cell::new(first);
    pieces(py, file, first, |text| {
        let first = is_first.replace(false);
        let found = py.detach(|| heartbeat_lines(text, first));
        let (found, more) = found.map_err(|error: ObserveError| {
            let error = ObserveError { line: error.line.saturating_add(lines), ..error };
            PyValueError::new_err(error.to_string())
        })?;
        lines = lines.saturating_add(memchr::memchr_iter(b'\n', text).count() as u64);
        others = others.saturating_add(more);
        if !found.is_empty() {
            write.call1((PyBytes::new(py, &found),))?;
            lengths.push(found.len());
        }
        Ok(())
    })?;
    Ok((lengths, others, lines))
}

/// What all heartbeats call for. `parts`: an iterator over bytes in the order of the parts. `others`: the number of other
/// events. Returns the result as JSON, or as text.
#[pyfunction]
#[pyo3(name = "archive_heartbeats_merge")]
pub(crate) fn merge(
    py: Python<'_>,
    settings: &str,
    others: u64,
    parts: &Bound<'_, PyAny>,
    how: Option<&str>,
) -> PyResult<(Json, Option<String>)> {
    let (settings, how): (ObserveOptions, Option<RenderOptions>) = (options(settings)?, how.map(options).transpose()?);
    let mut observer = HeartbeatObserver::default();
    observer.add_others(others);
    for bytes in parts.try_iter()? {
        let bytes: PyBackedBytes = bytes?.extract()?;
        // A part that was kept was read before.
        observer.add(&bytes).map_err(|_| misuse(ArchiveError { version: None }))?;
        py.check_signals()?;
    }
    let result = observer.finish(&settings);
    let text = json(&result)?;
    run(py, 0, move || Ok((text, how.map(|how| render_heartbeats(&result, &how)))))
}
