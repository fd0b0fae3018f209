//! The buckets of one trigger: for each bucketing key the open window, and the events held for the next.
//!
//! Source: `automation_bucket` of `server/database/orm_models.py`; `ensure_bucket`, `increment_bucket`,
//! `start_new_bucket`, `remove_bucket` and `sweep_closed_buckets` of `server/events/triggers.py`.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::text::steps::step;
use crate::time::Instant;

use super::heap::{Entry, Heap};
use super::held::{self, HeldEvents};
use super::saved::{SavedKey, SavedRef};

/// The data kept of an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventRef {
    /// Its id.
    pub id: Uuid,
    /// When it occurred.
    pub occurred: Instant,
    /// Its name.
    pub name: SharedText,
}

impl From<&ReceivedEvent> for EventRef {
    fn from(event: &ReceivedEvent) -> Self {
        EventRef { id: event.id, occurred: event.occurred, name: event.name.clone() }
    }
}

/// A window and its count. Times in microseconds.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    pub(super) start: i64,
    /// The first instant after the window.
    pub(super) end: i64,
    pub(super) count: i64,
    pub(super) last_event: Option<EventRef>,
    /// How far its times depend on when the server's loop runs.
    pub(super) phase: TickPhase,
}

/// When the server's loop runs is chance. A window that the loop itself opened depends on it, and each following window
/// depends on it more (microseconds).
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct TickPhase {
    /// By how much the window could begin earlier.
    pub(super) early: i64,
    /// From then on, by how much later.
    pub(super) width: i64,
}

/// A saved slot.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedSlot {
    pub(super) key: SavedKey,
    bucket: Option<SavedBucket>,
    /// When each event occurred, its id, and since when it is held.
    held: Vec<(i64, Uuid, i64)>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct SavedBucket {
    start: i64,
    end: i64,
    count: i64,
    last_event: Option<SavedRef>,
    phase: TickPhase,
}

impl SavedSlot {
    /// The end of its window.
    pub(super) fn end(&self) -> Option<i64> {
        self.bucket.as_ref().map(|bucket| bucket.end)
    }
}

/// The state for one bucketing key.
#[derive(Default)]
pub(super) struct Slot {
    hash: u64,
    pub(super) key: Box<[SharedText]>,
    pub(super) bucket: Option<Bucket>,
    /// `None`: no held events.
    pub(super) held: Option<Box<HeldEvents>>,
    used: bool,
    /// The valid entry of the heap, no later than the end of the bucket.
    stamp: u32,
    indexed: Option<i64>,
    /// The same for the next look at the held events.
    pub(super) held_stamp: u32,
    /// When the held events are checked next. They outlive their retention while the bucket is open.
    pub(super) held_until: Option<i64>,
    /// Whether it is in the list of buckets that have reached the threshold.
    listed: bool,
}

#[derive(Default)]
pub(super) struct Buckets {
    /// The indexes of the slots, by the hashes of their keys.
    table: HashTable<u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// How many buckets there are.
    count: usize,
    /// By the ends of the buckets. An end that moves back is updated only when its entry comes up, so a heartbeat costs
    /// nothing here.
    ends: Heap,
    /// Buckets that had reached the threshold (`None`: not tracked).
    threshold: Option<i64>,
    reached: Vec<u32>,
    /// Valid only if its stamp is the slot's.
    pub(super) held_ends: Heap,
}

