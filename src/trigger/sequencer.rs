//! The front of the engine: all that couples events on the server, whichever triggers there are. That is the
//! publisher's de-duplication, the consumer's filters, the ordering by `follows`, and the events clock.
//!
//! It emits the steps that triggers execute, and hears nothing of them. So it runs once for any number of automations,
//! and each of them can run elsewhere.
//!
//! Source: `reactive_evaluation` and `periodic_evaluation` of `server/events/triggers.py`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::steps::step;
use crate::time::Instant;
use crate::time::units::MINUTE;

use super::Delivery;
use super::clock::EventsClock;
use super::decision::{Phase, Reason};
use super::ordering::{MAX_DEPTH, Ordering};
use super::recent::Recent;
use super::saved::SavedFacts;
use super::snapshot::{Snapshot, SnapshotError, SnapshotKind};
use super::step::{Facts, Step, StepAction};

/// The publisher's memory of ids: how many, and for how long (microseconds).
const PUBLISHED_LIMIT: usize = 1000;
const PUBLISHED_RETENTION: i64 = 5 * MINUTE;

/// How long after its end a bucket is removed in any case (`PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER`).
const EXPIRED_BUCKET_BUFFER: i64 = MINUTE;

/// Brings events into the order in which the server evaluates them. `B`: what the steps say of an event, such as the
/// event itself, or its place in a file.
pub struct Sequencer<B> {
    delivery: Delivery,
    /// When it did its last step. Time does not go back.
    now: Instant,
    clock: EventsClock,
    published: Recent,
    ordering: Ordering<B>,
    /// The previous tick: the server's time, and that of the events clock.
    ticked: Option<(Instant, Instant)>,
}

/// The saved state of a sequencer.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedSequencer {
    direct: bool,
    now: i64,
    clock: EventsClock,
    published: Vec<(Uuid, i64)>,
    seen: Vec<(Uuid, i64)>,
    waiting: Vec<SavedFacts>,
    leaders: Vec<(Uuid, Vec<Uuid>)>,
    ticked: Option<(i64, i64)>,
}

/// Receives the steps.
pub type Sink<'k, B> = dyn FnMut(Step<'_, B>) + 'k;

/// Why an event is not evaluated now.
enum Stop {
    /// `EventArrivedEarly`
    Early,
    /// `MaxDepthExceeded`
    TooDeep,
}

/// Emits the steps of one call.
struct Emitter<'c, 'k, B> {
    now: Instant,
    phase: Phase,
    sink: &'c mut Sink<'k, B>,
}

impl<B> Emitter<'_, '_, B> {
    fn emit(&mut self, action: StepAction<'_, B>) {
        (self.sink)(Step { now: self.now, phase: self.phase, action });
    }
}

impl<B: Clone> Sequencer<B> {
    /// Without memory.
    #[must_use]
    pub fn new(delivery: Delivery) -> Self {
        Sequencer {
            delivery,
            now: Instant(i64::MIN),
            clock: EventsClock::default(),
            published: Recent::new(PUBLISHED_LIMIT, PUBLISHED_RETENTION),
            ordering: Ordering::default(),
            ticked: None,
        }
    }

    /// An event arrives.
    pub fn deliver(&mut self, event: &Facts, body: &B, now: Instant, sink: &mut Sink<'_, B>) {
        self.now = now;
        let mut emitter = Emitter { now, phase: Phase::Event, sink };
        if self.delivery == Delivery::Consumer
            && let Some(reason) = self.reject(event, now)
        {
            emitter.emit(StepAction::Note(body, reason));
            return;
        }
        // The server treats an early event as received.
        let _ = self.evaluate(event, body, 0, &mut emitter);
    }

    /// The publisher's de-duplication and the consumer's filters.
    fn reject(&mut self, event: &Facts, now: Instant) -> Option<Reason> {
        if self.published.use_it(event.id, now.0) {
            return Some(Reason::Duplicate);
        }
        self.published.insert(event.id, now.0);
        if event.is_log {
            return Some(Reason::LogWrite);
        }
        self.ordering.seen.contains(event.id, now.0).then_some(Reason::AlreadySeen)
    }

