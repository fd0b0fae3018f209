//! Plays events to automations as they come: what `replay` does, in memory that does not grow with their number.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::automation::Automation;
use crate::diagnostic::Report;
use crate::event::{EventReader, ReceivedEvent};
use crate::time::{Instant, TimePoint, TimeSpan};
use crate::trigger::snapshot::SnapshotKind;
use crate::trigger::{Engine, Options, Outcome, SavedEngine, SavedEvent, Snapshot, SnapshotError};

use super::automations;
use super::captured::read_events;
use super::coverage::{Coverage, FiringCounts};
use super::play_options::{TICK, after, longest};
use super::player::{Player, TooMuch};
use super::reading::DocumentText;
use super::replay::ReplayError;
use super::scenario::{REMEMBERED, has_too_many_ticks, known_before};
use super::streamed::{ReplayStreamError, StreamCounts, StreamEnd, StreamOptions, StreamedAutomation};

/// Plays events to automations as they come. It returns the firings of [`replay`](super::replay), as soon as they are
/// certain, and needs memory only for open windows, waiting events, and the server's own memory of ids.
///
/// It cannot say what only all events together say: timelines, recorded firings, `missingLeaders` (it counts the events
/// whose leader did not come), and for the delayed events of a firing which leader is absent. Events that came too late
/// for a firing are in [`Outcome::late`]. Events of several files that overlap are dropped only as the server does.
///
/// ```
/// use prefect_events::simulate::{ReplayStream, StreamOptions};
///
/// let automation = "trigger: {posture: Reactive, expect: [acme.backup.failed], threshold: 2, within: 60}";
/// let mut stream = ReplayStream::new(automation.into(), &StreamOptions::default())?;
/// for (id, occurred) in [(1, "2026-03-01T12:00:00Z"), (2, "2026-03-01T12:00:30Z")] {
///     let event = format!(
///         r#"{{"id": "00000000-0000-4000-8000-00000000000{id}", "occurred": "{occurred}",
///         "event": "acme.backup.failed", "resource": {{"prefect.resource.id": "acme.backup"}}}}"#
///     );
///     assert!(stream.push_text(event.as_str().into())?.valid);
/// }
/// assert_eq!(stream.drain().firings[0].at.rfc3339(), "2026-03-01T12:00:30.000000Z");
/// let snapshot = stream.save();
///
/// let stream = ReplayStream::restore(&snapshot, automation.into(), &StreamOptions::default())?;
/// assert_eq!(stream.finish()?.automations[0].firings, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ReplayStream {
    automations: Vec<Automation>,
    options: StreamOptions,
    state: StreamState,
    /// The events that wait to be played, by when they were received and how many came before.
    buffer: BTreeMap<(Instant, u64), ReceivedEvent>,
    /// When the last event was received.
    last: Option<Instant>,
    /// No event that was received before this is played any more.
    passed: Option<Instant>,
    counts: StreamCounts,
    /// Of each automation.
    fired: Vec<FiringCounts>,
    reader: EventReader,
}

enum StreamState {
    /// Before the start the server knows the events, but no trigger looks at them.
    Before { engine: Box<Engine>, is_empty: bool },
    /// `end`: if the options name one.
    Playing { player: Box<Player>, start: Instant, end: Option<Instant> },
}

/// The saved state of a stream.
#[derive(Serialize, Deserialize)]
struct SavedStream {
    settings: [Option<i64>; 6],
    /// Whether no event came before the start, and the automations that do not look yet. `None`: it has begun.
    before: Option<(bool, SavedEngine)>,
    /// The start, the end, and the next tick, once it has begun.
    times: [Option<i64>; 3],
    engine: SavedEngine,
    buffer: Vec<SavedEvent>,
    last: Option<i64>,
    passed: Option<i64>,
    counts: StreamCounts,
    fired: Vec<Vec<(String, u64)>>,
}

/// The most texts that are kept to be shared by later events.
const MOST_TEXTS: usize = 100_000;

impl ReplayStream {
    /// `automation`: as in [`replay`](super::replay).
    ///
    /// # Errors
    /// If the automations cannot be read or the options are invalid.
    pub fn new(automation: DocumentText<'_>, options: &StreamOptions) -> Result<Self, ReplayStreamError> {
        let automations = automations_of(automation)?;
        ReplayStream::of(automations, options).map_err(ReplayStreamError::Options)
    }

