//! Held events: a Proactive trigger with `after` holds expected events for windows that open later, so that they count
//! in any order of arrival. New in Prefect 3.9.
//!
//! Source: `server/events/models/automation_held_events.py`.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;

use super::bucket::Buckets;

/// Twice the lookback of the causal ordering (microseconds).
const RETENTION: i64 = 2 * super::ordering::LOOKBACK;

/// An event to hold. Times in microseconds.
pub(super) struct Held {
    pub(super) occurred: i64,
    pub(super) id: Uuid,
    /// Since when it is held.
    pub(super) at: i64,
}

/// The held events of one key. A large threshold means many events, so each step takes time proportional to the number
/// of chunks, not of events.
#[derive(Default)]
pub(super) struct HeldEvents {
    /// Ordered by `occurred`, then by id. No chunk is empty.
    chunks: Vec<Vec<(i64, Uuid)>>,
    /// Since when each is held.
    ids: HashMap<u128, i64, RandomState>,
    /// In order of arrival: since when it is held, when it occurred, and its id. Some may be gone.
    ages: VecDeque<(i64, i64, Uuid)>,
}

/// A chunk with this many events is divided.
const CHUNK: usize = 512;

impl HeldEvents {
    /// In order of occurrence and id: when each occurred, its id, and since when it is held.
    pub(super) fn all(&self) -> Vec<(i64, Uuid, i64)> {
        step(self.ids.len());
        let since = |id: &Uuid| self.ids.get(&id.as_u128()).copied().unwrap_or_default();
        self.chunks.iter().flatten().map(|(occurred, id)| (*occurred, *id, since(id))).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// `false`: it was already held.
    fn insert(&mut self, event: &Held) -> bool {
        step(1);
        if self.ids.contains_key(&event.id.as_u128()) {
            return false;
        }
        self.ids.insert(event.id.as_u128(), event.at);
        self.ages.push_back((event.at, event.occurred, event.id));
        let own = (event.occurred, event.id);
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| *last < own));
        // The latest event goes to the end of the last chunk.
        let chunk = chunk.min(self.chunks.len().saturating_sub(1));
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        let Some(events) = self.chunks.get_mut(chunk) else { return true };
        let at = events.partition_point(|other| *other < own);
        step(events.len().saturating_sub(at));
        events.insert(at, own);
        if events.len() > CHUNK {
            let rest = events.split_off(CHUNK / 2);
            step(rest.len().saturating_add(self.chunks.len()));
            self.chunks.insert(chunk.saturating_add(1), rest);
        }
        true
    }

    /// When the newest occurred.
    fn newest(&self) -> Option<i64> {
        Some(self.chunks.last()?.last()?.0)
    }

    /// How many occurred before a time.
    fn rank(&self, time: i64) -> usize {
        let mut rank = 0_usize;
        for chunk in &self.chunks {
            step(1);
            if chunk.last().is_some_and(|(last, _)| *last < time) {
                rank = rank.saturating_add(chunk.len());
            } else {
                return rank.saturating_add(chunk.partition_point(|(occurred, _)| *occurred < time));
            }
        }
        rank
    }

    /// How many are in a window.
    pub(super) fn count(&self, start: i64, end: i64) -> i64 {
        i64::try_from(self.rank(end).saturating_sub(self.rank(start))).unwrap_or(i64::MAX)
    }

    /// Drops those from one rank up to another.
    fn drop_ranks(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        step(self.chunks.len());
        let mut first = 0_usize;
        for chunk in &mut self.chunks {
            let len = chunk.len();
            let range = from.saturating_sub(first).min(len)..to.saturating_sub(first).min(len);
            if range.start < range.end {
                step(len);
                for (_, id) in chunk.drain(range) {
                    self.ids.remove(&id.as_u128());
                }
            }
            first = first.saturating_add(len);
            if first >= to {
                break;
            }
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
    }

    /// Since when the longest held event is held.
    fn oldest(&mut self) -> Option<i64> {
        while let Some((at, _, id)) = self.ages.front() {
            step(1);
            if self.ids.get(&id.as_u128()) == Some(at) {
                return Some(*at);
            }
            self.ages.pop_front();
        }
        None
    }

    /// Drops the events held since before a time.
    fn drop_held_before(&mut self, time: i64) {
        while let Some((at, occurred, id)) = self.ages.front().copied().filter(|(at, ..)| *at < time) {
            self.ages.pop_front();
            step(1);
            if self.ids.get(&id.as_u128()) != Some(&at) {
                continue;
            }
            self.ids.remove(&id.as_u128());
            let own = (occurred, id);
            let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| *last < own));
            if let Some(events) = self.chunks.get_mut(chunk) {
                if let Ok(place) = events.binary_search(&own) {
                    step(events.len().saturating_sub(place));
                    events.remove(place);
                }
                if events.is_empty() {
                    step(self.chunks.len().saturating_sub(chunk));
                    self.chunks.remove(chunk);
                }
            }
        }
    }
}

