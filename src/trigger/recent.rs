//! Ids that are remembered, limited in number and time.
//!
//! Source: `TTLCache` of Python's cachetools, which the publisher (`server/utilities/messaging/memory.py`) and
//! the causal ordering (`server/events/ordering/memory.py`) use.

use std::collections::VecDeque;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;

pub(super) struct Recent {
    limit: usize,
    /// Microseconds.
    retention: i64,
    /// The indexes of the entries, by the hashes of their ids.
    places: HashTable<u32>,
    seed: RandomState,
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Least recently used first. A mark that is no longer the entry's is void.
    by_use: VecDeque<(u64, u32)>,
    /// In order of expiry.
    by_age: VecDeque<(u64, u32)>,
    marks: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    id: Uuid,
    expires: i64,
    used: u64,
    born: u64,
}

impl Recent {
    pub(super) fn new(limit: usize, retention: i64) -> Self {
        Recent {
            limit,
            retention,
            places: HashTable::new(),
            seed: RandomState::default(),
            entries: Vec::new(),
            free: Vec::new(),
            by_use: VecDeque::new(),
            by_age: VecDeque::new(),
            marks: 0,
        }
    }

    /// Remembers ids: least recently used first, each with the time when it expires. `None`: there is one twice, or too
    /// many.
    pub(super) fn restored(limit: usize, retention: i64, ids: &[(Uuid, i64)]) -> Option<Self> {
        let mut recent = Recent::new(limit, retention);
        for (id, expires) in ids {
            if recent.find(*id).is_some() || recent.entries.len() >= limit {
                return None;
            }
            recent.marks = recent.marks.saturating_add(1);
            let mark = recent.marks;
            let hash = recent.hash(*id);
            let place = recent.add(hash, Entry { id: *id, expires: *expires, used: mark, born: mark });
            recent.by_use.push_back((mark, place));
            recent.by_age.push_back((mark, place));
        }
        let expires = |(_, place): &(u64, u32)| {
            let entry = recent.entries.get(*place as usize);
            entry.map_or(0, |entry| Instant(entry.expires).sortable())
        };
        order::by_key(recent.by_age.make_contiguous(), &mut { expires });
        Some(recent)
    }

    /// The ids that are still remembered: least recently used first, each with the time when it expires.
    pub(super) fn remembered(&self, now: i64) -> Vec<(Uuid, i64)> {
        let entry = |(mark, place): &(u64, u32)| self.entry(*place).filter(|entry| entry.used == *mark);
        let live = self.by_use.iter().filter_map(entry).filter(|entry| now < entry.expires);
        live.map(|entry| (entry.id, entry.expires)).collect()
    }

    fn entry(&self, place: u32) -> Option<&Entry> {
        self.entries.get(place as usize)
    }

    #[inline(always)]
    fn hash(&self, id: Uuid) -> u64 {
        self.seed.hash_one(id.as_u128())
    }

    fn find(&self, id: Uuid) -> Option<u32> {
        self.at(self.hash(id), id)
    }

    #[inline(always)]
    fn at(&self, hash: u64, id: Uuid) -> Option<u32> {
        let is_it = |place: &u32| {
            step(1);
            is_of(&self.entries, *place, id)
        };
        self.places.find(hash, is_it).copied()
    }

    pub(super) fn contains(&self, id: Uuid, now: i64) -> bool {
        self.find(id).and_then(|place| self.entry(place)).is_some_and(|entry| now < entry.expires)
    }

    /// Whether it is remembered; the query counts as a use.
    pub(super) fn use_it(&mut self, id: Uuid, now: i64) -> bool {
        let Some(place) = self.find(id) else { return false };
        let Some(entry) = self.entries.get_mut(place as usize).filter(|entry| now < entry.expires) else {
            return false;
        };
        self.marks = self.marks.saturating_add(1);
        entry.used = self.marks;
        self.note_use(self.marks, place);
        true
    }