    /// The same for automations that were read or built.
    ///
    /// # Errors
    /// If the options are invalid.
    pub fn of(automations: Vec<Automation>, options: &StreamOptions) -> Result<Self, ReplayError> {
        if let Some(tick) = options.tick_seconds.filter(|tick| tick.0 <= 0) {
            return Err(ReplayError::TickNotPositive(tick));
        }
        if let Some(offset) = options.tick_offset_seconds.filter(|offset| offset.0 < 0) {
            return Err(ReplayError::OffsetNegative(offset));
        }
        let engine = Box::new(Engine::new(options.server_version.unwrap_or_default(), engine_options(options)));
        Ok(ReplayStream {
            fired: automations.iter().map(|_| FiringCounts::default()).collect(),
            automations,
            options: options.clone(),
            state: StreamState::Before { engine, is_empty: true },
            buffer: BTreeMap::new(),
            last: None,
            passed: None,
            counts: StreamCounts::default(),
            reader: EventReader::default(),
        })
    }

    /// The next events, as text: JSON documents one after the other, such as whole lines of NDJSON. If the report is not
    /// valid, the events before the error were played. Each warning is about an event that is nested too deeply to be read,
    /// and was not played.
    ///
    /// # Errors
    /// As [`ReplayStream::push`].
    pub fn push_text(&mut self, text: DocumentText<'_>) -> Result<Report, ReplayError> {
        let mut reader = std::mem::take(&mut self.reader);
        let mut played = Ok(());
        let report = read_events(text, &mut reader, &mut |event| {
            if played.is_ok() {
                played = self.push(event);
            }
        });
        if reader.len() <= MOST_TEXTS {
            self.reader = reader;
        }
        played.map(|()| report)
    }

    /// The next event.
    ///
    /// # Errors
    /// If there are too many ticks since the start, or too many firings and decisions since [`ReplayStream::drain`] was
    /// last called.
    pub fn push(&mut self, event: ReceivedEvent) -> Result<(), ReplayError> {
        let number = self.counts.events;
        self.counts.events = number.saturating_add(1);
        let received = event.received;
        if self.passed.is_some_and(|passed| received < passed) {
            self.counts.too_late = self.counts.too_late.saturating_add(1);
            return Ok(());
        }
        self.last = self.last.max(Some(received));
        let reorder = self.options.reorder_seconds.map_or(0, |reorder| reorder.0.max(0));
        let last = self.last.unwrap_or(received);
        let until = Instant(last.0.saturating_sub(reorder));
        if self.buffer.is_empty() && received <= until {
            self.passed = Some(until);
            return self.play(&event);
        }
        self.buffer.insert((received, number), event);
        self.play_until(until)
    }

    /// No event that was received before `until` comes any more: the ticks before it are certain, even in silence.
    ///
    /// # Errors
    /// As [`ReplayStream::push`].
    pub fn advance(&mut self, until: Instant) -> Result<(), ReplayError> {
        let before = Instant(until.0.saturating_sub(1));
        self.play_until(before)?;
        if let (StreamState::Before { .. }, Some(start)) =
            (&self.state, self.options.start.filter(|start| *start <= before))
        {
            self.begin(start)?;
        }
        self.last = self.last.max(Some(before));
        self.pass(before)
    }

    fn pass(&mut self, until: Instant) -> Result<(), ReplayError> {
        let StreamState::Playing { player, start, end } = &mut self.state else { return Ok(()) };
        let until = end.map_or(until, |end| end.min(until));
        if until >= *start && has_too_many_ticks(*start, until, player.tick) {
            return Err(ReplayError::TooManyTicks);
        }
        player.pass(until)?;
        Ok(())
    }

    /// Plays the events that were received by then.
    fn play_until(&mut self, until: Instant) -> Result<(), ReplayError> {
        self.passed = self.passed.max(Some(until));
        while let Some(first) = self.buffer.first_entry().filter(|first| first.key().0 <= until) {
            let event = first.remove();
            self.play(&event)?;
        }
        Ok(())
    }

    /// Plays an event; none was received later than one played before.
    fn play(&mut self, event: &ReceivedEvent) -> Result<(), ReplayError> {
        if let StreamState::Before { engine, is_empty } = &mut self.state {
            let start = self.options.start.unwrap_or(event.received);
            if event.received < start {
                self.counts.before_start = self.counts.before_start.saturating_add(1);
                if event.received.0 >= start.0.saturating_sub(REMEMBERED) {
                    let at = event.received;
                    engine.deliver(event, at).map_err(|limit| TooMuch { at, limit })?;
                    *is_empty = false;
                }
                return Ok(());
            }
            self.begin(start)?;
        }
        let StreamState::Playing { player, start, end } = &mut self.state else { return Ok(()) };
        if end.is_some_and(|end| event.received > end) {
            self.counts.undelivered = self.counts.undelivered.saturating_add(1);
            return Ok(());
        }
        if has_too_many_ticks(*start, event.received, player.tick) {
            return Err(ReplayError::TooManyTicks);
        }
        player.deliver(event)?;
        Ok(())
    }