impl Buckets {
    /// `threshold`: lists the buckets that reach it.
    pub(super) fn new(threshold: Option<i64>) -> Self {
        Buckets { threshold, ..Buckets::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many windows and held events there are, one window counted once for each label of its key.
    pub(super) fn weight(&self) -> usize {
        step(self.slots.len());
        let held = |slot: &Slot| slot.held.as_ref().map_or(0, |held| held.len());
        let own = |slot: &Slot| slot.key.len().max(1).saturating_add(held(slot));
        self.slots.iter().filter(|slot| slot.used).fold(0, |sum, slot| sum.saturating_add(own(slot)))
    }

    /// Whether nothing happens to a slot up to and including a time, unless an event has its key.
    pub(super) fn is_idle(&self, slot: &SavedSlot, until: i64) -> bool {
        let is_reached = |count: i64| self.threshold.is_some_and(|threshold| count >= threshold);
        let is_due = slot.bucket.as_ref().is_some_and(|bucket| bucket.end <= until || is_reached(bucket.count));
        let oldest = slot.held.iter().map(|(.., at)| *at).min();
        !is_due && oldest.is_none_or(|oldest| held::due(oldest, slot.end()) >= until)
    }

    /// Removes all slots, and returns them.
    pub(super) fn take_all(&mut self) -> Vec<SavedSlot> {
        let slots = self.save();
        *self = Buckets::new(self.threshold);
        slots
    }

    pub(super) fn slot(&self, place: u32) -> Option<&Slot> {
        self.slots.get(place as usize)
    }

    pub(super) fn slot_mut(&mut self, place: u32) -> Option<&mut Slot> {
        self.slots.get_mut(place as usize)
    }

    pub(super) fn bucket(&self, place: u32) -> Option<&Bucket> {
        self.slot(place)?.bucket.as_ref()
    }

    pub(super) fn find(&self, hash: u64, is_key: impl Fn(&[SharedText]) -> bool) -> Option<u32> {
        let is_it = |place: &u32| {
            step(1);
            self.slot(*place).is_some_and(|slot| slot.hash == hash && is_key(&slot.key))
        };
        self.table.find(hash, is_it).copied()
    }

    /// Creates a slot for a key without one.
    pub(super) fn add(&mut self, hash: u64, key: Box<[SharedText]>) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len().saturating_sub(1)).unwrap_or_default()
        });
        if let Some(slot) = self.slots.get_mut(place as usize) {
            (slot.hash, slot.key, slot.used) = (hash, key, true);
        }
        let slots = &self.slots;
        let hash_of = |place: &u32| slots.get(*place as usize).map_or(0, |slot| slot.hash);
        self.table.insert_unique(hash, place, hash_of);
        place
    }

    /// Frees a slot, if it is empty.
    pub(super) fn release(&mut self, place: u32) {
        let Some(slot) = self.slots.get_mut(place as usize) else { return };
        if !slot.used || slot.bucket.is_some() || slot.held.is_some() {
            return;
        }
        slot.used = false;
        slot.key = Box::default();
        (slot.stamp, slot.indexed) = (slot.stamp.wrapping_add(1), None);
        (slot.held_stamp, slot.held_until) = (slot.held_stamp.wrapping_add(1), None);
        if let Ok(entry) = self.table.find_entry(slot.hash, |own| *own == place) {
            entry.remove();
        }
        self.free.push(place);
    }

    /// Opens a window, or replaces it by another.
    pub(super) fn set(&mut self, place: u32, bucket: Bucket) {
        let Some(slot) = self.slots.get_mut(place as usize) else { return };
        let (end, count) = (bucket.end, bucket.count);
        if slot.bucket.replace(bucket).is_none() {
            self.count = self.count.saturating_add(1);
        }
        if slot.indexed.is_none_or(|indexed| end < indexed) {
            self.index(place, end);
        }
        self.list(place, count);
    }

    fn index(&mut self, place: u32, end: i64) {
        let Some(slot) = self.slots.get_mut(place as usize) else { return };
        (slot.stamp, slot.indexed) = (slot.stamp.wrapping_add(1), Some(end));
        self.ends.push((end, place, slot.stamp));
        let slots = &self.slots;
        let live = |(_, place, stamp): Entry| slots.get(place as usize).is_some_and(|slot| slot.stamp == stamp);
        self.ends.tidy(slots.len(), live);
    }

    fn list(&mut self, place: u32, count: i64) {
        if self.threshold.is_some_and(|threshold| count >= threshold)
            && let Some(slot) = self.slots.get_mut(place as usize)
            && !slot.listed
        {
            slot.listed = true;
            self.reached.push(place);
        }
    }

    /// Counts an event; returns the previous last event.
    pub(super) fn increment(&mut self, place: u32, event: EventRef) -> Option<EventRef> {
        let bucket = self.slots.get_mut(place as usize)?.bucket.as_mut()?;
        bucket.count = bucket.count.saturating_add(1);
        let count = bucket.count;
        let before = bucket.last_event.replace(event);
        self.list(place, count);
        before
    }

    /// Removes the bucket, but not the held events.
    pub(super) fn take(&mut self, place: u32) -> Option<Bucket> {
        let bucket = self.slots.get_mut(place as usize)?.bucket.take()?;
        self.count = self.count.saturating_sub(1);
        Some(bucket)
    }

    /// The buckets that have reached the threshold, each once.
    pub(super) fn take_reached(&mut self) -> Vec<u32> {
        let Some(threshold) = self.threshold else { return Vec::new() };
        let mut reached = std::mem::take(&mut self.reached);
        step(reached.len());
        reached.retain(|place| {
            let Some(slot) = self.slots.get_mut(*place as usize) else { return false };
            slot.listed = false;
            slot.bucket.as_ref().is_some_and(|bucket| bucket.count >= threshold)
        });
        reached
    }

    /// The bucket that ends first: its end and its index.
    pub(super) fn first(&mut self) -> Option<(i64, u32)> {
        while let Some((end, place, stamp)) = self.ends.first() {
            let Some(slot) = self.slots.get_mut(place as usize).filter(|slot| slot.stamp == stamp) else {
                self.ends.pop();
                continue;
            };
            match slot.bucket.as_ref().map(|bucket| bucket.end) {
                Some(actual) if actual == end => return Some((end, place)),
                actual => {
                    self.ends.pop();
                    slot.indexed = actual;
                    if let Some(actual) = actual {
                        self.ends.push((actual, place, stamp));
                    }
                }
            }
        }
        None
    }

    /// Removes the first one from the heap. If its bucket remains, [`Buckets::put_back`] must follow.
    pub(super) fn pop(&mut self) -> Option<(i64, u32)> {
        let first = self.first()?;
        self.ends.pop();
        if let Some(slot) = self.slots.get_mut(first.1 as usize) {
            slot.indexed = None;
        }
        Some(first)
    }

    pub(super) fn put_back(&mut self, place: u32) {
        if let Some(slot) = self.slot(place)
            && slot.indexed.is_none()
            && let Some(bucket) = &slot.bucket
        {
            self.index(place, bucket.end);
        }
    }

    /// Removes those whose windows end at a time or before from the heap, and returns them.
    pub(super) fn pop_ended(&mut self, until: i64) -> Vec<u32> {
        let mut ended = Vec::new();
        while self.first().is_some_and(|(end, _)| end <= until) {
            ended.extend(self.pop().map(|(_, place)| place));
        }
        ended
    }

    /// Drops the void checks of held events, if there are many.
    pub(super) fn tidy_held(&mut self) {
        let slots = &self.slots;
        let live = |(_, place, stamp): Entry| slots.get(place as usize).is_some_and(|slot| slot.held_stamp == stamp);
        self.held_ends.tidy(slots.len(), live);
    }

    /// The windows and held events, by their keys.
    pub(super) fn save(&self) -> Vec<SavedSlot> {
        step(self.slots.len());
        let is_full = |slot: &&Slot| slot.used && (slot.bucket.is_some() || slot.held.is_some());
        let slots = self.slots.iter().filter(is_full).map(|slot| SavedSlot {
            key: slot.key.to_vec(),
            bucket: slot.bucket.as_ref().map(|bucket| SavedBucket {
                start: bucket.start,
                end: bucket.end,
                count: bucket.count,
                last_event: bucket.last_event.as_ref().map(SavedRef::new),
                phase: bucket.phase,
            }),
            held: slot.held.as_ref().map(|held| held.all()).unwrap_or_default(),
        });
        let mut slots: Vec<SavedSlot> = slots.collect();
        slots.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        slots
    }

    /// Takes up a saved slot, whose key has this hash. `false`: it is no slot, or there is one already.
    pub(super) fn restore(&mut self, saved: SavedSlot, hash: u64, texts: &mut EventReader) -> bool {
        let SavedSlot { key, bucket, held } = saved;
        if self.find(hash, |own| *own == *key).is_some() || (bucket.is_none() && held.is_empty()) {
            return false;
        }
        let place = self.add(hash, key.iter().map(|text| texts.share(text)).collect());
        if let Some(SavedBucket { start, end, count, last_event, phase }) = bucket {
            let last_event = last_event.map(|event| event.restore(texts));
            self.set(place, Bucket { start, end, count, last_event, phase });
        }
        held.is_empty() || held::restore(self, place, held)
    }

    /// The indexes of all buckets.
    pub(super) fn places(&self) -> impl Iterator<Item = u32> {
        step(self.slots.len());
        (0..).zip(&self.slots).filter(|(_, slot)| slot.bucket.is_some()).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_weigh_their_labels_and_held_events() {
        let mut buckets = Buckets::new(None);
        let mut weight = |hash: u64, labels: usize, is_open: bool, held: u128| {
            let bucket = is_open.then(|| SavedBucket {
                start: 0,
                end: 60,
                count: 1,
                last_event: None,
                phase: TickPhase::default(),
            });
            let held = (0..held).map(|id| (0, Uuid::from_u128(id), 0)).collect();
            let saved = SavedSlot { key: vec![SharedText::from("a"); labels], bucket, held };
            assert!(buckets.restore(saved, hash, &mut EventReader::default()));
            buckets.weight()
        };
        assert_eq!(weight(0, 0, true, 0), 1);
        assert_eq!(weight(1, 3, true, 0), 1 + 3);
        assert_eq!(weight(2, 2, false, 5), 1 + 3 + 2 + 5);
        assert_eq!(weight(3, 1, true, 7), 1 + 3 + 2 + 5 + 1 + 7);
    }
}
