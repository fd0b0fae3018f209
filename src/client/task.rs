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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(tag = "kind", rename_all = "camelCase"))]
pub enum ServerStep {
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
    /// Wait for the websocket; then call `received` or `closed`, unless nothing comes.
    Receive {
        /// How long at most.
        milliseconds: u64,
    },
    /// A watched automation has fired: report it, then call `acknowledge`.
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

impl From<ClientError> for ServerStep {
    fn from(ClientError { code, message }: ClientError) -> ServerStep {
        ServerStep::Failed { code: Some(code), message }
    }
}

/// Something that reads from a server in steps. Only some of them use a websocket, and only a watch has a state.
pub trait ServerSteps {
    /// What to do next. Call it again after each step; after a request, a connection and `Receive` only when the result
    /// is known. `now`: the present time.
    fn step(&mut self, now: Instant) -> ServerStep;

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
/// use prefect_events::client::{ConnectOptions, Server, ServerStep, ServerTask, Timing};
/// use prefect_events::time::Instant;
///
/// let options = ConnectOptions { url: Some("http://127.0.0.1:4200/api".into()), ..ConnectOptions::default() };
/// let mut task = ServerTask::automations(Server::new(&options).unwrap(), Some("an id".into()));
/// let now = Instant(1_772_366_400_000_000);
/// assert!(matches!(task.step(now), ServerStep::Request(_)));
/// task.lost("connection refused", Timing { now, jitter: 0.5 });
/// assert!(matches!(task.step(now), ServerStep::Request(_)), "a browser hides that a token is missing");
/// task.lost("connection refused", Timing { now, jitter: 0.5 });
/// assert!(matches!(task.step(now), ServerStep::Failed { code: Some(_), .. }));
/// ```
pub struct ServerTask {
    steps: Box<dyn ServerSteps>,
    failed: Option<ServerStep>,
}

impl ServerTask {
    /// Reads in these steps.
    #[must_use]
    pub fn new(steps: impl ServerSteps + 'static) -> ServerTask {
        ServerTask { steps: Box::new(steps), failed: None }
    }

    /// All events of a range of time: see [`Pull`].
    ///
    /// # Errors
    /// If the filter is invalid.
    pub fn pull(server: Server, filter: &EventFilter, now: Instant) -> Result<ServerTask, FilterError> {
        Ok(ServerTask::new(Pull::new(server, filter, now)?))
    }

    /// An automation by its name or id, or all.
    #[must_use]
    pub fn automations(server: Server, name: Option<String>) -> ServerTask {
        let wanted = name.map_or(Wanted::Automations, Wanted::Automation);
        ServerTask::new(Lookup::new(server, wanted))
    }

    /// Events as they happen: see [`EventStream`].
    ///
    /// # Errors
    /// If the filter is invalid.
    pub fn stream(server: Server, filter: &EventFilter, now: Instant) -> Result<ServerTask, StreamError> {
        Ok(ServerTask::new(EventStream::new(server, filter, now)?))
    }

    /// See [`ServerSteps::step`].
    pub fn step(&mut self, now: Instant) -> ServerStep {
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

    /// See [`ServerSteps::acknowledge`].
    pub fn acknowledge(&mut self) {
        self.steps.acknowledge();
    }

    /// See [`ServerSteps::save`].
    #[must_use]
    pub fn save(&self) -> Option<Vec<u8>> {
        self.steps.save()
    }

    /// See [`ServerSteps::progress`].
    #[must_use]
    pub fn progress(&self) -> Option<(String, u64)> {
        self.steps.progress()
    }

    fn keep(&mut self, result: Result<(), ClientError>) {
        self.failed = result.err().map(ServerStep::from);
    }
}

impl ServerSteps for Pull {
    fn step(&mut self, _: Instant) -> ServerStep {
        match self.step() {
            PullStep::Request(request) => ServerStep::Request(request),
            PullStep::Wait(wait) => ServerStep::Wait(wait),
            PullStep::Events(batch) => ServerStep::Events(batch),
            PullStep::Done => ServerStep::Done,
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.lost(reason, with)
    }
}

impl ServerSteps for Lookup {
    fn step(&mut self, _: Instant) -> ServerStep {
        match self.step() {
            LookupStep::Request(request) => ServerStep::Request(request),
            LookupStep::Wait(wait) => ServerStep::Wait(wait),
            LookupStep::Found(text) => ServerStep::Found { text },
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.lost(reason, with)
    }
}

impl ServerSteps for EventStream {
    fn step(&mut self, now: Instant) -> ServerStep {
        match self.step(now) {
            StreamStep::Request(request) => ServerStep::Request(request),
            StreamStep::Wait(wait) => ServerStep::Wait(wait),
            StreamStep::Events(batch) => ServerStep::Events(batch),
            StreamStep::Connect(url) => ServerStep::Connect { url },
            StreamStep::Send(text) => ServerStep::Send { text },
            StreamStep::Receive(milliseconds) => ServerStep::Receive { milliseconds },
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
