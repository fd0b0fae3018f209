//! The order in which the server evaluates the events of a slice of time, and its ticks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::simulate::REMEMBERED;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::snapshot::SnapshotKind;
use crate::trigger::{Facts, Reason, Sequencer, Snapshot, Step, StepAction};

use super::error::ArchiveReplayError;
use super::piece::{FactsHead, FactsRow, Place, Rows, Writer, bytes_of, open};
use super::plan::ReplayPlan;
use super::schedule::Schedule;

/// A slice in the server's order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SequencedSlice {
    /// For [`ReplayPlan::continues`] and [`ReplayPlan::merge`].
    pub head: Vec<u8>,
    /// The state at the end of the slice: a [`Snapshot`].
    pub state: Vec<u8>,
    /// The server's ticks, for all shares.
    pub ticks: Vec<u8>,
    /// What each share evaluates; those that evaluate nothing are absent.
    pub orders: Vec<ShareOrder>,
}

/// What a share evaluates in a slice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareOrder {
    /// The share.
    pub share: u32,
    /// For its [`Reducer`](super::Reducer).
    pub bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SequencedHead {
    plan: u64,
    pub(super) slice: u64,
    /// The hash of the state at its start.
    from: [u8; 32],
    /// How many events were received before the start, and after the end.
    pub(super) before_start: u64,
    pub(super) undelivered: u64,
    pub(super) leaders_lost: u64,
}

/// A tick of the server.
#[derive(Serialize, Deserialize, Clone)]
pub(super) struct TickRow {
    /// The number of the step among all of the slice.
    pub(super) step: u64,
    pub(super) now: i64,
    pub(super) as_of: i64,
    pub(super) previous: Option<(i64, i64)>,
    /// Up to when windows are removed; `None`: it did not come to that.
    pub(super) sweep: Option<i64>,
}

/// An event is evaluated, or waits.
#[derive(Serialize, Deserialize)]
pub(super) struct OrderRow {
    pub(super) step: u64,
    /// How many ticks of the slice have begun.
    pub(super) ticks: u32,
    /// Whether it happens in the last of them.
    pub(super) in_tick: bool,
    pub(super) now: i64,
    pub(super) place: Place,
    pub(super) act: Act,
}

/// What is done with an event.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(super) enum Act {
    Evaluate,
    /// It waits for another one.
    Wait(Uuid),
    /// The same before the start, when no trigger looks at it.
    Keep,
}

/// The head of ticks or of an order.
#[derive(Serialize, Deserialize)]
pub(super) struct OrderHead {
    pub(super) plan: u64,
    pub(super) slice: u64,
    /// The events that still wait at the end.
    pub(super) waiting: Vec<Place>,
}

/// The state of the order at the end of a slice.
#[derive(Serialize, Deserialize)]
struct SavedOrder {
    sequencer: Vec<u8>,
    begun: bool,
    is_empty: bool,
    next: Option<i64>,
    waiting: Vec<(Place, Vec<u32>)>,
}

/// What is kept of a waiting event: its place, and the set of shares that it matches.
#[derive(Clone, Copy)]
struct Body {
    place: Place,
    set: u32,
}

/// Sets of shares, each once.
#[derive(Default)]
struct Sets {
    all: Vec<Vec<u32>>,
    known: Map<Vec<u32>, u32>,
}

impl Sets {
    fn number(&mut self, set: Vec<u32>) -> u32 {
        if let Some(known) = self.known.get(&set) {
            return *known;
        }
        let own = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(set.clone());
        self.known.insert(set, own);
        own
    }

    fn get(&self, number: u32) -> &[u32] {
        self.all.get(number as usize).map_or(&[], |set| set)
    }
}

/// The facts of several pieces in order of receipt.
struct Merged<'b> {
    pieces: Vec<(FactsHead, Vec<u32>, Rows<'b, FactsRow>, Option<FactsRow>)>,
    next: BinaryHeap<Reverse<(i64, Place, usize)>>,
}

