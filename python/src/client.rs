//! The client of servers, as the command line uses it: says which requests to send, and reads the responses.

use prefect_events::client::{
    self, Batch, ClientError, ConnectOptions, EventFilter, Lookup, LookupStep, Pull, PullStep, Request, Response,
    Server, Stream, StreamStep, Surroundings, Wait, Wanted,
};
use prefect_events::time::Instant;
use pyo3::prelude::*;
use serde::Serialize;

use crate::{misuse, options};

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
    Failed(ClientError),
}

enum Task {
    Pull(Box<Pull>),
    Lookup(Box<Lookup>),
    Stream(Box<Stream>),
}

/// Something to read from a server, in steps. Times are microseconds since 1970; `jitter` is a random number from 0 to 1.
#[pyclass]
pub(crate) struct ServerTask {
    task: Task,
    failed: Option<ClientError>,
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
        let stream = Stream::new(server(connect)?, &filter, Instant(now)).map_err(misuse)?;
        Ok(ServerTask::new(Task::Stream(Box::new(stream))))
    }

    /// What to do next: JSON text, and the lines of events that came.
    fn step(&mut self, now: i64) -> PyResult<(String, Option<Vec<u8>>)> {
        let mut step = self.next(Instant(now));
        let lines = match &mut step {
            Step::Events(batch) => Some(std::mem::take(&mut batch.lines).into_bytes()),
            _ => None,
        };
        Ok((serde_json::to_string(&step).map_err(misuse)?, lines))
    }

    /// The response to the last request.
    #[pyo3(signature = (status, retry_after, body, now, jitter))]
    fn respond(&mut self, status: u16, retry_after: Option<&str>, body: &[u8], now: i64, jitter: f64) {
        let response = Response { status, retry_after, body };
        let with = Surroundings { now: Instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => pull.respond(&response, with).err(),
            Task::Lookup(lookup) => lookup.respond(&response, with).err(),
            Task::Stream(stream) => stream.respond(&response, with).err(),
        };
    }

    /// The last request had no response.
    fn lost(&mut self, reason: &str, now: i64, jitter: f64) {
        let with = Surroundings { now: Instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => pull.lost(reason, with).err(),
            Task::Lookup(lookup) => lookup.lost(reason, with).err(),
            Task::Stream(stream) => stream.lost(reason, with).err(),
        };
    }

    /// The websocket is open.
    fn opened(&mut self) {
        if let Task::Stream(stream) = &mut self.task {
            stream.opened();
        }
    }

    /// A text came on the websocket.
    fn received(&mut self, frame: &str) {
        if let Task::Stream(stream) = &mut self.task {
            self.failed = stream.received(frame).err();
        }
    }

    /// The websocket was closed, or could not be opened.
    fn closed(&mut self, code: u16, reason: &str, now: i64, jitter: f64) {
        if let Task::Stream(stream) = &mut self.task {
            self.failed = stream.closed(code, reason, Surroundings { now: Instant(now), jitter }).err();
        }
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
        }
    }
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