    /// `reactive_evaluation`
    fn evaluate(&mut self, event: &Facts, body: &B, depth: u8, emitter: &mut Emitter<'_, '_, B>) -> Result<(), Stop> {
        let now = emitter.now;
        step(1);
        self.clock.update(event.occurred, now);
        if depth > MAX_DEPTH {
            emitter.emit(StepAction::Note(body, Reason::TooDeep));
            return Err(Stop::TooDeep);
        }
        if let Some(leader) = self.ordering.waits_for(event, now.0) {
            self.ordering.record(event, body, leader);
            emitter.emit(StepAction::Note(body, Reason::Waits(leader)));
            emitter.emit(StepAction::Wait(body, leader));
            return Err(Stop::Early);
        }
        if depth > 0 {
            emitter.emit(StepAction::Note(body, Reason::LeaderSeen));
        }
        emitter.emit(StepAction::Evaluate(body));
        self.ordering.seen.insert(event.id, now.0);
        if self.ordering.is_idle() {
            return Ok(());
        }
        for (follower, body) in self.ordering.followers(event.id) {
            match self.evaluate(&follower, &body, depth.saturating_add(1), emitter) {
                Ok(()) => {}
                Err(Stop::TooDeep) => break,
                Err(Stop::Early) => return Err(Stop::Early),
            }
        }
        if event.follows.is_some_and(|leader| leader != event.id) {
            self.ordering.forget(event);
        }
        Ok(())
    }

    /// Runs the server's two loops once: the proactive evaluation, then the periodic one.
    pub fn tick(&mut self, now: Instant, sink: &mut Sink<'_, B>) {
        self.now = now;
        let as_of = now.0.saturating_add(self.clock.offset(now));
        let mut emitter = Emitter { now, phase: Phase::Tick, sink };
        emitter.emit(StepAction::Tick { as_of, previous: self.ticked });
        self.ticked = Some((now, Instant(as_of)));
        emitter.phase = Phase::Periodic;
        emitter.emit(StepAction::SweepHeld);
        for lost in self.ordering.take_lost(now.0) {
            emitter.emit(StepAction::Note(&lost.body, Reason::LeaderLost));
            // The server skips the rest of the periodic evaluation.
            if self.evaluate(&lost.facts, &lost.body, 0, &mut emitter).is_err() {
                return;
            }
        }
        emitter.emit(StepAction::Sweep { until: as_of.saturating_sub(EXPIRED_BUCKET_BUFFER) });
    }

    /// The events that wait for the one that they follow, in the order in which they began to wait.
    pub fn waiting(&self) -> impl Iterator<Item = &B> {
        self.ordering.waiters().into_iter().map(|(_, body)| body)
    }

    /// Its state. Equal states are equal snapshots. What the steps say of events is not part of it: the caller keeps
    /// [`Sequencer::waiting`].
    #[must_use]
    pub fn save(&self) -> Snapshot {
        Snapshot::new(SnapshotKind::Sequencer, &self.state())
    }

    /// Goes on from a saved state. `waiting`: what [`Sequencer::waiting`] returned then.
    ///
    /// # Errors
    /// If it is no snapshot of a sequencer with as many waiting events.
    pub fn restore(snapshot: &Snapshot, waiting: Vec<B>) -> Result<Self, SnapshotError> {
        Sequencer::restored(&snapshot.state(SnapshotKind::Sequencer)?, waiting)
    }

    pub(super) fn state(&self) -> SavedSequencer {
        let now = self.now.0;
        SavedSequencer {
            direct: self.delivery == Delivery::Direct,
            now,
            clock: self.clock,
            published: self.published.remembered(now),
            seen: self.ordering.seen.remembered(now),
            waiting: self.ordering.waiters().into_iter().map(|(facts, _)| SavedFacts::new(facts)).collect(),
            leaders: self.ordering.leaders(),
            ticked: self.ticked.map(|(now, as_of)| (now.0, as_of.0)),
        }
    }

    pub(super) fn restored(saved: &SavedSequencer, waiting: Vec<B>) -> Result<Self, SnapshotError> {
        if saved.waiting.len() != waiting.len() {
            return Err(SnapshotError::Damaged);
        }
        let published = Recent::restored(PUBLISHED_LIMIT, PUBLISHED_RETENTION, &saved.published);
        let waiting = saved.waiting.iter().map(SavedFacts::restore).zip(waiting).collect();
        let ordering = Ordering::restored(&saved.seen, waiting, &saved.leaders);
        let (published, ordering) = published.zip(ordering).ok_or(SnapshotError::Damaged)?;
        Ok(Sequencer {
            delivery: if saved.direct { Delivery::Direct } else { Delivery::Consumer },
            now: Instant(saved.now),
            clock: saved.clock,
            published,
            ordering,
            ticked: saved.ticked.map(|(now, as_of)| (Instant(now), Instant(as_of))),
        })
    }

    pub(super) fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// When it did its last step.
    pub(super) fn now(&self) -> Instant {
        self.now
    }
}
