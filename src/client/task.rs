//! Reading from a server as one sequence of steps, whatever is read.

use serde::Serialize;

use crate::time::Instant;

use super::error::{ClientError, ClientErrorCode};
use super::exchange::{Response, Timing, Wait};
use super::filter::EventFilter;
use super::lookup::{Lookup, LookupStep, Wanted};
use super::pull::{Batch, FilterError, Pull, PullStep};
use super::server::{Request, Server};
use super::stream::{EventStream, StreamError, StreamStep};

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ServerStep", tag = "kind", rename_all = "camelCase")
)]
pub enum Step {
    /// Send this request, then call `respond` or `lost`.
    Request(Request),
    /// Wait.
    Wait(Wait),
    /// Events came.
    Events(#[cfg_attr(feature = "typescript", ts(type = "EventBatch & { progress: PullProgress }"))] Batch),
    /// All events came.
    Done,
    /// Objects were found.
    Found {
        /// A JSON array.
        text: String,
    },
    /// Open a websocket with the subprotocol `prefect`, then call `opened` or `closed`.
    Connect {
        /// Its address.
        url: String,
    },
    /// Send a text on the websocket.
    Send {
        /// It contains the credentials.
        text: String,
    },
    /// Wait for the websocket; then call `received` or `closed`, if it said anything.
    Receive {
        /// How long at most.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        milliseconds: u64,
    },
    /// A watched automation has fired: report it, then call `said`.
    // JavaScript watches nothing.
    #[cfg_attr(feature = "typescript", ts(skip))]
    Fired {
        /// The firing as text.
        text: String,
    },
    /// The server, or what is done with its events, failed for good.
    Failed {
        /// The kind of failure, if the server failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(as = "ClientErrorCode"))]
        code: Option<ClientErrorCode>,
        /// A sentence without secrets.
        message: String,
    },
}

impl From<ClientError> for Step {
    fn from(ClientError { code, message }: ClientError) -> Step {
        Step::Failed { code: Some(code), message }
    }
}

/// Something that reads from a server in steps. Only some of them use a websocket, and only a watch has a state.
pub trait Steps {
    /// What to do next. Call it again after each step; after a request, a connection and `Receive` only when the result
    /// is known. `now`: the present time.
    fn step(&mut self, now: Instant) -> Step;

    /// The response to the last request.
    ///
    /// # Errors
    /// The server's failure is final.
    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError>;

    /// The last request had no response.
    ///
    /// # Errors
    /// The server is gone.
    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError>;

    /// The websocket is open.
    fn opened(&mut self) {}

    /// A text came on the websocket.
    ///
    /// # Errors
    /// It is not what Prefect's server sends.
    fn received(&mut self, _frame: &str) -> Result<(), ClientError> {
        Ok(())
    }

    /// The websocket was closed, or could not be opened.
    ///
    /// # Errors
    /// The server rejects the subscription, or cannot be reached.
    fn closed(&mut self, _code: u16, _reason: &str, _with: Timing) -> Result<(), ClientError> {
        Ok(())
    }

    /// The header `Date` of the response that follows.
    fn dated(&mut self, _date: &str, _now: Instant) {}

    /// The last firing was reported.
    fn acknowledge(&mut self) {}

    /// The state from which it can go on later.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// How far it has come: in words, and how many events were not played.
    fn progress(&self) -> Option<(String, u64)> {
        None
    }
}

/// A task for the one who sends the requests. A failure is a step, the next one.
///
/// ```
/// use prefect_events::client::{ConnectOptions, Server, ServerTask, Step, Timing};
/// use prefect_events::time::Instant;
///
/// let options = ConnectOptions { url: Some("http://127.0.0.1:4200/api".into()), ..ConnectOptions::default() };
/// let mut task = ServerTask::automations(Server::new(&options).unwrap(), Some("an id".into()));
/// let now = Instant(1_772_366_400_000_000);
/// assert!(matches!(task.step(now), Step::Request(_)));
/// task.lost("connection refused", Timing { now, jitter: 0.5 });
/// assert!(matches!(task.step(now), Step::Request(_)), "a browser hides that a token is missing");
/// task.lost("connection refused", Timing { now, jitter: 0.5 });
/// assert!(matches!(task.step(now), Step::Failed { code: Some(_), .. }));
/// ```
pub struct ServerTask {
    steps: Box<dyn Steps>,
    failed: Option<Step>,
}

impl From<Box<dyn Steps>> for ServerTask {
    fn from(steps: Box<dyn Steps>) -> Self {
        ServerTask { steps, failed: None }
    }
}

impl ServerTask {
    /// All events of a range of time: see [`Pull`].
    ///
    /// # Errors
    /// If the filter is invalid.
    pub fn pull(server: Server, filter: &EventFilter, now: Instant) -> Result<ServerTask, FilterError> {
        let steps: Box<dyn Steps> = Box::new(Pull::new(server, filter, now)?);
        Ok(steps.into())
    }

