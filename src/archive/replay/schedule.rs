//! When the replay begins and ends, and which slices of time have events: known once all parts were read.

use serde::{Deserialize, Serialize};

use crate::simulate::{ReplayError, after, has_too_many_ticks};
use crate::text::steps::step;
use crate::time::Instant;

use super::error::ArchiveReplayError;
use super::map::PartHead;
use super::piece::{Head, bytes_of, open};
use super::plan::ReplayPlan;

/// The times of a replay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    plan: u64,
    /// How many events there are.
    pub(super) events: u64,
    /// When the automations start, in microseconds like all these times. `None`: there is neither an event nor an option.
    pub(super) start: Option<i64>,
    /// When they stop, if the options say so.
    pub(super) end: Option<i64>,
    /// When the last event was received.
    pub(super) last: Option<i64>,
    /// The last instant at which the server's loops may run.
    pub(super) finish: Option<i64>,
    /// The slices with events, ascending; each lasts until the next begins.
    slices: Vec<i64>,
    width: i64,
    warm_up: i64,
}

impl Head for Schedule {
    const KIND: u8 = 2;
}

impl ReplayPlan {
    /// The times of the replay. `heads`: of all parts, in any order.
    ///
    /// # Errors
    /// If the end is before the start, there are too many ticks, or the bytes are damaged.
    pub fn schedule(&self, heads: &[&[u8]]) -> Result<Schedule, ArchiveReplayError> {
        let (mut events, mut first, mut last, mut slices) = (0_u64, None, None, Vec::new());
        for bytes in heads {
            step(1);
            let (head, _) = open::<PartHead, ()>(bytes)?;
            if head.plan != self.mark {
                return Err(ArchiveReplayError::Damaged);
            }
            events = events.saturating_add(head.events);
            if let Some((from, to)) = head.received {
                first = Some(first.map_or(from, |first: i64| first.min(from)));
                last = last.max(Some(to));
            }
            slices.extend(head.slices);
        }
        slices.sort_unstable();
        slices.dedup();
        let start = self.options.start.or(first.map(Instant));
        let last = last.map(Instant);
        let mut end = None;
        let mut finish = None;
        if let Some(start) = start {
            end = self.options.end.map(|end| end.from(start).ok_or(ReplayError::EndOutOfRange)).transpose()?;
            if end.is_some_and(|end| end < start) {
                return Err(ReplayError::EndBeforeStart.into());
            }
            let until = end.unwrap_or_else(|| after(last.unwrap_or(start).max(start), self.longest()));
            if has_too_many_ticks(start, until, self.tick()) {
                return Err(ReplayError::TooManyTicks.into());
            }
            finish = Some(until);
            if slices.is_empty() {
                slices.push(start.0.div_euclid(self.slice_width()));
            }
        }
        let schedule = Schedule {
            plan: self.mark,
            events,
            start: start.map(|start| start.0),
            end: end.map(|end| end.0),
            last: last.map(|last| last.0),
            finish: finish.map(|finish| finish.0),
            slices,
            width: self.slice_width(),
            warm_up: self.warm_up(),
        };
        self.checked(schedule)
    }

    /// Reads what [`Schedule::bytes`] returned.
    ///
    /// # Errors
    /// If the bytes are damaged or of another replay.
    pub fn read_schedule(&self, bytes: &[u8]) -> Result<Schedule, ArchiveReplayError> {
        let (schedule, _) = open::<Schedule, ()>(bytes)?;
        if schedule.plan == self.mark { self.checked(schedule) } else { Err(ArchiveReplayError::Damaged) }
    }

    /// Times that are damaged could have ticks without end.
    fn checked(&self, schedule: Schedule) -> Result<Schedule, ArchiveReplayError> {
        let slice = schedule.slices.iter().max().map(|slice| slice.saturating_mul(schedule.width));
        let latest = slice.max(schedule.last).max(schedule.finish);
        let until = schedule.end.map_or(latest, |end| latest.map(|latest| latest.min(end)));
        let times = schedule.start.zip(until).map(|(start, until)| (Instant(start), Instant(until)));
        let is_long = times.is_some_and(|(start, until)| has_too_many_ticks(start, until, self.tick()));
        if is_long { Err(ArchiveReplayError::Damaged) } else { Ok(schedule) }
    }
}

impl Schedule {
    /// To hand it to tasks.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        bytes_of(self)
    }

    /// The slices, in order of time.
    #[must_use]
    pub fn slices(&self) -> &[i64] {
        &self.slices
    }

    /// When the slice at this index begins, and when the next one does. `None`: there is none.
    pub(super) fn bounds(&self, index: usize) -> Option<(i64, Option<i64>)> {
        let begin = |slice: &i64| slice.saturating_mul(self.width);
        let from = self.slices.get(index).map(begin)?;
        Some((from, self.slices.get(index.saturating_add(1)).map(begin)))
    }

    /// When the warm-up of the slice at this index begins.
    pub(super) fn warm_from(&self, index: usize) -> Option<i64> {
        Some(self.bounds(index)?.0.saturating_sub(self.warm_up))
    }

    /// The slices whose facts [`ReplayPlan::sequence`] needs for the slice at this index: its own, and before it those of
    /// the warm-up.
    #[must_use]
    pub fn facts_of(&self, index: usize) -> &[i64] {
        let Some(warm) = self.warm_from(index) else { return &[] };
        let first = self.slices.partition_point(|slice| slice.saturating_add(1).saturating_mul(self.width) <= warm);
        self.slices.get(first..=index).unwrap_or_default()
    }
}
