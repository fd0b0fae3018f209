//! The triggers of one share execute the steps of slice after slice.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use crate::event::{EventReader, ReceivedEvent};
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::Instant;
use crate::trigger::snapshot::SnapshotKind;
use crate::trigger::{
    Ahead, Automations, Firing, Outcome, Phase, SavedAutomations, SavedEvent, SavedFiring, SavedLate, Snapshot, Step,
    StepAction,
};

use super::error::ArchiveReplayError;
use super::events::{EventsPiece, EventsReader};
use super::order::{Act, OrderHead, OrderRow, TickRow};
use super::piece::{EventPlace, Head, NextRows, Rows, Writer, open};
use super::plan::{ReplayPlan, Share};
use super::schedule::Schedule;
use super::windows::{WindowsHead, WindowsWriter, read_windows};

/// What a share needs of a slice.
#[derive(Clone, Copy, Debug)]
pub struct SliceInput<'b> {
    /// The index of the slice in [`Schedule::slices`].
    pub index: usize,
    /// The server's ticks.
    pub ticks: &'b [u8],
    /// What the share evaluates. `None`: nothing.
    pub order: Option<&'b [u8]>,
    /// The events of the slice that the share matches: its pieces of all parts, in any order.
    pub events: &'b [&'b [u8]],
}

/// Executes the steps of one share, slice after slice, in order of time. Between slices it needs memory for waiting events,
/// for the firings of the last day, and for those that were not taken; in one, for its events too, and for the windows that
/// something happens to.
pub struct Reducer<'p> {
    plan: &'p ReplayPlan,
    schedule: &'p Schedule,
    number: u32,
    share: Share,
    automations: Automations,
    waiting: BTreeMap<EventPlace, ReceivedEvent>,
    now: Instant,
    /// The index of the next slice.
    next: u64,
    waited: u64,
    rows: Writer,
    windows: WindowCounts,
    has_failed: bool,
}

/// How many windows there were in a slice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WindowCounts {
    /// Were in memory at its beginning.
    pub loaded: u64,
    /// Stayed on the disk: nothing happened to them.
    pub idle: u64,
    /// Are open at its end, the idle ones included, or have held events.
    pub left: u64,
}

/// The head of the firings of a share.
#[derive(Serialize, Deserialize)]
pub(super) struct FiringsHead {
    pub(super) plan: u64,
    pub(super) share: u32,
    pub(super) waited: u64,
}

impl Head for FiringsHead {
    const KIND: u8 = 7;
}

/// Something that a share reports.
#[derive(Serialize, Deserialize)]
pub(super) enum ReportedRow {
    Firing(FiringOrder, SavedFiring),
    Child(FiringOrder, SavedFiring),
    Late(SavedLate),
}

/// Orders the firings of one automation as one process does: by slice and step; in a tick by the starts of the windows,
/// then by their keys.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct FiringOrder {
    slice: u64,
    step: u64,
    start: i64,
    key: String,
}

/// The state between two slices.
#[derive(Serialize, Deserialize)]
struct SavedReducer {
    plan: u64,
    share: u32,
    next: u64,
    now: i64,
    automations: SavedAutomations,
    waiting: Vec<(EventPlace, SavedEvent)>,
    /// How many windows it left.
    left: u64,
}

/// The events of several pieces in order of receipt. A piece is read when its first event comes; after the last, its texts are
/// dropped.
struct MergedEvents<'b> {
    pieces: Vec<(EventsPiece<'b>, Option<EventsReader<'b>>)>,
    next: NextRows,
}