    /// The automations start.
    fn begin(&mut self, start: Instant) -> Result<(), ReplayError> {
        let end = self.options.end.map(|end| end.from(start).ok_or(ReplayError::EndOutOfRange)).transpose()?;
        if end.is_some_and(|end| end < start) {
            return Err(ReplayError::EndBeforeStart);
        }
        let StreamState::Before { engine, is_empty } = &mut self.state else { return Ok(()) };
        let new = Engine::new(self.options.server_version.unwrap_or_default(), engine_options(&self.options));
        let mut engine = std::mem::replace(&mut **engine, new);
        known_before(&mut engine, start, *is_empty)?;
        for automation in &self.automations {
            engine.load(automation);
        }
        let offset = self.options.tick_offset_seconds.map_or(0, |offset| offset.0);
        let first = start.0.checked_add(offset).map(Instant);
        let tick = self.options.tick_seconds.map_or(TICK, |tick| tick.0);
        let player = Box::new(Player::new(engine, first, tick));
        self.state = StreamState::Playing { player, start, end };
        Ok(())
    }

    /// What has happened since the last call, up to the last tick that no event can precede any more.
    #[must_use]
    pub fn drain(&mut self) -> Outcome {
        let StreamState::Playing { player, .. } = &mut self.state else { return Outcome::default() };
        let outcome = player.take();
        self.counts.waited = self.counts.waited.saturating_add(outcome.waited as u64);
        self.counts.leaders_lost = self.counts.leaders_lost.saturating_add(outcome.leaders_lost as u64);
        for firing in outcome.child_firings.iter().chain(&outcome.firings) {
            if let Some(fired) = self.fired.get_mut(firing.trigger.automation) {
                fired.add(&firing.trigger.path);
            }
        }
        outcome
    }

    /// What it has counted, without what was not drained.
    #[must_use]
    pub fn counts(&self) -> StreamCounts {
        self.counts
    }

    /// No event comes any more: plays what is left, and the time until nothing more can fire.
    ///
    /// # Errors
    /// As [`ReplayStream::push`].
    pub fn finish(mut self) -> Result<StreamEnd, ReplayError> {
        if let Some(last) = self.last {
            self.play_until(last)?;
        }
        if let (StreamState::Before { .. }, Some(start)) = (&self.state, self.options.start) {
            self.begin(start)?;
        }
        if let StreamState::Playing { start, end, .. } = &self.state {
            let rest = self.automations.iter().map(|automation| longest(&automation.trigger)).max().unwrap_or(0);
            let last = self.last.unwrap_or(*start).max(*start);
            let until = end.unwrap_or_else(|| after(last, rest));
            self.pass(until)?;
        }
        let mut outcome = self.drain();
        let mut silent: Vec<u64> = vec![0; self.automations.len()];
        for firing in &mut outcome.firings {
            firing.if_silent = self.last.is_none_or(|last| firing.at > last);
            if let Some(silent) = silent.get_mut(firing.trigger.automation).filter(|_| firing.if_silent) {
                *silent = silent.saturating_add(1);
            }
        }
        for firing in &mut outcome.child_firings {
            firing.if_silent = self.last.is_none_or(|last| firing.at > last);
        }
        let reports = match &mut self.state {
            StreamState::Playing { player, .. } => player.engine.take_coverage(),
            StreamState::Before { .. } => Vec::new(),
        };
        let undelivered = usize::try_from(self.counts.undelivered).unwrap_or(usize::MAX);
        let mut reports = reports.into_iter();
        let automations =
            self.automations.into_iter().zip(self.fired).zip(silent).map(|((automation, fired), silent)| {
                let report = reports.next();
                let Coverage { triggers, reason } =
                    Coverage::counted(&automation, report.as_ref(), &fired, silent, undelivered);
                StreamedAutomation {
                    name: automation.name,
                    firings: fired.of("$"),
                    if_silent: silent,
                    coverage: self.options.coverage.then_some(triggers),
                    reason: reason.filter(|_| self.options.coverage),
                }
            });
        Ok(StreamEnd { automations: automations.collect(), outcome, counts: self.counts })
    }

    /// Its state. Call [`ReplayStream::drain`] before: what it would return is not part of the state.
    #[must_use]
    pub fn save(&self) -> Snapshot {
        let (before, times, engine) = match &self.state {
            StreamState::Before { engine, is_empty } => {
                let mut unused =
                    Engine::new(self.options.server_version.unwrap_or_default(), engine_options(&self.options));
                for automation in &self.automations {
                    unused.load(automation);
                }
                (Some((*is_empty, unused.state())), [None; 3], engine.state())
            }
            StreamState::Playing { player, start, end } => {
                let times = [Some(*start), *end, player.next].map(|time| time.map(|time| time.0));
                (None, times, player.engine.state())
            }
        };
        let saved = SavedStream {
            settings: settings(&self.options),
            before,
            times,
            engine,
            buffer: self.buffer.values().map(SavedEvent::new).collect(),
            last: self.last.map(|last| last.0),
            passed: self.passed.map(|passed| passed.0),
            counts: self.counts,
            fired: self.fired.iter().map(FiringCounts::save).collect(),
        };
        Snapshot::new(SnapshotKind::Stream, &saved)
    }

