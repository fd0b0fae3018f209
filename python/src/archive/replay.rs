//! Replays archives. Each task makes the plan again from the automations and the options, which takes microseconds.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use prefect_events::archive::replay::{
    ArchiveReplayError, ArchiveReplayOptions, MapMemory, Reducer, ReplayPlan, Schedule, SliceInput,
};
use prefect_events::render::{self, RenderOptions, SimulationView};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use super::pieces;
use crate::{Json, document, json, misuse, options, run};

/// How the share is named that has what couples all events.
const ALL: i64 = -1;

/// The heads of all pieces of a part; of what was written the slice, the share, and the length; how many events; and why
/// others cannot be read.
type Mapped = (Vec<Vec<u8>>, Vec<(i64, i64, usize)>, u64, Vec<String>);

/// A slice in order: its head, the state at its end, the ticks, and what each share evaluates.
type Sequenced = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<(u32, Vec<u8>)>);

/// The times, the slices in order, and of each the slices whose facts it needs.
type Scheduled = (Vec<u8>, Vec<i64>, Vec<Vec<i64>>);

fn plan(automation: &[u8], options: &ArchiveReplayOptions) -> PyResult<ReplayPlan> {
    ReplayPlan::new(document(automation, false), options).map_err(misuse)
}

/// The plan and its times.
fn scheduled(automation: &[u8], options: &ArchiveReplayOptions, schedule: &[u8]) -> PyResult<(ReplayPlan, Schedule)> {
    let plan = plan(automation, options)?;
    let schedule = plan.read_schedule(schedule).map_err(misuse)?;
    Ok((plan, schedule))
}

fn slices_of<B: AsRef<[u8]>>(all: &[B]) -> Vec<&[u8]> {
    all.iter().map(AsRef::as_ref).collect()
}

/// How many shares there are.
#[pyfunction]
#[pyo3(name = "archive_replay_shares")]
pub(crate) fn shares(py: Python<'_>, automation: PyBackedBytes, settings: &str) -> PyResult<u32> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, 0, move || Ok(plan(&automation, &options)?.shares()))
}

/// Reads the lines of a file, or of a piece of one. `part`: the number of its first piece. `write` receives bytes.
#[pyfunction]
#[pyo3(name = "archive_replay_map")]
pub(crate) fn map(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    part: u64,
    file: &Bound<'_, PyAny>,
    first: bool,
    write: &Bound<'_, PyAny>,
) -> PyResult<Mapped> {
    let options: ArchiveReplayOptions = options(settings)?;
    let (mut heads, mut kept, mut number, mut events, mut not_played) =
        (Vec::new(), Vec::new(), part, 0_u64, Vec::new());
    let mut memory = MapMemory::default();
    pieces(py, file, first, |text| {
        let mapped = py.detach(|| {
            let plan = plan(&automation, &options)?;
            plan.map(number, document(text, true), &mut memory).map_err(unread)
        })?;
        number = number.saturating_add(1);
        events = events.saturating_add(mapped.events);
        not_played.extend(mapped.not_played.into_iter().map(|found| found.message));
        heads.push(mapped.head);
        for piece in mapped.pieces {
            write.call1((PyBytes::new(py, &piece.bytes),))?;
            kept.push((piece.slice, piece.share.map_or(ALL, i64::from), piece.bytes.len()));
        }
        Ok(())
    })?;
    Ok((heads, kept, events, not_played))
}

/// As the reason why a file cannot be read.
fn unread(error: ArchiveReplayError) -> PyErr {
    let ArchiveReplayError::Events(report) = &error else { return misuse(error) };
    misuse(report.diagnostics.first().map_or_else(|| error.to_string(), |first| first.message.clone()))
}

/// The times of the replay; the slices in order; of each, the slices whose facts it needs.
#[pyfunction]
#[pyo3(name = "archive_replay_schedule")]
pub(crate) fn schedule(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    heads: Vec<PyBackedBytes>,
) -> PyResult<Scheduled> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, 0, move || {
        let schedule = plan(&automation, &options)?.schedule(&slices_of(&heads)).map_err(misuse)?;
        let slices = schedule.slices().to_vec();
        let needed = (0..slices.len()).map(|index| schedule.facts_of(index).to_vec()).collect();
        Ok((schedule.bytes(), slices, needed))
    })
}

/// Brings a slice into order. `facts`: of the slices that it needs; with the state of the slice before, of its own.
#[pyfunction]
#[pyo3(name = "archive_replay_sequence")]
pub(crate) fn sequence(
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
        let (plan, schedule) = scheduled(&automation, &options, &schedule)?;
        let own = plan.sequence(&schedule, index, &slices_of(&facts), state.as_deref()).map_err(misuse)?;
        let orders = own.orders.into_iter().map(|order| (order.share, order.bytes)).collect();
        Ok((own.head, own.state, own.ticks, orders))
    })
}

/// Whether a slice goes on from the state at the end of the one before.
#[pyfunction]
#[pyo3(name = "archive_replay_continues")]
pub(crate) fn continues(
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
/// the slice before; `None` for the first. `before`, `after`: the files with the windows of the slice before, and for those
/// of this one.
#[pyfunction]
#[pyo3(name = "archive_replay_reduce")]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub(crate) fn reduce(
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
    before: PathBuf,
    after: PathBuf,
) -> PyResult<(Vec<u8>, Vec<u8>)> {
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let (plan, schedule) = scheduled(&automation, &options, &schedule)?;
        let reducer = match &state {
            Some(state) => Reducer::restore(&plan, &schedule, state),
            None => Reducer::new(&plan, &schedule, share),
        };
        let mut reducer = reducer.map_err(misuse)?;
        let events = slices_of(&events);
        let input = SliceInput { index, ticks: &ticks, order: order.as_deref(), events: &events };
        let on_disk = |error: ArchiveReplayError| match error {
            ArchiveReplayError::Disk { kind, .. } => io::Error::new(kind, error.to_string()).into(),
            error => misuse(error),
        };
        let opened = |file: io::Result<File>| file.map_err(|error| on_disk(error.into()));
        let (mut before, mut after) = (opened(File::open(before))?, opened(File::create(after))?);
        reducer.slice(input, &mut before, &mut after).map_err(on_disk)?;
        Ok((reducer.take(), reducer.save()))
    })
}

/// The result, and its text if `how` says how to render it.
#[pyfunction]
#[pyo3(name = "archive_replay_merge")]
pub(crate) fn merge(
    py: Python<'_>,
    automation: PyBackedBytes,
    settings: &str,
    schedule: PyBackedBytes,
    slices: Vec<PyBackedBytes>,
    firings: Vec<PyBackedBytes>,
    how: Option<&str>,
) -> PyResult<(Json, Option<String>)> {
    let how: Option<RenderOptions> = how.map(options).transpose()?;
    let options: ArchiveReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let (plan, schedule) = scheduled(&automation, &options, &schedule)?;
        let merged = plan.merge(&schedule, &slices_of(&slices), &slices_of(&firings)).map_err(misuse)?;
        let rendered =
            how.map(|how| render::render_simulation(&merged.result, SimulationView::default(), &how)).transpose();
        Ok((json(&merged.result)?, rendered.map_err(misuse)?))
    })
}