impl<'b> MergedEvents<'b> {
    fn new(plan: u64, bytes: &[&'b [u8]]) -> Result<Self, ArchiveReplayError> {
        let (mut pieces, mut next) = (Vec::with_capacity(bytes.len()), NextRows::of(bytes.len()));
        for (number, bytes) in bytes.iter().enumerate() {
            let piece = EventsPiece::open(plan, bytes)?;
            next.add(piece.place(), number);
            pieces.push((piece, None));
        }
        Ok(MergedEvents { pieces, next })
    }

    /// The event at a place. Those before it were dropped on the way to the triggers.
    fn find(&mut self, wanted: EventPlace) -> Result<ReceivedEvent, ArchiveReplayError> {
        while let Some((place, number)) = self.next.first() {
            step(1);
            let (piece, reader) = self.pieces.get_mut(number).ok_or(ArchiveReplayError::Damaged)?;
            let open = match reader {
                Some(open) => open,
                None => reader.insert(piece.read()?),
            };
            let found = if place == wanted { Some(open.event().ok_or(ArchiveReplayError::Damaged)?) } else { None };
            open.skip()?;
            let at = open.place();
            if at.is_none() {
                *reader = None;
            }
            self.next.advance(at);
            if let Some(event) = found {
                return Ok(event);
            }
        }
        Err(ArchiveReplayError::Damaged)
    }
}

impl<'p> Reducer<'p> {
    /// Before the first slice. `share`: less than [`ReplayPlan::shares`].
    ///
    /// # Errors
    /// If there is no such share.
    pub fn new(plan: &'p ReplayPlan, schedule: &'p Schedule, share: u32) -> Result<Self, ArchiveReplayError> {
        let own = *plan.shares.get(share as usize).ok_or(ArchiveReplayError::Damaged)?;
        let mut automations = plan.engine();
        if let Some(automation) = plan.automations.get(own.automation) {
            automations.load_as(automation, own.automation);
        }
        Ok(Reducer {
            plan,
            schedule,
            number: share,
            share: own,
            automations,
            waiting: BTreeMap::new(),
            now: Instant(i64::MIN),
            next: 0,
            waited: 0,
            rows: Writer::new(),
            windows: WindowCounts::default(),
            has_failed: false,
        })
    }

    /// The next slice. `before`: the windows after the previous slice; the first has none. `after`: where those after this
    /// one are written.
    ///
    /// # Errors
    /// If bytes are damaged or of another replay, it is not the next slice, or windows cannot be read or written. Then go on
    /// from the state before: this reducer executes no slice any more.
    pub fn slice(
        &mut self,
        input: SliceInput<'_>,
        before: &mut dyn Read,
        after: &mut dyn Write,
    ) -> Result<(), ArchiveReplayError> {
        if std::mem::replace(&mut self.has_failed, true) {
            return Err(ArchiveReplayError::Damaged);
        }
        self.play(input, before, after)?;
        self.has_failed = false;
        Ok(())
    }

    fn play(
        &mut self,
        input: SliceInput<'_>,
        before: &mut dyn Read,
        after: &mut dyn Write,
    ) -> Result<(), ArchiveReplayError> {
        let (head, mut ticks) = open::<OrderHead, TickRow>(input.ticks)?;
        self.check(&head, input.index)?;
        let (mut order, mut still) = (None, None);
        if let Some(bytes) = input.order {
            let (head, rows) = open::<OrderHead, OrderRow>(bytes)?;
            self.check(&head, input.index)?;
            (order, still) = (Some(rows), Some(head.waiting));
        }
        let mut events = MergedEvents::new(self.plan.mark, input.events)?;
        let mut left = WindowsWriter::new(self.windows_of(self.next), after);
        if let Some(earlier) = self.next.checked_sub(1) {
            self.load(earlier, self.ahead(input.ticks, &events)?, before, &mut left)?;
        }
        let mut next = || order.as_mut().map_or(Ok(None), Rows::next);
        let (mut row, mut ticked) = (next()?, 0_u32);
        loop {
            while let Some(own) = row.take_if(|row| row.ticks == ticked && !row.in_tick) {
                self.event(&own, Phase::Event, &mut events)?;
                row = next()?;
            }
            let Some(tick) = ticks.next()? else { break };
            ticked = ticked.saturating_add(1);
            let TickRow { step, now, as_of, previous, sweep } = tick;
            let previous = previous.map(|(now, as_of)| (Instant(now), Instant(as_of)));
            self.now = Instant(now);
            self.execute(step, Phase::Tick, StepAction::Tick { as_of, previous });
            self.execute(step, Phase::Periodic, StepAction::SweepHeld);
            while let Some(own) = row.take_if(|row| row.ticks == ticked && row.in_tick) {
                self.event(&own, Phase::Periodic, &mut events)?;
                row = next()?;
            }
            if let Some(until) = sweep {
                self.execute(step, Phase::Periodic, StepAction::Sweep { until });
            }
        }
        if row.is_some() {
            return Err(ArchiveReplayError::Damaged);
        }
        if let Some(still) = still {
            step(still.len());
            let mut waiting = std::mem::take(&mut self.waiting);
            self.waiting.extend(still.into_iter().filter_map(|place| waiting.remove_entry(&place)));
        }
        self.next = self.next.saturating_add(1);
        for window in self.automations.take_windows(0) {
            left.add(&window)?;
        }
        self.windows.left = left.finish()?;
        Ok(())
    }

