//! Follows events as they happen: first those of the past, then a websocket; after an interruption, what was missed.
//!
//! A websocket alone loses events: the server drops them for a slow or interrupted reader, its backfill reaches back 15
//! minutes at most, and it stores an event seconds after it has distributed it, so that one between backfill and
//! subscription is in neither. So each connection begins with a pull of the time since the last one, and further pulls
//! follow while it is open, each with an overlap.
//! Source: `server/api/events.py` and `events/clients.py` of Prefect 3.9.1.

use std::fmt;

use serde::Serialize;

use crate::json::Value;
use crate::time::Instant;
use crate::time::units::{DAY, MINUTE};

use super::error::{ClientError, ClientErrorCode};
use super::exchange::{Response, Timing, Wait};
use super::filter::{EventFilter, Selection, When};
use super::page::{self, PulledEvent};
use super::pull::{Batch, FilterError, Pull, PullProgress, PullStep};
use super::recent::Recent;
use super::server::{Request, Server};

/// How far a pull reaches back before the end of the last one, in microseconds.
const OVERLAP: i64 = MINUTE;
/// The first pull after a connection, in microseconds: by then the server has stored what it distributed before.
const FIRST_CHECK: i64 = 10_000_000;
/// The time between two more, in microseconds.
const NEXT_CHECK: i64 = MINUTE;
/// The server ends a subscription at the end of its filter.
const YEAR: i64 = 365 * DAY;
/// How often in a row a websocket may fail to open.
const MOST_ATTEMPTS: u32 = 8;
const LONGEST_PAUSE: u64 = 30_000;

/// Codes of RFC 6455 with which the server rejects a subscription.
const PROTOCOL_ERROR: u16 = 1002;
const POLICY_VIOLATION: u16 = 1008;

