//! The client of servers, as the command line uses it: says which requests to send, and reads the responses.

use prefect_events::client::{self, ConnectOptions, EventFilter, Response, Server, ServerStep, Timing};
use prefect_events::command;
use prefect_events::time::Instant;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::{document, misuse, options};

/// Something to read from a server, in steps: see the core's type of the same name. Times are microseconds since 1970; `jitter`
/// is a random number from 0 to 1. It stays on its thread.
#[pyclass(unsendable)]
pub(crate) struct ServerTask(client::ServerTask);

#[pymethods]
impl ServerTask {
    /// All events of a range of time.
    #[staticmethod]
    fn pull(connect: &str, filter: &str, now: i64) -> PyResult<ServerTask> {
        let filter: EventFilter = options(filter)?;
        client::ServerTask::pull(server(connect)?, &filter, Instant(now)).map(ServerTask).map_err(misuse)
    }

    /// An automation by its name or id, or all.
    #[staticmethod]
    fn automations(connect: &str, name: Option<String>) -> PyResult<ServerTask> {
        Ok(ServerTask(client::ServerTask::automations(server(connect)?, name)))
    }

    /// Events as they happen.
    #[staticmethod]
    fn stream(connect: &str, filter: &str, now: i64) -> PyResult<ServerTask> {
        let filter: EventFilter = options(filter)?;
        client::ServerTask::stream(server(connect)?, &filter, Instant(now)).map(ServerTask).map_err(misuse)
    }

    /// The firings of automations. `automations`, `state`: with the names of the files; `how`: how firings are rendered, JSON
    /// text.
    #[staticmethod]
    #[expect(clippy::needless_pass_by_value, reason = "Python hands over values")]
    fn watch(
        connect: &str,
        automations: Vec<(PyBackedBytes, String)>,
        settings: &str,
        state: Option<(PyBackedBytes, String)>,
        how: &str,
        now: i64,
    ) -> PyResult<ServerTask> {
        let automations: Vec<_> = automations.iter().map(|(text, name)| (&**name, document(text, true))).collect();
        let state = state.as_ref().map(|(state, name)| (&**name, &**state));
        let (settings, how) = (options(settings)?, options(how)?);
        let watch = command::watch(server(connect)?, &automations, &settings, state, how, Instant(now));
        watch.map(ServerTask).map_err(misuse)
    }

    /// The state of a watch.
    fn save(&self) -> Option<Vec<u8>> {
        self.0.save()
    }

    /// The last firing was reported.
    fn acknowledge(&mut self) {
        self.0.acknowledge();
    }

    /// How far a watch has come: in words, and how many events were not played.
    fn progress(&self) -> Option<(String, u64)> {
        self.0.progress()
    }

    /// What to do next: JSON text, and the lines of events that came, or the firing.
    fn step(&mut self, now: i64) -> PyResult<(String, Option<Vec<u8>>)> {
        let mut step = self.0.step(Instant(now));
        let lines = match &mut step {
            ServerStep::Events(batch) => Some(std::mem::take(&mut batch.lines).into_bytes()),
            ServerStep::Fired { text } => Some(std::mem::take(text).into_bytes()),
            _ => None,
        };
        Ok((serde_json::to_string(&step).map_err(misuse)?, lines))
    }

    /// The response to the last request, with its headers `Retry-After` and `Date`.
    #[expect(clippy::needless_pass_by_value, reason = "Python hands over values")]
    fn respond(&mut self, status: u16, headers: (Option<String>, Option<String>), body: &[u8], now: i64, jitter: f64) {
        let (retry_after, date) = (headers.0.as_deref(), headers.1.as_deref());
        self.0.respond(&Response { status, retry_after, body }, date, timing(now, jitter));
    }

    /// The last request had no response.
    fn lost(&mut self, reason: &str, now: i64, jitter: f64) {
        self.0.lost(reason, timing(now, jitter));
    }

    /// The websocket is open.
    fn opened(&mut self) {
        self.0.opened();
    }

    /// A text came on the websocket.
    fn received(&mut self, frame: &str) {
        self.0.received(frame);
    }

    /// The websocket was closed, or could not be opened.
    fn closed(&mut self, code: u16, reason: &str, now: i64, jitter: f64) {
        self.0.closed(code, reason, timing(now, jitter));
    }
}

fn timing(now: i64, jitter: f64) -> Timing {
    Timing { now: Instant(now), jitter }
}

fn server(connect: &str) -> PyResult<Server> {
    let connect: ConnectOptions = options(connect)?;
    Server::new(&connect).map_err(misuse)
}

/// The address of the server that these options name, without secrets.
#[pyfunction]
pub(crate) fn server_url(connect: &str) -> PyResult<String> {
    Ok(server(connect)?.url().to_owned())
}

/// The path of the file with Prefect's profiles, if these settings name one: JSON text.
#[pyfunction]
pub(crate) fn profiles_path(sources: &str) -> PyResult<Option<String>> {
    client::profiles_path(&options(sources)?).map_err(misuse)
}