    /// How many windows there were in the last slice.
    #[must_use]
    pub fn windows(&self) -> WindowCounts {
        self.windows
    }

    fn windows_of(&self, slice: u64) -> WindowsHead {
        WindowsHead { plan: self.plan.mark, share: self.number, slice }
    }

    /// What happens in a slice.
    fn ahead(&self, ticks: &[u8], events: &MergedEvents<'_>) -> Result<Ahead, ArchiveReplayError> {
        let mut until = i64::MIN;
        let (_, mut ticks) = open::<OrderHead, TickRow>(ticks)?;
        while let Some(TickRow { now, as_of, sweep, .. }) = ticks.next()? {
            step(1);
            until = until.max(now).max(as_of).max(sweep.unwrap_or(i64::MIN));
        }
        let mut texts = Set::default();
        for (piece, _) in &events.pieces {
            for text in piece.texts()? {
                step(1);
                texts.insert(text);
            }
        }
        for event in self.waiting.values() {
            for labels in std::iter::once(&event.resource).chain(event.related.iter()) {
                for (_, value) in labels.iter() {
                    step(1);
                    texts.insert(value.clone());
                }
            }
        }
        Ok(Ahead::new(until, texts))
    }

    /// Takes up the windows of the slice before, but for those that are idle in this one.
    fn load(
        &mut self,
        earlier: u64,
        mut ahead: Ahead,
        before: &mut dyn Read,
        left: &mut WindowsWriter<'_>,
    ) -> Result<(), ArchiveReplayError> {
        let damaged = |_| ArchiveReplayError::Damaged;
        let (head, count, mut texts) = (self.windows_of(earlier), self.windows.left, EventReader::default());
        self.windows = WindowCounts { loaded: count, ..WindowCounts::default() };
        let (automations, windows) = (&mut self.automations, &mut self.windows);
        read_windows(head, count, before, &mut |window| {
            for idle in automations.load_window(0, window, &mut ahead, &mut texts).map_err(damaged)? {
                (windows.loaded, windows.idle) = (windows.loaded.saturating_sub(1), windows.idle.saturating_add(1));
                left.add(&idle)?;
            }
            Ok(())
        })?;
        automations.load_first(0, ahead, &mut texts).map_err(damaged)
    }

    fn check(&self, head: &OrderHead, index: usize) -> Result<(), ArchiveReplayError> {
        let is_next = head.plan == self.plan.mark && head.slice == self.next && index as u64 == self.next;
        if is_next { Ok(()) } else { Err(ArchiveReplayError::Damaged) }
    }

