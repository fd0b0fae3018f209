//! Plays the facts of events to a sequencer, with the ticks between them: as a replay in one process does.

use serde::{Deserialize, Serialize};

use crate::simulate::REMEMBERED;
use crate::time::Instant;
use crate::trigger::snapshot::SnapshotKind;
use crate::trigger::{Facts, Sequencer, Snapshot};

use super::error::ArchiveReplayError;
use super::order::{Body, Recorder, Sets};
use super::piece::EventPlace;
use super::plan::ReplayPlan;
use super::schedule::Schedule;

/// The state of the order at the end of a slice.
#[derive(Serialize, Deserialize)]
struct SavedOrder {
    sequencer: Vec<u8>,
    begun: bool,
    is_empty: bool,
    next: Option<i64>,
    waiting: Vec<(EventPlace, Vec<u32>)>,
}

/// Plays events to a sequencer, with the ticks between them.
pub(super) struct Drive<'s> {
    schedule: &'s Schedule,
    tick: i64,
    offset: i64,
    pub(super) sequencer: Sequencer<Body>,
    pub(super) sets: Sets,
    /// Whether the automations have started. Before, the server knows the events, but no trigger looks at them.
    begun: bool,
    /// Whether no event came before the start.
    is_empty: bool,
    next: Option<i64>,
    pub(super) recorder: Recorder,
    pub(super) before_start: u64,
    pub(super) undelivered: u64,
}

impl<'s> Drive<'s> {
    /// Without memory. `warm_from`: begins then, otherwise with the first event.
    pub(super) fn new(plan: &ReplayPlan, schedule: &'s Schedule, warm_from: Option<i64>) -> Self {
        let (tick, offset) = (plan.tick(), plan.options.tick_offset_seconds.map_or(0, |offset| offset.0));
        // Everything that the server knew at the start belongs to the beginning.
        let warm_from = warm_from.filter(|warm| schedule.start.is_some_and(|start| start < *warm));
        let next = schedule.start.zip(warm_from).and_then(|(start, warm)| {
            let first = start.checked_add(offset)?;
            let missed = warm.saturating_sub(first).max(0);
            let ticks = missed.checked_div(tick)?.saturating_add(i64::from(missed.checked_rem(tick)? > 0));
            first.checked_add(ticks.checked_mul(tick)?)
        });
        Drive {
            schedule,
            tick,
            offset,
            sequencer: Sequencer::new(plan.options.delivery.unwrap_or_default()),
            sets: Sets::default(),
            begun: warm_from.is_some(),
            is_empty: true,
            next,
            recorder: Recorder::new(),
            before_start: 0,
            undelivered: 0,
        }
    }

    pub(super) fn save(&self) -> Snapshot {
        let waiting = |body: &Body| (body.place, self.sets.get(body.set).to_vec());
        let saved = SavedOrder {
            sequencer: self.sequencer.save().bytes().to_vec(),
            begun: self.begun,
            is_empty: self.is_empty,
            next: self.next,
            waiting: self.sequencer.waiting().map(waiting).collect(),
        };
        Snapshot::new(SnapshotKind::Order, &saved)
    }

    pub(super) fn restore(&mut self, state: &[u8]) -> Result<(), ArchiveReplayError> {
        let damaged = |_| ArchiveReplayError::Damaged;
        let snapshot = Snapshot::read(state.to_vec()).map_err(damaged)?;
        let saved: SavedOrder = snapshot.state(SnapshotKind::Order).map_err(damaged)?;
        let waiting =
            saved.waiting.into_iter().map(|(place, set)| Body { place, set: self.sets.number(set) }).collect();
        let sequencer = Snapshot::read(saved.sequencer).map_err(damaged)?;
        self.sequencer = Sequencer::restore(&sequencer, waiting).map_err(damaged)?;
        (self.begun, self.is_empty, self.next) = (saved.begun, saved.is_empty, saved.next);
        Ok(())
    }

    /// An event is received. The events of one instant come before its tick.
    pub(super) fn deliver(&mut self, facts: &Facts, body: Body) {
        let received = facts.received.0;
        let counts = u64::from(self.recorder.on);
        if let Some(start) = self.schedule.start.filter(|start| received < *start) {
            self.before_start = self.before_start.saturating_add(counts);
            if received >= start.saturating_sub(REMEMBERED) && !self.begun {
                let Drive { sequencer, recorder, sets, .. } = self;
                sequencer.deliver(facts, &body, facts.received, &mut |step| recorder.keep(&step, sets));
                self.is_empty = false;
            }
            return;
        }
        if self.schedule.end.is_some_and(|end| received > end) {
            self.undelivered = self.undelivered.saturating_add(counts);
            return;
        }
        self.pass(received.saturating_sub(1));
        self.begin();
        let Drive { sequencer, recorder, sets, .. } = self;
        sequencer.deliver(facts, &body, facts.received, &mut |step| recorder.record(&step, sets));
    }

    /// The automations start.
    fn begin(&mut self) {
        let Some(start) = self.schedule.start.filter(|_| !self.begun) else { return };
        self.begun = true;
        if !self.is_empty {
            // Events that have waited too long are evaluated before.
            self.sequencer.tick(Instant(start), &mut |_| {});
        }
        self.next = start.checked_add(self.offset);
    }

    /// Time passes up to an instant, with its tick.
    pub(super) fn pass(&mut self, until: i64) {
        let until = self.schedule.end.map_or(until, |end| until.min(end));
        if self.schedule.start.is_none_or(|start| until < start) {
            return;
        }
        self.begin();
        while let Some(tick) = self.next.filter(|tick| *tick <= until) {
            let Drive { sequencer, recorder, sets, .. } = self;
            sequencer.tick(Instant(tick), &mut |step| recorder.record(&step, sets));
            self.recorder.end_tick();
            self.next = tick.checked_add(self.tick);
        }
    }
}
