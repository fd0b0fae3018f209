//! Follows the events of a live server, plays them to automations, and reports each firing as soon as it is certain.
//!
//! A firing is certain when no event can come any more that was received before it. Only pulls know that: a websocket can
//! drop events, and its silence can be that of an interrupted network. So time passes as far as pulls have returned
//! everything, less the time that the server takes to store an event. Events wait until then, and are played in order of
//! receipt.
//!
//! As in the client, the caller sends the requests, has the clock, and waits. It can save the state at any time: a watch
//! that goes on from there reports the firings that one without an interruption reports, each once.

use std::collections::VecDeque;

use crate::automation::Automation;
use crate::client::{EventStream, Request, Server, StreamStep, Wait};
use crate::event::EventReader;
use crate::simulate::{DocumentText, REMEMBERED, ReplayStream, ReplayStreamError, given_automations, read_events};
use crate::time::Instant;
use crate::trigger::{Firing, LOOKBACK, Snapshot, SnapshotError};

mod error;
mod exchange;
mod known;
mod options;
mod state;

pub use error::{StateError, WatchError};
use known::Known;
pub use options::{WatchOptions, WatchProgress, WatchedFiring};
use state::{SavedWatch, names, saved_firings};

/// The most texts that are kept to be shared by later events.
const MOST_TEXTS: usize = 100_000;

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WatchStep {
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
    /// An automation has fired: report it, then call `acknowledge`.
    Fired(Box<WatchedFiring>),
}

/// Watches a server.
///
/// ```
/// use prefect_events::client::{ConnectOptions, Server};
/// use prefect_events::time::Instant;
/// use prefect_events::watch::{Watch, WatchOptions, WatchStep};
///
/// let options = ConnectOptions { url: Some("http://127.0.0.1:4200/api".into()), ..ConnectOptions::default() };
/// let server = Server::new(&options).unwrap();
/// let automation = "trigger: {posture: Reactive, expect: [acme.backup.failed], threshold: 1, within: 0}";
/// let now = Instant(1_772_366_400_000_000);
/// let mut watch = Watch::new(server.clone(), &[automation.into()], &WatchOptions::default(), now).unwrap();
/// let WatchStep::Request(request) = watch.step(now).unwrap() else { panic!() };
/// assert_eq!((request.method, &*request.url), ("POST", "http://127.0.0.1:4200/api/events/filter"));
/// let state = watch.save();
/// let other = Watch::restore(server, &["trigger: {expect: [acme.other]}".into()], &WatchOptions::default(), &state, now);
/// assert!(other.is_err());
/// ```
pub struct Watch {
    server: String,
    automations: Vec<Automation>,
    /// When the automations started.
    start: Instant,
    stream: EventStream,
    replay: ReplayStream,
    reorder: i64,
    reader: EventReader,
    known: Known,
    unsaid: VecDeque<Firing>,
    /// The first of them was handed out.
    is_handed_out: bool,
    /// Everything before is certain.
    certain: Instant,
    /// How far the server's clock is behind the caller's, in microseconds.
    behind: i64,
    firings: u64,
    unread: u64,
}

fn automations_of(documents: &[DocumentText<'_>]) -> Result<Vec<Automation>, WatchError> {
    let mut all = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        all.extend(given_automations(*document).map_err(|report| WatchError::Automations(index, report))?);
    }
    Ok(all)
}