    /// An automation by its name or id, or all.
    #[must_use]
    pub fn automations(server: Server, name: Option<String>) -> ServerTask {
        let wanted = name.map_or(Wanted::Automations, Wanted::Automation);
        let steps: Box<dyn Steps> = Box::new(Lookup::new(server, wanted));
        steps.into()
    }

    /// Events as they happen: see [`EventStream`].
    ///
    /// # Errors
    /// If the filter is invalid.
    pub fn stream(server: Server, filter: &EventFilter, now: Instant) -> Result<ServerTask, StreamError> {
        let steps: Box<dyn Steps> = Box::new(EventStream::new(server, filter, now)?);
        Ok(steps.into())
    }

    /// See [`Steps::step`].
    pub fn step(&mut self, now: Instant) -> Step {
        match self.failed.take() {
            Some(failed) => failed,
            None => self.steps.step(now),
        }
    }

    /// The response to the last request, with its header `Date`, if the caller has it.
    pub fn respond(&mut self, response: &Response<'_>, date: Option<&str>, with: Timing) {
        if let Some(date) = date {
            self.steps.dated(date, with.now);
        }
        let result = self.steps.respond(response, with);
        self.keep(result);
    }

    /// The last request had no response. `reason`: the platform's message.
    pub fn lost(&mut self, reason: &str, with: Timing) {
        let result = self.steps.lost(reason, with);
        self.keep(result);
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        self.steps.opened();
    }

    /// A text came on the websocket.
    pub fn received(&mut self, frame: &str) {
        let result = self.steps.received(frame);
        self.keep(result);
    }

    /// The websocket was closed, or could not be opened. `code` and `reason`: as the server says.
    pub fn closed(&mut self, code: u16, reason: &str, with: Timing) {
        let result = self.steps.closed(code, reason, with);
        self.keep(result);
    }

    /// See [`Steps::acknowledge`].
    pub fn acknowledge(&mut self) {
        self.steps.acknowledge();
    }

    /// See [`Steps::save`].
    #[must_use]
    pub fn save(&self) -> Option<Vec<u8>> {
        self.steps.save()
    }

    /// See [`Steps::progress`].
    #[must_use]
    pub fn progress(&self) -> Option<(String, u64)> {
        self.steps.progress()
    }

    fn keep(&mut self, result: Result<(), ClientError>) {
        self.failed = result.err().map(Step::from);
    }
}

impl Steps for Pull {
    fn step(&mut self, _: Instant) -> Step {
        match self.step() {
            PullStep::Request(request) => Step::Request(request),
            PullStep::Wait(wait) => Step::Wait(wait),
            PullStep::Events(batch) => Step::Events(batch),
            PullStep::Done => Step::Done,
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.lost(reason, with)
    }
}

impl Steps for Lookup {
    fn step(&mut self, _: Instant) -> Step {
        match self.step() {
            LookupStep::Request(request) => Step::Request(request),
            LookupStep::Wait(wait) => Step::Wait(wait),
            LookupStep::Found(text) => Step::Found { text },
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.lost(reason, with)
    }
}

impl Steps for EventStream {
    fn step(&mut self, now: Instant) -> Step {
        match self.step(now) {
            StreamStep::Request(request) => Step::Request(request),
            StreamStep::Wait(wait) => Step::Wait(wait),
            StreamStep::Events(batch) => Step::Events(batch),
            StreamStep::Connect(url) => Step::Connect { url },
            StreamStep::Send(text) => Step::Send { text },
            StreamStep::Receive(milliseconds) => Step::Receive { milliseconds },
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.lost(reason, with)
    }

    fn opened(&mut self) {
        self.opened();
    }

    fn received(&mut self, frame: &str) -> Result<(), ClientError> {
        self.received(frame)
    }

    fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.closed(code, reason, with)
    }
}
