//! The order in which the server evaluates the events of a slice of time, and its ticks.

use serde::{Deserialize, Serialize};

use crate::text::steps::step;
use crate::text::table::Map;
use crate::trigger::{Facts, Snapshot};

use super::drive::Drive;
use super::error::ArchiveReplayError;
use super::order::{Body, OrderHead, Sets};
use super::piece::{EventPlace, FactsHead, FactsRow, Head, NextRows, Rows, bytes_of, open};
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

impl Head for SequencedHead {
    const KIND: u8 = 5;
}

/// A piece that is read: its head, the numbers of its sets, its other rows, and the next one.
type OpenPiece<'b> = (FactsHead, Vec<u32>, Rows<'b, FactsRow>, Option<FactsRow>);

/// The facts of several pieces in order of receipt.
struct Merged<'b> {
    pieces: Vec<OpenPiece<'b>>,
    next: NextRows,
}

impl<'b> Merged<'b> {
    fn new(plan: u64, facts: &[&'b [u8]], sets: &mut Sets) -> Result<Self, ArchiveReplayError> {
        let (mut pieces, mut next) = (Vec::with_capacity(facts.len()), NextRows::of(facts.len()));
        for (number, bytes) in facts.iter().enumerate() {
            let (mut head, mut rows) = open::<FactsHead, FactsRow>(bytes)?;
            if head.plan != plan {
                return Err(ArchiveReplayError::Damaged);
            }
            let own = std::mem::take(&mut head.sets).into_iter().map(|set| sets.number(set)).collect();
            let row = rows.next()?;
            if let Some(row) = &row {
                next.add((row.received, EventPlace { part: head.part, index: row.index }), number);
            }
            pieces.push((head, own, rows, row));
        }
        Ok(Merged { pieces, next })
    }

    fn next(&mut self) -> Result<Option<(Facts, Body)>, ArchiveReplayError> {
        step(1);
        let Some((place, number)) = self.next.first() else { return Ok(None) };
        let Some((head, sets, rows, row)) = self.pieces.get_mut(number) else { return Ok(None) };
        let Some(own) = row.take() else { return Ok(None) };
        *row = rows.next()?;
        self.next.advance(row.as_ref().map(|row| (row.received, EventPlace { part: head.part, index: row.index })));
        let set = sets.get(own.set as usize).copied().ok_or(ArchiveReplayError::Damaged)?;
        Ok(Some((own.facts(), Body { place, set })))
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
            // Else there could be ticks without end until it is received.
            if schedule.last.is_none_or(|last| facts.received.0 > last) {
                return Err(ArchiveReplayError::Damaged);
            }
            if facts.received.0 >= earliest && to.is_none_or(|to| facts.received.0 < to) {
                drive.deliver(&facts, body);
            }
        }
        if let Some(last) = to.map(|to| to.saturating_sub(1)).or(schedule.finish) {
            drive.pass(last);
        }
        let slice = index as u64;
        let mut waiting: Map<u32, Vec<EventPlace>> = Map::default();
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
