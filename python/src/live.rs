//! Captured events of a live server: backtests, causes, comparisons, actions, and windows over heartbeats.

use prefect_events::action::ServerObjects;
use prefect_events::backtest::{self, BacktestOptions, CompareOptions, Why, WhyOptions};
use prefect_events::render::{self, RenderOptions};
use prefect_events::simulate::{
    self, ActionSettings, CapturedEvents, EventTexts, ReplayOptions, SimulateOptions, TestOptions,
};
use prefect_events::tune::{self, HeartbeatObserver, ObserveOptions, WindowCurveOptions};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Serialize;

use super::{Json, document, json, misuse, options, run};

/// A text or a result: what a caller wants of it.
fn finished<R: Serialize>(
    result: &R,
    rendering: Option<&RenderOptions>,
    render: impl FnOnce(&R, &RenderOptions) -> String,
) -> PyResult<Json> {
    rendering.map_or_else(|| json(result), |how| Ok(render(result, how).into_bytes()))
}

fn rendering(how: Option<&str>) -> PyResult<Option<RenderOptions>> {
    how.map(options).transpose()
}

fn captured(texts: &[PyBackedBytes]) -> CapturedEvents {
    CapturedEvents::read(texts.iter().map(|text| document(text, true)).collect::<Vec<_>>().into())
}

/// Compares a replay with the firings that a server recorded.
#[pyfunction(name = "backtest")]
pub(super) fn backtest_events(
    py: Python<'_>,
    automations: PyBackedBytes,
    events: Vec<PyBackedBytes>,
    settings: &str,
    places: bool,
    how: Option<&str>,
) -> PyResult<Json> {
    let (options, how): (BacktestOptions, _) = (options(settings)?, rendering(how)?);
    run(py, usize::MAX, move || {
        let automations = document(&automations, places);
        let result = backtest::backtest_captured(automations, &captured(&events), &options).map_err(misuse)?;
        finished(&result, how.as_ref(), render::render_backtest)
    })
}

/// Compares the firings of two versions of automations.
#[pyfunction]
pub(super) fn compare_automations(
    py: Python<'_>,
    old: (PyBackedBytes, bool),
    new: (PyBackedBytes, bool),
    events: Vec<PyBackedBytes>,
    settings: &str,
    how: Option<&str>,
) -> PyResult<Json> {
    let (options, how): (CompareOptions, _) = (options(settings)?, rendering(how)?);
    run(py, usize::MAX, move || {
        let (old, new) = (document(&old.0, old.1), document(&new.0, new.1));
        let result = backtest::compare_automations(old, new, &captured(&events), &options).map_err(misuse)?;
        finished(&result, how.as_ref(), render::render_comparison)
    })
}

/// What happened to one run. `automations`: `None` for those that the events describe.
#[pyfunction]
pub(super) fn why_run(
    py: Python<'_>,
    events: Vec<PyBackedBytes>,
    name: String,
    automations: Option<(PyBackedBytes, bool)>,
    settings: &str,
    how: Option<&str>,
) -> PyResult<Json> {
    let (options, how): (WhyOptions, _) = (options(settings)?, rendering(how)?);
    run(py, usize::MAX, move || {
        let automations = automations.as_ref().map(|(text, places)| document(text, *places));
        let result: Why = backtest::why(&captured(&events), &name, automations, &options).map_err(misuse)?;
        finished(&result, how.as_ref(), render::render_why)
    })
}

/// The text of scenarios with their firings as expectations.
#[pyfunction]
pub(super) fn freeze_firings(py: Python<'_>, scenarios: PyBackedBytes, settings: &str) -> PyResult<Json> {
    let options: TestOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let frozen = simulate::freeze_firings(document(&scenarios, true), &options.files);
        frozen.map(String::into_bytes).map_err(misuse)
    })
}

/// The actions of each firing. `events`: `None` if the input is a scenario. `given`: JSON text.
#[pyfunction]
pub(super) fn render_actions(
    py: Python<'_>,
    input: (PyBackedBytes, bool),
    events: Option<Vec<PyBackedBytes>>,
    given: Option<String>,
    settings: &str,
    of_actions: &str,
) -> PyResult<Json> {
    let of_actions: ActionSettings = options(of_actions)?;
    let given = given.map(ServerObjects::read).transpose().map_err(|error| misuse(format_args!("`given` {error}")))?;
    let Some(events) = events else {
        let how: SimulateOptions = options(settings)?;
        return run(py, usize::MAX, move || {
            json(&simulate::scenario_actions(document(&input.0, input.1), given.as_ref(), &how, &of_actions))
        });
    };
    let how: ReplayOptions = options(settings)?;
    run(py, usize::MAX, move || {
        let events: EventTexts<'_> = events.iter().map(|text| document(text, true)).collect::<Vec<_>>().into();
        let input = document(&input.0, input.1);
        let rendered = simulate::replay_actions(input, &events, given.as_ref(), &how, &of_actions);
        json(&rendered.map_err(misuse)?)
    })
}

/// False alarms against delay over a range of windows.
#[pyfunction]
pub(super) fn window_curve(py: Python<'_>, settings: &str, how: Option<&str>) -> PyResult<Json> {
    let (options, how): (WindowCurveOptions, _) = (options(settings)?, rendering(how)?);
    run(py, usize::MAX, move || {
        finished(&tune::window_curve(&options).map_err(misuse)?, how.as_ref(), render::render_window_curve)
    })
}

/// What captured heartbeats show.
#[pyfunction]
pub(super) fn observe_heartbeats(
    py: Python<'_>,
    events: Vec<PyBackedBytes>,
    settings: &str,
    how: Option<&str>,
) -> PyResult<Json> {
    let (options, how): (ObserveOptions, _) = (options(settings)?, rendering(how)?);
    run(py, usize::MAX, move || {
        let mut observer = HeartbeatObserver::default();
        for text in &events {
            observer.begin_text();
            observer.add(text).map_err(misuse)?;
        }
        finished(&observer.finish(&options), how.as_ref(), render::render_heartbeats)
    })
}