impl<'b> Merged<'b> {
    fn new(plan: u64, facts: &[&'b [u8]], sets: &mut Sets) -> Result<Self, ArchiveReplayError> {
        let (mut pieces, mut next) = (Vec::with_capacity(facts.len()), BinaryHeap::new());
        for (number, bytes) in facts.iter().enumerate() {
            let (mut head, mut rows) = open::<FactsHead, FactsRow>(bytes)?;
            if head.plan != plan {
                return Err(ArchiveReplayError::Damaged);
            }
            let own = std::mem::take(&mut head.sets).into_iter().map(|set| sets.number(set)).collect();
            let row = rows.next()?;
            if let Some(row) = &row {
                next.push(Reverse((row.received, Place { part: head.part, index: row.index }, number)));
            }
            pieces.push((head, own, rows, row));
        }
        Ok(Merged { pieces, next })
    }

    fn next(&mut self) -> Result<Option<(Facts, Body)>, ArchiveReplayError> {
        step(1);
        let Some(Reverse((_, place, number))) = self.next.pop() else { return Ok(None) };
        let Some((head, sets, rows, row)) = self.pieces.get_mut(number) else { return Ok(None) };
        let Some(own) = row.take() else { return Ok(None) };
        *row = rows.next()?;
        if let Some(row) = row {
            self.next.push(Reverse((row.received, Place { part: head.part, index: row.index }, number)));
        }
        let set = sets.get(own.set as usize).copied().ok_or(ArchiveReplayError::Damaged)?;
        Ok(Some((own.facts(), Body { place, set })))
    }
}

/// Writes the steps of a slice.
struct Recorder {
    /// Whether the warm-up is over.
    on: bool,
    steps: u64,
    ticked: u32,
    in_tick: bool,
    tick: Option<TickRow>,
    ticks: Writer,
    shares: Map<u32, Writer>,
    leaders_lost: u64,
}

impl Recorder {
    fn new() -> Self {
        Recorder {
            on: false,
            steps: 0,
            ticked: 0,
            in_tick: false,
            tick: None,
            ticks: Writer::new(),
            shares: Map::default(),
            leaders_lost: 0,
        }
    }

    fn record(&mut self, taken: &Step<'_, Body>, sets: &Sets) {
        if !self.on {
            return;
        }
        self.steps = self.steps.saturating_add(1);
        match &taken.action {
            StepAction::Note(_, Reason::LeaderLost) => self.leaders_lost = self.leaders_lost.saturating_add(1),
            StepAction::Note(..) | StepAction::SweepHeld => {}
            StepAction::Wait(body, leader) => self.event(taken.now, **body, Act::Wait(*leader), sets),
            StepAction::Evaluate(body) => self.event(taken.now, **body, Act::Evaluate, sets),
            StepAction::Tick { as_of, previous } => {
                let previous = previous.map(|(now, as_of)| (now.0, as_of.0));
                self.tick = Some(TickRow { step: self.steps, now: taken.now.0, as_of: *as_of, previous, sweep: None });
                (self.ticked, self.in_tick) = (self.ticked.saturating_add(1), true);
            }
            StepAction::Sweep { until } => {
                if let Some(tick) = &mut self.tick {
                    tick.sweep = Some(*until);
                }
            }
        }
    }

    /// The same before the start.
    fn keep(&mut self, taken: &Step<'_, Body>, sets: &Sets) {
        if let StepAction::Wait(body, _) = &taken.action
            && self.on
        {
            self.event(taken.now, **body, Act::Keep, sets);
        }
    }

    fn event(&mut self, now: Instant, body: Body, act: Act, sets: &Sets) {
        let Body { place, set } = body;
        let (step, ticks, in_tick) = (self.steps, self.ticked, self.in_tick);
        for share in sets.get(set) {
            let writer = self.shares.or_insert_with(*share, Writer::new);
            writer.row(&OrderRow { step, ticks, in_tick, now: now.0, place, act });
        }
    }

    fn end_tick(&mut self) {
        self.in_tick = false;
        if let Some(tick) = self.tick.take() {
            self.ticks.row(&tick);
        }
    }
}

/// Plays events to a sequencer, with the ticks between them.
struct Drive<'s> {
    schedule: &'s Schedule,
    tick: i64,
    offset: i64,
    sequencer: Sequencer<Body>,
    sets: Sets,
    /// Whether the automations have started. Before, the server knows the events, but no trigger looks at them.
    begun: bool,
    /// Whether no event came before the start.
    is_empty: bool,
    next: Option<i64>,
    recorder: Recorder,
    before_start: u64,
    undelivered: u64,
}

