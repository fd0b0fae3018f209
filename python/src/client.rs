//! The client of servers, as the command line uses it: says which requests to send, and reads the responses.

use prefect_events::client::{
    self, Batch, ClientError, ConnectOptions, EventFilter, EventStream, Lookup, LookupStep, Pull, PullStep, Request,
    Response, Server, StreamStep, Timing, Wait, Wanted,
};
use prefect_events::render::{self, RenderOptions};
use prefect_events::time::Instant;
use prefect_events::watch::{Watch, WatchError, WatchOptions, WatchStep};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Serialize;

use crate::{document, misuse, options};

/// What to do next.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Step {
    Request(Request),
    Wait(Wait),
    Events(Batch),
    Done,
    Found { text: String },
    Connect { url: String },
    Send { text: String },
    Receive { milliseconds: u64 },
    Fired { text: String },
    Failed(Failure),
}

#[derive(Serialize)]
struct Failure {
    message: String,
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        Failure { message: error.message }
    }
}

impl From<WatchError> for Failure {
    fn from(error: WatchError) -> Failure {
        Failure { message: error.to_string() }
    }
}

enum Task {
    Pull(Box<Pull>),
    Lookup(Box<Lookup>),
    Stream(Box<EventStream>),
    /// How its firings are rendered.
    Watch(Box<Watch>, RenderOptions),
}

/// Something to read from a server, in steps. Times are microseconds since 1970; `jitter` is a random number from 0 to 1. It
/// stays on its thread.
#[pyclass(unsendable)]
pub(crate) struct ServerTask {
    task: Task,
    failed: Option<Failure>,
}

#[pymethods]
impl ServerTask {
    /// All events of a range of time.
    #[staticmethod]
    fn pull(connect: &str, filter: &str, now: i64) -> PyResult<ServerTask> {
        let filter: EventFilter = options(filter)?;
        let pull = Pull::new(server(connect)?, &filter, Instant(now)).map_err(misuse)?;
        Ok(ServerTask::new(Task::Pull(Box::new(pull))))
    }

    /// An automation by its name or id, or all.
    #[staticmethod]
    fn automations(connect: &str, name: Option<String>) -> PyResult<ServerTask> {
        let wanted = name.map_or(Wanted::Automations, Wanted::Automation);
        Ok(ServerTask::new(Task::Lookup(Box::new(Lookup::new(server(connect)?, wanted)))))
    }

    /// Events as they happen.
    #[staticmethod]
    fn stream(connect: &str, filter: &str, now: i64) -> PyResult<ServerTask> {
        let filter: EventFilter = options(filter)?;
        let stream = EventStream::new(server(connect)?, &filter, Instant(now)).map_err(misuse)?;
        Ok(ServerTask::new(Task::Stream(Box::new(stream))))
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
        let (settings, how): (WatchOptions, RenderOptions) = (options(settings)?, options(how)?);
        let documents: Vec<_> = automations.iter().map(|(text, _)| document(text, true)).collect();
        let (server, now) = (server(connect)?, Instant(now));
        let watch = match &state {
            Some((state, _)) => Watch::restore(server, &documents, &settings, state, now),
            None => Watch::new(server, &documents, &settings, now),
        };
        let watch = watch.map_err(|error| {
            let name = match &error {
                WatchError::State(_) => state.as_ref().map(|(_, name)| name),
                WatchError::Automations(place, _) => automations.get(*place).map(|(_, name)| name),
                _ => None,
            };
            match (&error, name) {
                (WatchError::State(error), Some(name)) => misuse(format!("{name} {error}")),
                (_, Some(name)) => misuse(format!("{name}: {error}")),
                _ => misuse(error),
            }
        })?;
        Ok(ServerTask::new(Task::Watch(Box::new(watch), how)))
    }

    /// The state of a watch.
    fn save(&self) -> Option<Vec<u8>> {
        match &self.task {
            Task::Watch(watch, _) => Some(watch.save()),
            _ => None,
        }
    }

    /// The last firing was reported.
    fn acknowledge(&mut self) {
        if let Task::Watch(watch, _) = &mut self.task {
            watch.acknowledge();
        }
    }

    /// How far a watch has come: in words, and how many events were not played.
    fn progress(&self) -> Option<(String, u64)> {
        let Task::Watch(watch, _) = &self.task else { return None };
        let progress = watch.progress();
        Some((progress.to_string(), progress.too_late.saturating_add(progress.unread)))
    }

