//! Reads all events of a range of time.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::diagnostic::Report;
use crate::text::order;
use crate::text::phrase::{count, shown};
use crate::time::Instant;
use crate::time::units::DAY;

use super::error::{ClientError, ClientErrorCode};
use super::exchange::{Exchange, Response, Timing, Turn, Wait};
use super::filter::{EventFilter, FilterNames, PAGE, Selection, When, query_ids, run_id, run_resource};
use super::lookup::{named, runs_by_name};
use super::page::{self, PulledEvent};
use super::recent::Recent;
use super::relevant;
use super::server::{Call, Request, Server};
use super::slice::{LEADERS_BEFORE, Lengths, Outcome, QUERY_OF_CLOUD, Slice, many};

/// Before the end: as long as a server keeps events by default.
const DEFAULT_SINCE: When = When::Ago(7 * DAY);

/// A filter that cannot be used; displayed as a sentence.
#[derive(Clone, PartialEq, Debug)]
pub enum FilterError {
    /// `since` is after `until`.
    Reversed,
    /// The document with automations has errors.
    Automation(Box<Report>),
    /// The earlier capture has no event.
    NotACapture,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilterError::Reversed => f.write_str("`since` must not be after `until`"),
            FilterError::NotACapture => f.write_str("the earlier capture must be NDJSON, one event per line"),
            FilterError::Automation(report) => {
                f.write_str("the automation cannot be read")?;
                report.diagnostics.first().map_or(Ok(()), |first| write!(f, ": {}", first.message))
            }
        }
    }
}

impl std::error::Error for FilterError {}

/// Some of the events, in order of time, and how far reading has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "EventBatch"))]
pub struct Batch {
    /// NDJSON: each line ends with a line break.
    pub lines: String,
    /// How many lines.
    pub count: usize,
    /// How far reading has come.
    // In JavaScript the option `onProgress` is given it.
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub progress: PullProgress,
}

impl Batch {
    pub(super) fn new(progress: PullProgress) -> Batch {
        Batch { lines: String::new(), count: 0, progress }
    }

    pub(super) fn push(&mut self, event: &PulledEvent) {
        self.lines.push_str(&event.line);
        self.lines.push('\n');
        self.count = self.count.saturating_add(1);
    }
}

/// How far reading has come. Displayed, a line or more: what came, and what is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PullProgress {
    /// How many events came so far.
    pub events: u64,
    /// How many events the server counted, but did not return.
    pub lacking: u64,
    /// The beginning of the range.
    pub since: Instant,
    /// The fixed end of the range.
    pub until: Instant,
    /// All events up to here came; continue from here after an interruption.
    pub reached: Instant,
    /// With the option `automation`: what these events cannot show.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub limits: Option<String>,
}

impl fmt::Display for PullProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = usize::try_from(self.events).unwrap_or(usize::MAX);
        let noun = if events == 1 { "event" } else { "events" };
        write!(f, "{} {noun} from {} to {}", count(events), self.since.rfc3339(), self.until.rfc3339())?;
        if self.lacking > 0 {
            let lacking = usize::try_from(self.lacking).unwrap_or(usize::MAX);
            write!(f, "\nthe server counted {} more, but did not return them", count(lacking))?;
        }
        if let Some(limits) = &self.limits {
            write!(f, "\n{limits}")?;
        }
        Ok(())
    }
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PullStep {
    /// Send this request, then call `respond` or `lost`.
    Request(Request),
    /// Wait.
    Wait(Wait),
    /// Events came.
    Events(Batch),
    /// All events came.
    Done,
}

/// What the last request was for.
enum Phase {
    /// The ids of runs that are given by name.
    Runs(Vec<String>),
    /// A page of the slice.
    Slice(Slice),
    /// Events that those of the slice follow.
    Leaders(Slice, Vec<Uuid>),
    Done,
}

/// Reads all events of a range of time, in slices. Decides which requests to send, and reads the responses.
pub struct Pull {
    exchange: Exchange,
    selection: Selection,
    with_leaders: bool,
    lengths: Lengths,
    phase: Phase,
    /// Events that have come, also with an earlier capture.
    seen: Recent,
    /// Followed events that were asked for.
    asked: Recent,
    batch: Option<Batch>,
    progress: PullProgress,
}