impl Watch {
    /// Begins. `documents`: with automations, as in [`replay`](crate::simulate::replay). `now`: the present time.
    ///
    /// # Errors
    /// If the automations cannot be read or the options are invalid.
    pub fn new(
        server: Server,
        documents: &[DocumentText<'_>],
        options: &WatchOptions,
        now: Instant,
    ) -> Result<Watch, WatchError> {
        let automations = automations_of(documents)?;
        let (reorder, check) = options.spans()?;
        let start = options.since.map_or(now, |since| since.before(now));
        if start > now {
            return Err(WatchError::Future);
        }
        let replay = ReplayStream::of(automations.clone(), &options.replay(start)).map_err(WatchError::Replay)?;
        // The server knows the events before: others follow them.
        let first = Instant(start.0.saturating_sub(REMEMBERED));
        Ok(Watch {
            server: server.url().to_owned(),
            automations,
            start,
            stream: EventStream::resumed(server, first, (LOOKBACK, check), now).map_err(WatchError::Stream)?,
            replay,
            reorder,
            reader: EventReader::default(),
            known: Known::default(),
            unsaid: VecDeque::new(),
            is_handed_out: false,
            certain: first,
            behind: 0,
            firings: 0,
            unread: 0,
        })
    }

    /// Goes on from a saved state, with the same server, automations and version of the server.
    ///
    /// # Errors
    /// If the bytes are no state of such a watch, the automations cannot be read, or the options are invalid.
    pub fn restore(
        server: Server,
        documents: &[DocumentText<'_>],
        options: &WatchOptions,
        state: &[u8],
        now: Instant,
    ) -> Result<Watch, WatchError> {
        let automations = automations_of(documents)?;
        let (reorder, check) = options.spans()?;
        let saved = SavedWatch::read(state, server.url(), &automations).map_err(WatchError::State)?;
        let of_state = |error| WatchError::State(StateError::Snapshot(error));
        let snapshot = Snapshot::read(saved.replay.clone()).map_err(of_state)?;
        let start = Instant(saved.start);
        let replay = ReplayStream::restore_of(&snapshot, automations.clone(), &options.replay(start));
        let replay = replay.map_err(|error| match error {
            ReplayStreamError::Options(error) => WatchError::Replay(error),
            ReplayStreamError::Snapshot(error) => of_state(error),
            ReplayStreamError::Document(report) => WatchError::Automations(0, report),
        })?;
        let mut reader = EventReader::default();
        let unsaid = saved.firings(&automations, &mut reader).ok_or_else(|| of_state(SnapshotError::Damaged))?;
        let complete = Instant(saved.complete);
        Ok(Watch {
            server: server.url().to_owned(),
            automations,
            start,
            stream: EventStream::resumed(server, complete, (LOOKBACK, check), now).map_err(WatchError::Stream)?,
            replay,
            reorder,
            reader,
            known: Known::restored(saved.known),
            unsaid: unsaid.into(),
            is_handed_out: false,
            certain: Instant(saved.certain),
            behind: 0,
            firings: saved.firings,
            unread: saved.unread,
        })
    }

    /// The state: what was certain so far, and the events that wait. Firings that were handed out, but not
    /// [acknowledged](Watch::acknowledge), are reported again.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let saved = SavedWatch {
            server: self.server.clone(),
            automations: names(&self.automations),
            start: self.start.0,
            replay: self.replay.save().bytes().to_vec(),
            complete: self.stream.settled().0,
            certain: self.certain.0,
            known: self.known.all(),
            firings: self.firings,
            unread: self.unread,
            unsaid: saved_firings(self.unsaid.iter()),
        };
        saved.snapshot().bytes().to_vec()
    }

    /// What has been played and reported so far.
    #[must_use]
    pub fn progress(&self) -> WatchProgress {
        let counts = self.replay.counts();
        WatchProgress {
            events: counts.events.saturating_sub(counts.before_start),
            firings: self.firings,
            too_late: counts.too_late,
            unread: self.unread,
            until: self.certain,
        }
    }

    /// What to do next. Call it again after each step; after a request, a connection and `Receive` only when the result
    /// is known. `now`: the present time.
    ///
    /// # Errors
    /// If the replay cannot go on: there are too many firings at once.
    pub fn step(&mut self, now: Instant) -> Result<WatchStep, WatchError> {
        self.acknowledge();
        loop {
            if let Some(firing) = self.unsaid.front() {
                self.is_handed_out = true;
                let automation = self.automations.get(firing.trigger.automation);
                return Ok(WatchStep::Fired(Box::new(WatchedFiring {
                    automation: automation.map(|automation| automation.name.clone()).unwrap_or_default(),
                    firing: firing.clone(),
                    is_one_of_several: self.automations.len() > 1,
                })));
            }
            return Ok(match self.stream.step(now) {
                StreamStep::Events(batch) => {
                    self.play(&batch.lines)?;
                    continue;
                }
                StreamStep::Request(request) => WatchStep::Request(request),
                StreamStep::Wait(wait) => WatchStep::Wait(wait),
                StreamStep::Connect(url) => WatchStep::Connect(url),
                StreamStep::Send(text) => WatchStep::Send(text),
                StreamStep::Receive(milliseconds) => WatchStep::Receive(milliseconds),
            });
        }
    }

    /// The last firing was reported. The next step implies it.
    pub fn acknowledge(&mut self) {
        if std::mem::take(&mut self.is_handed_out) {
            self.unsaid.pop_front();
            self.firings = self.firings.saturating_add(1);
        }
    }

    /// Events came, one per line: they wait until they are certain.
    fn play(&mut self, lines: &str) -> Result<(), WatchError> {
        for line in lines.lines() {
            let Watch { reader, known, replay, .. } = self;
            let mut played = Ok(());
            let report = read_events(line.into(), reader, &mut |event| {
                if played.is_ok() && known.insert(&event) {
                    played = replay.push(event);
                }
            });
            played.map_err(WatchError::Replay)?;
            if !report.valid || report.warnings > 0 {
                self.unread = self.unread.saturating_add(1);
            }
        }
        if self.reader.len() > MOST_TEXTS {
            self.reader = EventReader::default();
        }
        self.pass()
    }

    /// Time passes as far as the pulls are certain.
    fn pass(&mut self) -> Result<(), WatchError> {
        let late = self.reorder.saturating_add(self.behind);
        let certain = Instant(self.stream.complete().0.saturating_sub(late));
        if certain <= self.certain {
            return Ok(());
        }
        self.certain = certain;
        self.replay.advance(certain).map_err(WatchError::Replay)?;
        // What children of composite triggers did is part of their firings.
        self.unsaid.extend(self.replay.drain().firings);
        self.known.forget_before(Instant(self.stream.settled().0.saturating_sub(LOOKBACK)));
        Ok(())
    }
}