    /// What to do next: JSON text, and the lines of events that came, or the firing.
    fn step(&mut self, now: i64) -> PyResult<(String, Option<Vec<u8>>)> {
        let mut step = self.next(Instant(now));
        let lines = match &mut step {
            Step::Events(batch) => Some(std::mem::take(&mut batch.lines).into_bytes()),
            Step::Fired { text } => Some(std::mem::take(text).into_bytes()),
            _ => None,
        };
        Ok((serde_json::to_string(&step).map_err(misuse)?, lines))
    }

    /// The response to the last request, with its headers `Retry-After` and `Date`.
    #[expect(clippy::needless_pass_by_value, reason = "Python hands over values")]
    fn respond(&mut self, status: u16, headers: (Option<String>, Option<String>), body: &[u8], now: i64, jitter: f64) {
        let (retry_after, date) = (headers.0.as_deref(), headers.1.as_deref());
        let response = Response { status, retry_after, body };
        let with = Timing { now: Instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => failure(pull.respond(&response, with)),
            Task::Lookup(lookup) => failure(lookup.respond(&response, with)),
            Task::Stream(stream) => failure(stream.respond(&response, with)),
            Task::Watch(watch, _) => {
                if let Some(date) = date {
                    watch.dated(date, Instant(now));
                }
                failure(watch.respond(&response, with))
            }
        };
    }

    /// The last request had no response.
    fn lost(&mut self, reason: &str, now: i64, jitter: f64) {
        let with = Timing { now: Instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => failure(pull.lost(reason, with)),
            Task::Lookup(lookup) => failure(lookup.lost(reason, with)),
            Task::Stream(stream) => failure(stream.lost(reason, with)),
            Task::Watch(watch, _) => failure(watch.lost(reason, with)),
        };
    }

    /// The websocket is open.
    fn opened(&mut self) {
        match &mut self.task {
            Task::Stream(stream) => stream.opened(),
            Task::Watch(watch, _) => watch.opened(),
            Task::Pull(_) | Task::Lookup(_) => {}
        }
    }

    /// A text came on the websocket.
    fn received(&mut self, frame: &str) {
        self.failed = match &mut self.task {
            Task::Stream(stream) => failure(stream.received(frame)),
            Task::Watch(watch, _) => failure(watch.received(frame)),
            Task::Pull(_) | Task::Lookup(_) => None,
        };
    }

    /// The websocket was closed, or could not be opened.
    fn closed(&mut self, code: u16, reason: &str, now: i64, jitter: f64) {
        let with = Timing { now: Instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Stream(stream) => failure(stream.closed(code, reason, with)),
            Task::Watch(watch, _) => failure(watch.closed(code, reason, with)),
            Task::Pull(_) | Task::Lookup(_) => None,
        };
    }
}

impl ServerTask {
    fn new(task: Task) -> ServerTask {
        ServerTask { task, failed: None }
    }

    fn next(&mut self, now: Instant) -> Step {
        if let Some(failed) = self.failed.take() {
            return Step::Failed(failed);
        }
        match &mut self.task {
            Task::Pull(pull) => match pull.step() {
                PullStep::Request(request) => Step::Request(request),
                PullStep::Wait(wait) => Step::Wait(wait),
                PullStep::Events(batch) => Step::Events(batch),
                PullStep::Done => Step::Done,
            },
            Task::Lookup(lookup) => match lookup.step() {
                LookupStep::Request(request) => Step::Request(request),
                LookupStep::Wait(wait) => Step::Wait(wait),
                LookupStep::Found(text) => Step::Found { text },
            },
            Task::Stream(stream) => match stream.step(now) {
                StreamStep::Request(request) => Step::Request(request),
                StreamStep::Wait(wait) => Step::Wait(wait),
                StreamStep::Events(batch) => Step::Events(batch),
                StreamStep::Connect(url) => Step::Connect { url },
                StreamStep::Send(text) => Step::Send { text },
                StreamStep::Receive(milliseconds) => Step::Receive { milliseconds },
            },
            Task::Watch(watch, how) => match watch.step(now) {
                Ok(WatchStep::Request(request)) => Step::Request(request),
                Ok(WatchStep::Wait(wait)) => Step::Wait(wait),
                Ok(WatchStep::Connect(url)) => Step::Connect { url },
                Ok(WatchStep::Send(text)) => Step::Send { text },
                Ok(WatchStep::Receive(milliseconds)) => Step::Receive { milliseconds },
                Ok(WatchStep::Fired(fired)) => Step::Fired { text: render::render_watched(&fired, how) },
                Err(error) => Step::Failed(error.into()),
            },
        }
    }
}

fn failure<E: Into<Failure>>(result: Result<(), E>) -> Option<Failure> {
    result.err().map(Into::into)
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