/// Holds an event; `false` if it was already held.
pub(super) fn hold(buckets: &mut Buckets, place: u32, event: &Held, within: i64, threshold: i64) -> bool {
    let Some(slot) = buckets.slot_mut(place) else { return false };
    let held = slot.held.get_or_insert_default();
    if !held.insert(event) {
        return false;
    }
    let due = event.at.saturating_add(RETENTION);
    let occurred = event.occurred;

    let horizon = held.newest().unwrap_or(occurred).saturating_sub(RETENTION.max(within));
    let gone = held.rank(horizon);
    held.drop_ranks(0, gone);

    // Each span as long as a window keeps its first and its last events, each as many as the threshold.
    let start = occurred.saturating_sub(occurred.checked_rem_euclid(within).unwrap_or_default());
    let (from, to) = (held.rank(start), held.rank(start.saturating_add(within)));
    // A negative limit means no limit in SQLite.
    let kept = usize::try_from(threshold).unwrap_or(usize::MAX);
    held.drop_ranks(from.saturating_add(kept), to.saturating_sub(kept));
    if held.is_empty() {
        slot.held = None;
    }

    if slot.held_until.is_none() {
        schedule(buckets, place, due);
    }
    true
}

/// Schedules a check of a slot's held events after `until`.
fn schedule(buckets: &mut Buckets, place: u32, until: i64) {
    let Some(slot) = buckets.slot_mut(place) else { return };
    slot.held_until = Some(until);
    slot.held_stamp = slot.held_stamp.wrapping_add(1);
    let entry = (until, place, slot.held_stamp);
    buckets.held_ends.push(entry);
    buckets.tidy_held();
}

/// Holds the events of a saved slot again. `false`: there is one twice.
pub(super) fn restore(buckets: &mut Buckets, place: u32, mut events: Vec<(i64, Uuid, i64)>) -> bool {
    let Some(slot) = buckets.slot_mut(place) else { return false };
    order::by_key(&mut events, &mut |(.., at)| Instant(*at).sortable());
    let held = slot.held.get_or_insert_default();
    for (occurred, id, at) in events {
        if !held.insert(&Held { occurred, id, at }) {
            return false;
        }
    }
    let Some(oldest) = held.oldest() else { return false };
    let until = due(oldest, slot.bucket.as_ref().map(|bucket| bucket.end));
    schedule(buckets, place, until);
    true
}

/// After which time held events expire. `oldest`: since when the first is held. `end`: of the open window, which keeps them.
pub(super) fn due(oldest: i64, end: Option<i64>) -> i64 {
    let due = oldest.saturating_add(RETENTION);
    end.map_or(due, |end| due.max(end.saturating_sub(1)))
}

/// Call this when a bucket is removed or its end changes: its held events may expire sooner.
pub(super) fn bucket_changed(buckets: &mut Buckets, place: u32) {
    let Some(slot) = buckets.slot_mut(place) else { return };
    let Some(until) = slot.held_until else { return };
    // An open bucket keeps them until its end.
    let last = slot.bucket.as_ref().map_or(i64::MIN, |bucket| bucket.end.saturating_sub(1));
    if last >= until {
        return;
    }
    let oldest = slot.held.as_mut().and_then(|held| held.oldest()).unwrap_or(i64::MAX);
    let due = oldest.saturating_add(RETENTION);
    if last.max(due) < until {
        schedule(buckets, place, last.max(due));
    }
}

/// Drops events held too long, unless a bucket of their key is still open.
pub(super) fn sweep(buckets: &mut Buckets, now: i64) {
    while let Some((_, place, stamp)) = buckets.held_ends.first().filter(|(until, ..)| *until < now) {
        buckets.held_ends.pop();
        let Some(slot) = buckets.slot_mut(place).filter(|slot| slot.held_stamp == stamp) else { continue };
        slot.held_until = None;
        let open = slot.bucket.as_ref().map(|bucket| bucket.end).filter(|end| *end > now);
        if open.is_none()
            && let Some(held) = &mut slot.held
        {
            held.drop_held_before(now.saturating_sub(RETENTION));
            if held.is_empty() {
                slot.held = None;
            }
        }
        match (slot.held.as_mut().and_then(|held| held.oldest()), open) {
            (None, _) => buckets.release(place),
            (Some(oldest), open) => schedule(buckets, place, due(oldest, open)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// Like a sorted list.
        #[test]
        fn chunks_are_one_list(
            steps in prop::collection::vec((0_i64..4000, 0_u128..2500, 0_u8..100), 0..3000),
        ) {
            let (mut held, mut list) = (HeldEvents::default(), Vec::<(i64, Uuid, i64)>::new());
            for (at, (occurred, id, step)) in (0_i64..).zip(steps) {
                let id = Uuid::from_u128(id);
                match step {
                    0 => {
                        let (from, to) = (held.rank(occurred), held.rank(occurred + 700));
                        held.drop_ranks(from, to);
                        list.retain(|(own, ..)| !(occurred..occurred + 700).contains(own));
                    }
                    1 => {
                        held.drop_held_before(at - 1500);
                        list.retain(|(.., own)| *own >= at - 1500);
                    }
                    _ => {
                        let is_new = list.iter().all(|(_, own, _)| *own != id);
                        prop_assert_eq!(held.insert(&Held { occurred, id, at }), is_new);
                        if is_new {
                            list.push((occurred, id, at));
                        }
                    }
                }
                prop_assert_eq!(held.is_empty(), list.is_empty());
                prop_assert_eq!(held.oldest(), list.iter().map(|(.., at)| *at).min());
                prop_assert_eq!(held.newest(), list.iter().map(|(occurred, ..)| *occurred).max());
                let inside = list.iter().filter(|(own, ..)| (occurred..occurred + 900).contains(own)).count();
                prop_assert_eq!(held.count(occurred, occurred + 900), i64::try_from(inside).unwrap());
            }
            let all: Vec<(i64, Uuid)> = held.chunks.concat();
            list.sort_unstable();
            prop_assert_eq!(all, list.iter().map(|(occurred, id, _)| (*occurred, *id)).collect::<Vec<_>>());
        }
    }
}