impl Pull {
    /// Reads the events that the filter selects, up to `now` at the latest.
    ///
    /// # Errors
    /// The filter cannot be used.
    pub fn new(server: Server, filter: &EventFilter, now: Instant) -> Result<Pull, FilterError> {
        let until = filter.until.unwrap_or(When::Ago(0)).before(now);
        let since = filter.since.map_or(DEFAULT_SINCE.before(until), |since| since.before(now));
        if since > until {
            return Err(FilterError::Reversed);
        }
        let names = match &filter.automation {
            Some(document) => relevant::names(document).map_err(FilterError::Automation)?,
            None => FilterNames { exact: filter.names.clone(), prefixes: filter.prefixes.clone() },
        };
        let limits = filter.automation.as_ref().and_then(|_| relevant::limits(&names));
        let mut seen = Recent::default();
        let mut last = None;
        for line in filter.resume.as_deref().unwrap_or_default().lines() {
            if let Some(event) = page::read(line.as_bytes(), page::event) {
                last = last.max(Some(event.occurred));
                seen.insert(event.id);
            }
        }
        if last.is_none() && filter.resume.as_deref().is_some_and(|text| !text.trim().is_empty()) {
            return Err(FilterError::NotACapture);
        }
        let since = last.map_or(since, |last| last.max(since));
        let since = since.min(until);
        let mut resources = filter.resources.clone();
        resources.extend(filter.runs.iter().filter_map(|run| run_id(run)).map(|id| run_resource(&id)));
        let runs: Vec<String> = filter.runs.iter().filter(|run| run_id(run).is_none()).cloned().collect();
        let lengths = Lengths::new(server.is_cloud());
        let mut pull = Pull {
            exchange: Exchange::new(server),
            selection: Selection { names, resources },
            with_leaders: filter.automation.is_some() && limits.is_some(),
            lengths,
            phase: Phase::Done,
            seen,
            asked: Recent::default(),
            batch: None,
            progress: PullProgress { events: 0, lacking: 0, since, until, reached: since, limits },
        };
        if runs.is_empty() {
            pull.next_slice();
        } else {
            pull.exchange.start(runs_by_name(&runs));
            pull.phase = Phase::Runs(runs);
        }
        Ok(pull)
    }

    /// How far reading has come.
    #[must_use]
    pub fn progress(&self) -> &PullProgress {
        &self.progress
    }

    /// The server has responded before: it can restart.
    pub(super) fn expect_response(&mut self) {
        self.exchange.expect_response();
    }

    /// What selects the events; known when all came.
    pub(super) fn selection(&self) -> &Selection {
        &self.selection
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.exchange.requests()
    }

    /// What to do next. Call it again after each step; after a request only when its response is known.
    pub fn step(&mut self) -> PullStep {
        if let Some(batch) = self.batch.take() {
            return PullStep::Events(batch);
        }
        match self.exchange.next() {
            Some(Turn::Request(request)) => PullStep::Request(request),
            Some(Turn::Wait(wait)) => PullStep::Wait(wait),
            None => PullStep::Done,
        }
    }