impl<'s> Drive<'s> {
    /// Without memory. `warm_from`: begins then, otherwise with the first event.
    fn new(plan: &ReplayPlan, schedule: &'s Schedule, warm_from: Option<i64>) -> Self {
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

    fn save(&self) -> Snapshot {
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

    fn restore(&mut self, state: &[u8]) -> Result<(), ArchiveReplayError> {
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
    fn deliver(&mut self, facts: &Facts, body: Body) {
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
    fn pass(&mut self, until: i64) {
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

impl ReplayPlan {
    /// Brings the events of a slice into the server's order. `index`: of the slice in [`Schedule::slices`]; `facts`: the
    /// pieces without a share, of the slices that [`Schedule::facts_of`] names, in any order. `state`: that of the slice
    /// before, if it is known; else the task begins earlier without memory.
    ///
    /// # Errors
    /// If bytes are damaged or of another replay, or there is no such slice.
    pub fn sequence(
        &self,
        schedule: &Schedule,
        index: usize,
        facts: &[&[u8]],
        state: Option<&[u8]>,
    ) -> Result<SequencedSlice, ArchiveReplayError> {
        let (from, to) = schedule.bounds(index).ok_or(ArchiveReplayError::Damaged)?;
        let warm_from = schedule.warm_from(index).filter(|_| state.is_none() && index > 0);
        let mut drive = Drive::new(self, schedule, warm_from);
        if let Some(state) = state {
            drive.restore(state)?;
        }
        let mut merged = Merged::new(self.mark, facts, &mut drive.sets)?;
        let earliest = warm_from.unwrap_or(from);
        let mut start = None;
        loop {
            let next = merged.next()?;
            if start.is_none() && next.as_ref().is_none_or(|(facts, _)| facts.received.0 >= from) {
                // Before the first slice there is nothing.
                if index > 0 {
                    drive.pass(from.saturating_sub(1));
                }
                start = Some(drive.save().hash());
                drive.recorder.on = true;
            }
            let Some((facts, body)) = next else { break };
            if facts.received.0 >= earliest && to.is_none_or(|to| facts.received.0 < to) {
                drive.deliver(&facts, body);
            }
        }
        if let Some(last) = to.map(|to| to.saturating_sub(1)).or(schedule.finish) {
            drive.pass(last);
        }
        let slice = index as u64;
        let mut waiting: Map<u32, Vec<Place>> = Map::default();
        for body in drive.sequencer.waiting() {
            for share in drive.sets.get(body.set) {
                waiting.or_default(*share).push(body.place);
            }
        }
        let head = |waiting| OrderHead { plan: self.mark, slice, waiting };
        let mut orders = Vec::new();
        let state = drive.save().bytes().to_vec();
        for (share, writer) in drive.recorder.shares.into_entries() {
            let own = waiting.get(&share).cloned().unwrap_or_default();
            orders.push(ShareOrder { share, bytes: writer.finish(&head(own)) });
        }
        Ok(SequencedSlice {
            head: bytes_of(&SequencedHead {
                plan: self.mark,
                slice,
                from: start.map(|hash| *hash.bytes()).unwrap_or_default(),
                before_start: drive.before_start,
                undelivered: drive.undelivered,
                leaders_lost: drive.recorder.leaders_lost,
            }),
            state,
            ticks: drive.recorder.ticks.finish(&head(Vec::new())),
            orders,
        })
    }

    /// Whether a slice goes on exactly from the state at the end of the one before. `head`: of the slice. If it does not,
    /// it must be done again from that state. The first slice always counts.
    ///
    /// # Errors
    /// If bytes are damaged or of another replay.
    pub fn continues(&self, head: &[u8], state: &[u8]) -> Result<bool, ArchiveReplayError> {
        let own = self.read_sequenced(head)?;
        let state = Snapshot::read(state.to_vec()).map_err(|_| ArchiveReplayError::Damaged)?;
        Ok(own.slice == 0 || own.from == *state.hash().bytes())
    }

    pub(super) fn read_sequenced(&self, head: &[u8]) -> Result<SequencedHead, ArchiveReplayError> {
        let (own, _) = open::<SequencedHead, ()>(head)?;
        if own.plan == self.mark { Ok(own) } else { Err(ArchiveReplayError::Damaged) }
    }
}