/// Why a stream cannot begin; displayed as a sentence.
#[derive(Clone, PartialEq, Debug)]
pub enum StreamError {
    /// A stream has no end.
    Until,
    /// The filter cannot be used.
    Filter(FilterError),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Until => f.write_str("a stream has no end: leave out `until`"),
            StreamError::Filter(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StreamError {}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StreamStep {
    /// Send this request, then call `respond` or `lost`.
    Request(Request),
    /// Wait.
    Wait(Wait),
    /// Open a websocket with the subprotocol `prefect`, then call `opened` or `closed`.
    Connect(String),
    /// Send this text on the websocket. It contains the credentials.
    Send(String),
    /// Wait for the websocket, but at most this many milliseconds; then call `received` or `closed`, if it said anything.
    Receive(u64),
    /// Events came.
    Events(Batch),
}

enum Phase {
    /// The past.
    Pull(Box<Pull>),
    Connect,
    Connecting,
    /// Credentials were sent.
    Authenticating,
    Open,
    /// After an interruption; then the past again.
    Interrupted,
}

/// Follows events. Decides which requests and messages to send, and reads the responses.
pub struct EventStream {
    server: Server,
    filter: EventFilter,
    selection: Selection,
    phase: Phase,
    wait: Option<Wait>,
    message: Option<String>,
    batch: Option<Batch>,
    seen: Recent,
    attempts: u32,
    now: Instant,
    /// A pull while the websocket is open.
    check: Option<Box<Pull>>,
    next_check: Instant,
    /// The time between two checks, in microseconds.
    between: i64,
    /// How long before the end of the last pull events can have occurred that come after an interruption, in
    /// microseconds.
    reach: i64,
    /// The next check is the first one after a connection.
    is_first: bool,
    /// Pulls have returned all events up to here.
    checked: Instant,
    /// The same, with those of the pull that is not finished yet.
    complete: Instant,
    progress: PullProgress,
}

impl EventStream {
    /// Follows the events that the filter selects, from `now` unless it has `since`.
    ///
    /// # Errors
    /// The filter cannot be used.
    pub fn new(server: Server, filter: &EventFilter, now: Instant) -> Result<EventStream, StreamError> {
        if filter.until.is_some() {
            return Err(StreamError::Until);
        }
        let mut filter = filter.clone();
        filter.since.get_or_insert(When::At(now));
        let pull = Pull::new(server.clone(), &filter, now).map_err(StreamError::Filter)?;
        let progress = pull.progress().clone();
        let complete = progress.since;
        // Later connections continue after the last event.
        filter.resume = None;
        Ok(EventStream {
            server,
            filter,
            selection: Selection::default(),
            phase: Phase::Pull(Box::new(pull)),
            wait: None,
            message: None,
            batch: None,
            seen: Recent::default(),
            attempts: 0,
            now,
            check: None,
            next_check: now,
            between: NEXT_CHECK,
            reach: OVERLAP,
            is_first: true,
            checked: now,
            complete,
            progress,
        })
    }

    /// Goes on where another stream has ended: pulls had returned all events up to `complete`. Clients can have sent
    /// events late, up to `reach` after they occurred. `between`: the time between two pulls while the websocket is open.
    /// Both in microseconds.
    pub(crate) fn resumed(
        server: Server,
        complete: Instant,
        (reach, between): (i64, i64),
        now: Instant,
    ) -> Result<EventStream, StreamError> {
        let since = Instant(complete.0.saturating_sub(reach));
        let filter = EventFilter { since: Some(When::At(since)), ..EventFilter::default() };
        // The clock can have been set back.
        let mut stream = EventStream::new(server, &filter, now.max(complete))?;
        (stream.between, stream.reach, stream.complete) = (between, reach, complete);
        Ok(stream)
    }

    /// Pulls have returned all events up to here that the server had stored by then.
    pub(crate) fn complete(&self) -> Instant {
        self.complete
    }

    /// The same without a pull that is not finished: where the next one goes on.
    pub(crate) fn settled(&self) -> Instant {
        self.complete.min(self.checked)
    }

    /// What came so far.
    #[must_use]
    pub fn progress(&self) -> &PullProgress {
        &self.progress
    }

    /// What to do next. Call it again after each step; after a request, a connection and `Receive` only when the result
    /// is known. `now`: the present time.
    pub fn step(&mut self, now: Instant) -> StreamStep {
        self.now = now;
        if let Some(batch) = self.batch.take() {
            return StreamStep::Events(batch);
        }
        if let Some(wait) = self.wait.take() {
            return StreamStep::Wait(wait);
        }
        if let Some(message) = self.message.take() {
            return StreamStep::Send(message);
        }
        if matches!(self.phase, Phase::Interrupted) {
            self.phase = self.pull(self.reach).map_or(Phase::Connect, Phase::Pull);
        }
        if matches!(self.phase, Phase::Open) && self.check.is_none() && now >= self.next_check {
            // What came between backfill and subscription can have occurred earlier.
            let overlap = if std::mem::take(&mut self.is_first) { self.reach } else { OVERLAP };
            self.check = self.pull(overlap);
            self.next_check = Instant(now.0.saturating_add(self.between));
        }
        let pull = match &mut self.phase {
            Phase::Pull(pull) => Some(pull),
            _ => self.check.as_mut(),
        };
        match pull.map(|pull| pull.step()) {
            Some(PullStep::Request(request)) => return StreamStep::Request(request),
            Some(PullStep::Wait(wait)) => return StreamStep::Wait(wait),
            Some(PullStep::Events(batch)) => {
                let PullProgress { reached, until, .. } = batch.progress;
                self.complete = self.complete.max(reached.min(until));
                return StreamStep::Events(self.unseen(&batch));
            }
            Some(PullStep::Done) => self.finish_pull(),
            None => {}
        }
        match &mut self.phase {
            Phase::Connect => {
                self.phase = Phase::Connecting;
                StreamStep::Connect(self.server.socket_url())
            }
            phase => {
                let is_open = matches!(phase, Phase::Open);
                let rest = if is_open { self.next_check.since(now).clamp(0, self.between) } else { NEXT_CHECK };
                StreamStep::Receive(u64::try_from(rest).unwrap_or(0).div_ceil(1000))
            }
        }
    }

    /// The pull has returned all its events.
    fn finish_pull(&mut self) {
        if let Some(check) = self.check.take() {
            self.checked = check.progress().until;
        } else if let Phase::Pull(pull) = std::mem::replace(&mut self.phase, Phase::Connect) {
            self.selection = pull.selection().clone();
            self.checked = pull.progress().until;
        }
    }

    /// A pull of the time since the last one, and of some time before.
    fn pull(&self, overlap: i64) -> Option<Box<Pull>> {
        let since = Instant(self.checked.0.saturating_sub(overlap));
        let filter = EventFilter { since: Some(When::At(since)), ..self.filter.clone() };
        // The filter was used before, and the server was there.
        let mut pull = Pull::new(self.server.clone(), &filter, self.now.max(since)).ok()?;
        pull.expect_response();
        Some(Box::new(pull))
    }

    /// The response to the last request.
    ///
    /// # Errors
    /// The server's failure is final.
    pub fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        match (&mut self.phase, &mut self.check) {
            (Phase::Pull(pull), _) | (_, Some(pull)) => pull.respond(response, with),
            _ => Ok(()),
        }
    }

    /// The last request had no response.
    ///
    /// # Errors
    /// The server is gone.
    pub fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        match (&mut self.phase, &mut self.check) {
            (Phase::Pull(pull), _) | (_, Some(pull)) => pull.lost(reason, with),
            _ => Ok(()),
        }
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        self.phase = Phase::Authenticating;
        self.message = Some(text(&Auth { r#type: "auth", token: self.server.token() }));
    }

    /// A text came on the websocket.
    ///
    /// # Errors
    /// It is not what Prefect's server sends.
    pub fn received(&mut self, frame: &str) -> Result<(), ClientError> {
        match page::read(frame.as_bytes(), message) {
            Some(Message::Authenticated) => {
                self.phase = Phase::Open;
                (self.attempts, self.is_first) = (0, true);
                self.next_check = Instant(self.now.0.saturating_add(FIRST_CHECK.min(self.between)));
                let since = Instant(self.checked.0.saturating_sub(self.reach));
                let until = Instant(self.now.0.saturating_add(YEAR));
                self.message = Some(text(&self.selection.subscription(since, until)));
                Ok(())
            }
            Some(Message::Event(event)) => {
                self.add(&event);
                Ok(())
            }
            Some(Message::Other) => Ok(()),
            None => Err(ClientError::not_prefect(&self.server.socket_url(), "an event", frame.as_bytes())),
        }
    }

    /// The websocket was closed, or could not be opened. `code` and `reason`: as the server says.
    ///
    /// # Errors
    /// The server rejects the subscription, or cannot be reached.
    pub fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), ClientError> {
        use ClientErrorCode::{Rejected, Unauthorized, Unreachable};
        let url = self.server.socket_url();
        let suffix = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        let error = |code, what: &str| Err(ClientError::new(code, format!("{url} {what}{suffix}")));
        match code {
            POLICY_VIOLATION => return error(Unauthorized, "rejects the credentials"),
            PROTOCOL_ERROR => return error(Rejected, "rejects the subscription"),
            _ => {}
        }
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts >= MOST_ATTEMPTS {
            return error(Unreachable, "cannot be opened. Does a proxy forward websockets");
        }
        let pause = 500_u64.saturating_mul(1 << self.attempts.min(10)).min(LONGEST_PAUSE);
        let milliseconds = with.spread(pause);
        self.wait = Some(Wait { milliseconds, reason: format!("the connection was closed{suffix}") });
        (self.phase, self.message, self.check) = (Phase::Interrupted, None, None);
        Ok(())
    }

    fn add(&mut self, event: &PulledEvent) {
        self.progress.reached = self.progress.reached.max(event.occurred);
        if !self.selection.names.includes(&event.name) || !self.seen.insert(event.id) {
            return;
        }
        self.progress.events = self.progress.events.saturating_add(1);
        self.progress.until = self.progress.until.max(event.occurred);
        let batch = self.batch.get_or_insert_with(|| Batch::new(self.progress.clone()));
        batch.push(event);
        batch.progress = self.progress.clone();
    }

    /// Without the events that came before.
    fn unseen(&mut self, batch: &Batch) -> Batch {
        let mut rest = Batch::new(self.progress.clone());
        for line in batch.lines.lines() {
            if let Some(event) = page::read(line.as_bytes(), page::event)
                && self.seen.insert(event.id)
            {
                rest.push(&event);
            }
        }
        self.progress.events = self.progress.events.saturating_add(rest.count as u64);
        self.progress.until = self.progress.until.max(batch.progress.until);
        self.progress.reached = self.progress.reached.max(batch.progress.reached);
        self.progress.lacking = self.progress.lacking.saturating_add(batch.progress.lacking);
        rest.progress = self.progress.clone();
        rest
    }
}

#[derive(Serialize)]
struct Auth<'t> {
    r#type: &'static str,
    token: Option<&'t str>,
}

fn text(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

enum Message {
    Authenticated,
    Event(PulledEvent),
    /// Of a later version.
    Other,
}

fn message(root: Value<'_>) -> Option<Message> {
    let kind = root.get("type")?;
    if kind.is("auth_success") {
        return Some(Message::Authenticated);
    }
    if kind.is("event") {
        return page::event(root.get("event")?).map(Message::Event);
    }
    Some(Message::Other)
}
