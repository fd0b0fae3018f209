//! The tasks of an archive's replay. Each makes the plan again from the automations and the options, which takes
//! microseconds.

use prefect_events::archive::replay::{ArchiveReplayError, ArchiveReplayOptions, Reducer, ReplayPlan, SliceInput};
use prefect_events::render::{self, RenderOptions, SimulationView};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::{Json, document, json, misuse, options, run};

/// The slice, the share or `None`, and the bytes.
type Piece = (i64, Option<u32>, Vec<u8>);

/// A slice in order: its head, the state at its end, the ticks, and what each share evaluates.
type Sequenced = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<(u32, Vec<u8>)>);

fn plan(automation: &[u8], options: &ArchiveReplayOptions) -> PyResult<ReplayPlan> {
    ReplayPlan::new(document(automation, false), options).map_err(misuse)
}

/// How many shares there are.
#[pyfunction]
pub(crate) fn replay_shares(py: Python<'_>, automation: PyBackedBytes, settings: &str) -> PyResult<u32> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, 0, move || Ok(plan(&automation, &options)?.shares()))
}

/// Reads a part: its head and pieces. Or, if it cannot be read, a report.
#[pyfunction]
pub(crate) fn replay_map(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    part: u64,
    text: PyBackedBytes,
) -> PyResult<(Option<Json>, Vec<u8>, Vec<Piece>)> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, text.len(), move || match plan(&automation, &options)?.map(part, document(&text, true)) {
        Ok(mapped) => {
            let pieces = mapped.pieces.into_iter().map(|piece| (piece.slice, piece.share, piece.bytes));
            Ok((None, mapped.head, pieces.collect()))
        }
        Err(ArchiveReplayError::Events(report)) => Ok((Some(json(&*report)?), Vec::new(), Vec::new())),
        Err(error) => Err(misuse(error)),
    })
}

/// The times of the replay; the slices in order; of each, the slices whose facts it needs.
#[pyfunction]
pub(crate) fn replay_schedule(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    heads: Vec<PyBackedBytes>,
) -> PyResult<(Vec<u8>, Vec<i64>, Vec<Vec<i64>>)> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, 0, move || {
        let heads: Vec<&[u8]> = heads.iter().map(|head| &**head).collect();
        let schedule = plan(&automation, &options)?.schedule(&heads).map_err(misuse)?;
        let slices = schedule.slices().to_vec();
        let needed = (0..slices.len()).map(|index| schedule.facts_of(index).to_vec()).collect();
        Ok((schedule.bytes(), slices, needed))
    })
}

/// Brings a slice into order. `facts`: of the slices that it needs; with the state of the slice before, of its own.
#[pyfunction]
pub(crate) fn replay_sequence(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    schedule: PyBackedBytes,
    index: usize,
    facts: Vec<PyBackedBytes>,
    state: Option<PyBackedBytes>,
) -> PyResult<Sequenced> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let plan = plan(&automation, &options)?;
        let schedule = plan.read_schedule(&schedule).map_err(misuse)?;
        let facts: Vec<&[u8]> = facts.iter().map(|facts| &**facts).collect();
        let own = plan.sequence(&schedule, index, &facts, state.as_deref()).map_err(misuse)?;
        let orders = own.orders.into_iter().map(|order| (order.share, order.bytes)).collect();
        Ok((own.head, own.state, own.ticks, orders))
    })
}

/// Whether a slice goes on from the state at the end of the one before.
#[pyfunction]
pub(crate) fn replay_continues(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    head: PyBackedBytes,
    state: PyBackedBytes,
) -> PyResult<bool> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, state.len(), move || plan(&automation, &options)?.continues(&head, &state).map_err(misuse))
}

/// Executes the steps of a slice for one share: returns what it reports, and the state for the next slice. `state`: of
/// the slice before; `None` for the first.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn replay_reduce(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    schedule: PyBackedBytes,
    share: u32,
    index: usize,
    ticks: PyBackedBytes,
    order: Option<PyBackedBytes>,
    events: Vec<PyBackedBytes>,
    state: Option<PyBackedBytes>,
) -> PyResult<(Vec<u8>, Vec<u8>)> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let plan = plan(&automation, &options)?;
        let schedule = plan.read_schedule(&schedule).map_err(misuse)?;
        let mut reducer = match &state {
            Some(state) => Reducer::restore(&plan, &schedule, state),
            None => Reducer::new(&plan, &schedule, share),
        }
        .map_err(misuse)?;
        let events: Vec<&[u8]> = events.iter().map(|events| &**events).collect();
        let input = SliceInput { index, ticks: &ticks, order: order.as_deref(), events: &events };
        reducer.slice(input).map_err(misuse)?;
        Ok((reducer.take(), reducer.save()))
    })
}

/// The result: JSON text, or with `how` as text for people.
#[pyfunction]
pub(crate) fn replay_merge(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    schedule: PyBackedBytes,
    slices: Vec<PyBackedBytes>,
    firings: Vec<PyBackedBytes>,
    how: Option<&str>,
) -> PyResult<Json> {
    let how: Option<RenderOptions> = how.map(options).transpose()?;
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let plan = plan(&automation, &options)?;
        let schedule = plan.read_schedule(&schedule).map_err(misuse)?;
        let slices: Vec<&[u8]> = slices.iter().map(|head| &**head).collect();
        let firings: Vec<&[u8]> = firings.iter().map(|firings| &**firings).collect();
        let merged = plan.merge(&schedule, &slices, &firings).map_err(misuse)?;
        match how {
            None => json(&merged),
            Some(how) => {
                let view = SimulationView::default();
                Ok(render::render_simulation(&merged.result, view, &how).map_err(misuse)?.into_bytes())
            }
        }
    })
}