    pub(super) fn insert(&mut self, id: Uuid, now: i64) {
        while let Some(&(mark, place)) = self.by_age.front() {
            if self.entry(place).is_some_and(|entry| entry.born == mark && now < entry.expires) {
                break;
            }
            self.by_age.pop_front();
            step(1);
            if self.entry(place).is_some_and(|entry| entry.born == mark) {
                self.remove(place);
            }
        }
        self.marks = self.marks.saturating_add(1);
        let mark = self.marks;
        let entry = Entry { id, expires: now.saturating_add(self.retention), used: mark, born: mark };
        let hash = self.hash(id);
        let place = if let Some(place) = self.at(hash, id) {
            place
        } else {
            if self.entries.len().saturating_sub(self.free.len()) >= self.limit {
                self.remove_least_used();
            }
            self.add(hash, entry)
        };
        if let Some(own) = self.entries.get_mut(place as usize) {
            *own = entry;
        }
        self.note_use(mark, place);
        self.by_age.push_back((mark, place));
        if self.by_age.len() > self.limit.saturating_mul(4) {
            step(self.by_age.len());
            let entries = &self.entries;
            self.by_age.retain(|(mark, place)| entries.get(*place as usize).is_some_and(|entry| entry.born == *mark));
        }
    }

    /// Adds an id that is not remembered.
    fn add(&mut self, hash: u64, entry: Entry) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.entries.push(entry);
            u32::try_from(self.entries.len().saturating_sub(1)).unwrap_or_default()
        });
        let (entries, seed) = (&self.entries, &self.seed);
        let again = |place: &u32| entries.get(*place as usize).map_or(0, |entry| seed.hash_one(entry.id.as_u128()));
        self.places.insert_unique(hash, place, again);
        place
    }

    fn note_use(&mut self, mark: u64, place: u32) {
        self.by_use.push_back((mark, place));
        if self.by_use.len() > self.limit.saturating_mul(4) {
            step(self.by_use.len());
            let entries = &self.entries;
            self.by_use.retain(|(mark, place)| entries.get(*place as usize).is_some_and(|entry| entry.used == *mark));
        }
    }

    fn remove_least_used(&mut self) {
        while let Some((mark, place)) = self.by_use.pop_front() {
            step(1);
            if self.entry(place).is_some_and(|entry| entry.used == mark) {
                self.remove(place);
                return;
            }
        }
    }

    fn remove(&mut self, place: u32) {
        let Some(id) = self.entry(place).map(|entry| entry.id) else { return };
        if let Ok(found) = self.places.find_entry(self.hash(id), |other| *other == place) {
            found.remove();
        }
        if let Some(entry) = self.entries.get_mut(place as usize) {
            (entry.used, entry.born) = (0, 0);
            self.free.push(place);
        }
    }
}

/// Whether an entry has an id. Compares numbers, which is fast.
fn is_of(entries: &[Entry], place: u32, id: Uuid) -> bool {
    entries.get(place as usize).is_some_and(|entry| entry.id.as_u128() == id.as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_by_age_and_by_use() {
        let id = |n: u128| Uuid::from_u128(n);
        let mut recent = Recent::new(3, 100);
        for n in 0..3 {
            recent.insert(id(n), 0);
        }
        assert!(recent.use_it(id(0), 50));
        recent.insert(id(3), 60);
        // The least recently used entry is dropped, not the oldest.
        assert!(recent.contains(id(0), 60) && !recent.contains(id(1), 60) && recent.contains(id(2), 60));
        assert!(recent.contains(id(0), 99) && !recent.contains(id(0), 100));
        assert!(recent.contains(id(3), 159) && !recent.use_it(id(3), 160));
        for n in 0..10_000 {
            recent.insert(id(n), 200);
            recent.insert(id(n), 200);
        }
        assert!(recent.contains(id(9999), 250) && recent.entries.len() == 3);
        assert!(recent.by_age.len() < 20_001);
    }
}