    /// The response to the last request.
    ///
    /// # Errors
    /// The server's failure is final.
    pub fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        if !self.exchange.respond(response, with)? {
            return Ok(());
        }
        let body = response.body;
        let expected = match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Runs(runs) => {
                if let Some(found) = page::read(body, named) {
                    return self.set_runs(&runs, &found);
                }
                self.phase = Phase::Runs(runs);
                "a list of flow runs"
            }
            Phase::Slice(slice) => {
                if let Some(page) = page::read(body, page::page) {
                    return self.add_page(slice, page);
                }
                self.phase = Phase::Slice(slice);
                "a page of events"
            }
            Phase::Leaders(slice, open) => {
                if let Some(page) = page::read(body, page::page) {
                    return self.add_leaders(slice, page.events, open);
                }
                self.phase = Phase::Leaders(slice, open);
                "a page of events"
            }
            Phase::Done => {
                self.exchange.finish();
                return Ok(());
            }
        };
        self.exchange.unreadable(expected, body, with)
    }

    /// The last request had no response.
    ///
    /// # Errors
    /// The server is gone.
    pub fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.exchange.lost(reason, with)
    }

    fn set_runs(&mut self, names: &[String], found: &[(String, String)]) -> Result<(), ClientError> {
        for name in names {
            let ids = found.iter().filter(|(_, known)| known == name);
            let before = self.selection.resources.len();
            self.selection.resources.extend(ids.map(|(id, _)| run_resource(id)));
            if self.selection.resources.len() == before {
                let message = format!("{} has no flow run `{}`", self.exchange.server().url(), shown(name));
                return Err(ClientError::new(ClientErrorCode::NotFound, message));
            }
        }
        self.next_slice();
        Ok(())
    }

    /// Begins the slice at `reached`.
    fn next_slice(&mut self) {
        let PullProgress { reached, until, .. } = self.progress;
        if reached > until {
            self.phase = Phase::Done;
            self.exchange.finish();
            return;
        }
        self.ask(Slice::new(reached, self.lengths.end(reached, until)));
    }

    /// Asks for the next page of the slice.
    fn ask(&mut self, slice: Slice) {
        self.exchange.start(match &slice.token {
            Some(token) => Call::get(format!("/events/filter/next?page-token={token}")),
            None => Call::post("/events/filter", &self.selection.query(slice.since, slice.until)),
        });
        self.phase = Phase::Slice(slice);
    }

    /// The server does not do what was asked: `what` is the rest of the sentence.
    fn wrong(&self, what: &str) -> Result<(), ClientError> {
        let message = format!("{} {what}", self.exchange.server().url());
        Err(ClientError::new(ClientErrorCode::NotPrefect, message))
    }

    fn add_page(&mut self, mut slice: Slice, page: page::Page) -> Result<(), ClientError> {
        let asked = slice.range();
        match slice.add_page(page) {
            Outcome::Wrong(what) => return self.wrong(&what),
            Outcome::Cut(total) if !self.lengths.allow_cut() => {
                let (total, received) = (many(total), many(self.lengths.received()));
                return self.wrong(&format!(
                    "counts more events than it returns: it counted {total} {asked}, but returned only {received} in all \
                     when asked for parts of the range"
                ));
            }
            Outcome::Complete if slice.is_short && !self.lengths.allow_short() => {
                let (returned, counted) =
                    (slice.events.len() as u64, (slice.events.len() as u64).saturating_add(slice.lacking()));
                return self.wrong(&format!(
                    "counts more events than it returns: it counted {} {}, but returned {}",
                    many(counted),
                    slice.range(),
                    many(returned)
                ));
            }
            Outcome::More | Outcome::Again | Outcome::Cut(_) => self.ask(slice),
            Outcome::Complete => {
                self.lengths.learn(&slice);
                let names = &self.selection.names;
                self.progress.lacking = self.progress.lacking.saturating_add(slice.lacking());
                slice.events.retain(|event| names.includes(&event.name));
                let open = self.missing_leaders(&slice, &slice.events);
                self.ask_leaders(slice, open);
            }
        }
        Ok(())
    }

    /// The events that these follow and that have not come.
    fn missing_leaders(&self, slice: &Slice, events: &[PulledEvent]) -> Vec<Uuid> {
        if !self.with_leaders {
            return Vec::new();
        }
        let leaders = events.iter().filter_map(|event| event.follows);
        leaders.filter(|id| !slice.has(*id) && !self.seen.contains(*id)).collect()
    }

    fn ask_leaders(&mut self, slice: Slice, mut open: Vec<Uuid>) {
        let mut asked = Vec::new();
        while asked.len() < usize::from(PAGE)
            && let Some(id) = open.pop()
        {
            if self.asked.insert(id) {
                asked.push(id.to_string());
            }
        }
        if asked.is_empty() {
            self.finish_slice(slice);
            return;
        }
        let since =
            Instant(slice.since.0.saturating_sub(LEADERS_BEFORE).min(slice.until.0.saturating_sub(QUERY_OF_CLOUD)));
        self.exchange.start(Call::post("/events/filter", &query_ids(&asked, since, slice.until)));
        self.phase = Phase::Leaders(slice, open);
    }

    fn add_leaders(
        &mut self,
        mut slice: Slice,
        leaders: Vec<PulledEvent>,
        mut open: Vec<Uuid>,
    ) -> Result<(), ClientError> {
        if let Some(other) = leaders.iter().find(|leader| !self.asked.contains(leader.id)) {
            return self
                .wrong(&format!("does not filter events by id: it returned {}, which was not asked for", other.id));
        }
        open.extend(self.missing_leaders(&slice, &leaders));
        for leader in leaders {
            let Selection { names, resources } = &self.selection;
            // The others came with their own slice.
            if leader.occurred < self.progress.since || !resources.is_empty() || !names.includes(&leader.name) {
                slice.add(leader);
            }
        }
        self.ask_leaders(slice, open);
        Ok(())
    }

    /// The slice is complete: its events come, and the next begins.
    fn finish_slice(&mut self, mut slice: Slice) {
        order::by_key(&mut slice.events, &mut |event| event.occurred.sortable());
        self.progress.reached = Instant(slice.until.0.saturating_add(1));
        let mut batch = Batch::new(self.progress.clone());
        for event in &slice.events {
            if self.seen.insert(event.id) {
                batch.push(event);
            }
        }
        self.progress.events = self.progress.events.saturating_add(batch.count as u64);
        batch.progress.events = self.progress.events;
        self.batch = Some(batch);
        self.next_slice();
    }
}
