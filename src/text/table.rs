//! Texts by their content: the one hash table of readers and checks. Equality is decided by the texts, never by their
//! hashes alone; the hashes are seeded, so that texts from outside cannot be made to collide.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::steps::step;

/// Places in a list of texts that is kept elsewhere.
#[derive(Clone, Default)]
pub(crate) struct TextIndex {
    /// With the hashes, so that a table that grows reads no texts.
    places: HashTable<(u64, u32)>,
    seed: RandomState,
}

impl TextIndex {
    fn hash(&self, text: &[u8]) -> u64 {
        let mut hasher = self.seed.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    /// The place of a text. `is_there`: whether it stands at a place.
    #[inline]
    pub fn find(&self, text: &[u8], is_there: impl Fn(usize) -> bool) -> Option<usize> {
        let hash = self.hash(text);
        let found = self.places.find(hash, |(other, place)| *other == hash && is_there(*place as usize));
        found.map(|(_, place)| *place as usize)
    }

    /// Adds a text that is not there.
    pub fn insert(&mut self, text: &[u8], place: usize) {
        // Texts of more than 4 GB are not read, so that there are no more places.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let hash = self.hash(text);
        self.places.insert_unique(hash, (hash, place), |(hash, _)| *hash);
    }

    pub fn clear(&mut self) {
        self.places.clear();
    }
}

/// A set of texts.
#[derive(Clone, Default)]
pub(crate) struct TextSet {
    index: TextIndex,
    /// One behind the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl TextSet {
    fn text(&self, place: usize) -> &[u8] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(place).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn contains(&self, text: &[u8]) -> bool {
        self.index.find(text, |place| self.text(place) == text).is_some()
    }

    /// `false`: it was there already.
    pub fn insert(&mut self, text: &[u8]) -> bool {
        step(text.len());
        if self.contains(text) {
            return false;
        }
        self.index.insert(text, self.ends.len());
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        true
    }

    pub fn clear(&mut self) {
        self.index.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_each_text_once() {
        let mut set = TextSet::default();
        for round in [true, false] {
            for number in 0..1000 {
                assert_eq!(set.insert(format!("{number:o}").as_bytes()), round, "{number}");
            }
            assert_eq!(set.insert(b""), round);
        }
        assert!(set.contains(b"") && set.contains(b"17") && !set.contains(b"18"));
        set.clear();
        assert!(set.is_empty() && !set.contains(b"17"));
    }

    #[test]
    fn equality_is_not_decided_by_the_hash() {
        let mut index = TextIndex::default();
        index.insert(b"one", 0);
        assert_eq!(index.find(b"one", |_| false), None);
        assert_eq!(index.find(b"one", |place| place == 0), Some(0));
    }
}