    fn event(&mut self, row: &OrderRow, phase: Phase, events: &mut MergedEvents<'_>) -> Result<(), ArchiveReplayError> {
        // One that waited can be evaluated again: if ids are repeated, two events release it.
        let waited = self.waiting.get(&row.place).cloned();
        let event = waited.map_or_else(|| events.find(row.place), Ok)?;
        self.now = Instant(row.now);
        match row.act {
            Act::Evaluate => self.execute(row.step, phase, StepAction::Evaluate(&event)),
            Act::Wait(leader) => {
                self.execute(row.step, phase, StepAction::Wait(&event, leader));
                self.waiting.insert(row.place, event);
            }
            Act::Keep => {
                self.waiting.insert(row.place, event);
            }
        }
        Ok(())
    }

    fn execute(&mut self, number: u64, phase: Phase, action: StepAction<'_, ReceivedEvent>) {
        self.automations.execute(&Step { now: self.now, phase, action });
        if self.automations.untaken() == 0 {
            return;
        }
        let Outcome { firings, child_firings, late, waited, .. } = self.automations.take();
        self.waited = self.waited.saturating_add(waited as u64);
        let order = |firing: &Firing| {
            let in_order = firing.phase == Phase::Tick && self.share.of > 1;
            FiringOrder {
                slice: self.next,
                step: number,
                start: firing.bucket.filter(|_| in_order).map_or(0, |bucket| bucket.start.0),
                key: if in_order { key_of(firing) } else { String::new() },
            }
        };
        let is_silent = |at: Instant| self.schedule.last.is_none_or(|last| at.0 > last);
        for mut firing in firings {
            firing.if_silent = is_silent(firing.at);
            self.rows.row(&ReportedRow::Firing(order(&firing), SavedFiring::new(&firing)));
        }
        for mut firing in child_firings {
            firing.if_silent = is_silent(firing.at);
            self.rows.row(&ReportedRow::Child(order(&firing), SavedFiring::new(&firing)));
        }
        for late in late {
            self.rows.row(&ReportedRow::Late(SavedLate::new(&late)));
        }
    }

    /// What it has reported since the last call, for [`ReplayPlan::merge`].
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        let rest = self.automations.take();
        let waited = self.waited.saturating_add(rest.waited as u64);
        self.waited = 0;
        let rows = std::mem::replace(&mut self.rows, Writer::new());
        rows.finish(&FiringsHead { plan: self.plan.mark, share: self.number, waited })
    }

    /// Its state, to go on in another process: a [`Snapshot`]. The windows are where [`Reducer::slice`] wrote them; what was
    /// not taken is not part of it.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let saved = SavedReducer {
            plan: self.plan.mark,
            share: self.number,
            next: self.next,
            now: self.now.0,
            automations: self.automations.save(self.now),
            waiting: self.waiting.iter().map(|(place, event)| (*place, SavedEvent::new(event))).collect(),
            left: self.windows.left,
        };
        Snapshot::new(SnapshotKind::Triggers, &saved).bytes().to_vec()
    }

    /// Goes on from a saved state.
    ///
    /// # Errors
    /// If it is damaged or of another replay.
    pub fn restore(plan: &'p ReplayPlan, schedule: &'p Schedule, state: &[u8]) -> Result<Self, ArchiveReplayError> {
        let damaged = |_| ArchiveReplayError::Damaged;
        let snapshot = Snapshot::read(state.to_vec()).map_err(damaged)?;
        let saved: SavedReducer = snapshot.state(SnapshotKind::Triggers).map_err(damaged)?;
        if saved.plan != plan.mark {
            return Err(ArchiveReplayError::Damaged);
        }
        let mut reducer = Reducer::new(plan, schedule, saved.share)?;
        let mut texts = EventReader::default();
        reducer.automations.restore(saved.automations, &mut texts).map_err(damaged)?;
        reducer.waiting = saved.waiting.iter().map(|(place, event)| (*place, event.restore(&mut texts))).collect();
        (reducer.now, reducer.next, reducer.windows.left) = (Instant(saved.now), saved.next, saved.left);
        Ok(reducer)
    }
}

/// The text by which the database orders windows that begin at the same time.
fn key_of(firing: &Firing) -> String {
    crate::trigger::key_text(firing.labels.iter().map(|(_, value)| value))
}