    /// Goes on from a saved state, with the same automations and options. Only `trace` may differ.
    ///
    /// # Errors
    /// If the snapshot is not of such a stream, or the automations cannot be read, or the options are invalid.
    pub fn restore(
        snapshot: &Snapshot,
        automation: DocumentText<'_>,
        options: &StreamOptions,
    ) -> Result<Self, ReplayStreamError> {
        ReplayStream::restore_of(snapshot, automations_of(automation)?, options)
    }

    /// The same for automations that were read or built.
    ///
    /// # Errors
    /// If the snapshot is not of such a stream, or the options are invalid.
    pub fn restore_of(
        snapshot: &Snapshot,
        automations: Vec<Automation>,
        options: &StreamOptions,
    ) -> Result<Self, ReplayStreamError> {
        let mut stream = ReplayStream::of(automations, options).map_err(ReplayStreamError::Options)?;
        let saved = snapshot.state::<SavedStream>(SnapshotKind::Stream).map_err(ReplayStreamError::Snapshot)?;
        stream.resume(saved).map_err(ReplayStreamError::Snapshot)?;
        Ok(stream)
    }

    fn resume(&mut self, saved: SavedStream) -> Result<(), SnapshotError> {
        if saved.settings != settings(&self.options) || saved.fired.len() != self.automations.len() {
            return Err(SnapshotError::OtherAutomations);
        }
        let loaded = if saved.before.is_none() { &*self.automations } else { &[] };
        let version = self.options.server_version.unwrap_or_default();
        let is_empty = saved.before.as_ref().map(|(is_empty, _)| *is_empty);
        if let Some((_, unused)) = saved.before {
            Engine::restored(unused, version, engine_options(&self.options), &self.automations)?;
        }
        let engine = Engine::restored(saved.engine, version, engine_options(&self.options), loaded)?;
        self.state = match (is_empty, saved.times.map(|time| time.map(Instant))) {
            (Some(is_empty), _) => StreamState::Before { engine: Box::new(engine), is_empty },
            // The first tick is at the start or later.
            (None, [Some(start), end, next]) if next.is_none_or(|next| next >= start) => {
                let tick = self.options.tick_seconds.map_or(TICK, |tick| tick.0);
                StreamState::Playing { player: Box::new(Player::new(engine, next, tick)), start, end }
            }
            (None, _) => return Err(SnapshotError::Damaged),
        };
        // Their order is that of the buffer.
        let waiting = saved.buffer.len() as u64;
        let first = saved.counts.events.checked_sub(waiting).ok_or(SnapshotError::Damaged)?;
        for (event, number) in saved.buffer.iter().zip(first..) {
            let event = event.restore(&mut self.reader);
            self.buffer.insert((event.received, number), event);
        }
        (self.last, self.passed) = (saved.last.map(Instant), saved.passed.map(Instant));
        self.counts = saved.counts;
        self.fired = saved.fired.into_iter().map(FiringCounts::restored).collect();
        Ok(())
    }
}

fn automations_of(document: DocumentText<'_>) -> Result<Vec<Automation>, ReplayStreamError> {
    let (automations, report) = document.read(automations::all);
    let automations = automations.ok_or_else(|| ReplayStreamError::Document(Box::new(report)))?;
    Ok(automations.into_iter().map(|given| given.automation).collect())
}

fn engine_options(options: &StreamOptions) -> Options {
    Options {
        delivery: options.delivery.unwrap_or_default(),
        trace: options.trace,
        coverage: options.coverage,
        intended: options.intended,
        chance: 0,
    }
}

/// The options that a snapshot belongs to, besides those of the engine. Microseconds.
fn settings(options: &StreamOptions) -> [Option<i64>; 6] {
    let (at, after) = match options.end {
        None => (None, None),
        Some(TimePoint::At(at)) => (Some(at.0), None),
        Some(TimePoint::After(span)) => (None, Some(span.0)),
    };
    let span = |span: Option<TimeSpan>| span.map(|span| span.0);
    let start = options.start.map(|start| start.0);
    [start, at, after, span(options.tick_seconds), span(options.tick_offset_seconds), span(options.reorder_seconds)]
}
