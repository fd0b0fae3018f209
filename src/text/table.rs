//! Maps and sets: indexes into lists, by the hashes of their items. Keys decide equality, never hashes alone. The hashes are
//! seeded with addresses and the clock, so that texts cannot be constructed to collide; a module of WebAssembly has neither,
//! so there somebody could slow down a check in their own browser.
//!
//! The table is `hashbrown`'s. Maps and sets are lists beside it, as in the library `indexmap`, but with one instance
//! of the table: `hashbrown`'s own maps take a module 1 KB for each pair of types. The steps of all are counted here.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::steps::step;

/// The seed of a table's hashes: a different number in each table.
pub(crate) type HashSeed = RandomState;

/// Indexes into a list, by the hashes of its items.
#[derive(Clone, Debug, Default)]
pub(crate) struct HashIndex(HashTable<(u64, usize)>);

impl HashIndex {
    /// The index with this hash that `is_it` accepts.
    #[inline(never)]
    pub(crate) fn find(&self, hash: u64, is_it: &mut dyn FnMut(usize) -> bool) -> Option<usize> {
        let found = self.0.find(hash, |(own, place)| {
            step(1);
            *own == hash && is_it(*place)
        });
        found.map(|(_, place)| *place)
    }

    /// Adds a new index.
    #[inline(never)]
    pub(crate) fn add(&mut self, hash: u64, place: usize) {
        self.0.insert_unique(hash, (hash, place), |(hash, _)| *hash);
    }
}

/// A map from which single entries are never removed.
#[derive(Clone, Debug)]
pub(crate) struct Map<K, V> {
    entries: Vec<(K, V)>,
    index: HashIndex,
    seed: HashSeed,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map { entries: Vec::new(), index: HashIndex::default(), seed: HashSeed::default() }
    }
}

impl<K: Hash + Eq, V> Map<K, V> {
    fn place<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Result<usize, u64>
    where
        K: Borrow<Q>,
    {
        step(size_of_val(key).div_ceil(16));
        let hash = self.seed.hash_one(key);
        let is_it = |place: usize| self.entries.get(place).is_some_and(|(own, _)| own.borrow() == key);
        self.index.find(hash, &mut { is_it }).ok_or(hash)
    }

    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    pub(crate) fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// The value of a key; inserts this one if there is none.
    #[expect(clippy::indexing_slicing, reason = "the entry was found or has just been added")]
    pub(crate) fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(hash) => {
                let place = self.entries.len();
                self.index.add(hash, place);
                self.entries.push((key, value()));
                place
            }
        };
        &mut self.entries[place].1
    }

    pub(crate) fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// Sets the value of a key, and returns the previous one.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self.entries.get_mut(place).map(|(_, known)| std::mem::replace(known, value)),
            Err(hash) => {
                self.index.add(hash, self.entries.len());
                self.entries.push((key, value));
                None
            }
        }
    }

    /// In insertion order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// In insertion order.
    pub(crate) fn into_entries(self) -> Vec<(K, V)> {
        self.entries
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.index.0.clear();
    }
}

/// A set from which single keys are never removed.
#[derive(Clone, Debug)]
pub(crate) struct Set<K>(Map<K, ()>);

impl<K> Default for Set<K> {
    fn default() -> Self {
        Set(Map::default())
    }
}

impl<K: Hash + Eq> Set<K> {
    /// Whether the key is new.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        let before = self.0.len();
        self.0.or_default(key);
        self.0.len() > before
    }

    pub(crate) fn contains<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Indexes into a list of strings stored elsewhere.
#[derive(Clone, Default)]
pub(crate) struct TextIndex {
    index: HashIndex,
    seed: HashSeed,
}

impl TextIndex {
    fn hash(&self, text: &[u8]) -> u64 {
        step(text.len());
        let mut hasher = self.seed.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    /// The index of a text. `is_there`: whether an index has this text.
    #[inline]
    pub(crate) fn find(&self, text: &[u8], mut is_there: impl FnMut(usize) -> bool) -> Option<usize> {
        self.index.find(self.hash(text), &mut is_there)
    }

    /// Adds a new text.
    pub(crate) fn insert(&mut self, text: &[u8], place: usize) {
        self.index.add(self.hash(text), place);
    }

    pub(crate) fn clear(&mut self) {
        self.index.0.clear();
    }
}

/// A set of texts.
#[derive(Clone, Default)]
pub(crate) struct TextSet {
    index: TextIndex,
    /// Concatenated, with the end of each.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl TextSet {
    fn text(&self, place: usize) -> &[u8] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(place).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn contains(&self, text: &[u8]) -> bool {
        self.index.find(text, |place| self.text(place) == text).is_some()
    }

    /// `false`: it was already present.
    pub(crate) fn insert(&mut self, text: &[u8]) -> bool {
        if self.contains(text) {
            return false;
        }
        self.index.insert(text, self.ends.len());
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        true
    }

    pub(crate) fn clear(&mut self) {
        self.index.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn is_a_map(steps in prop::collection::vec((0..5_u8, "[a-e]{0,2}", any::<u8>()), 0..200)) {
            let (mut ours, mut set) = (Map::<String, u8>::default(), Set::<String>::default());
            let mut theirs = HashMap::<String, u8>::new();
            for (step, key, value) in steps {
                match step {
                    0 => {
                        prop_assert_eq!(set.insert(key.clone()), !theirs.contains_key(&key));
                        prop_assert_eq!(ours.insert(key.clone(), value), theirs.insert(key, value));
                    }
                    1 => {
                        set.insert(key.clone());
                        prop_assert_eq!(ours.or_insert_with(key.clone(), || value), theirs.entry(key).or_insert(value));
                    }
                    2 => prop_assert_eq!(ours.get_mut(&*key), theirs.get_mut(&key)),
                    3 => {
                        prop_assert_eq!(set.contains(&*key), theirs.contains_key(&key));
                        prop_assert_eq!(ours.get(&*key), theirs.get(&key));
                    }
                    _ if value == 0 => {
                        ours.clear();
                        set = Set::default();
                        theirs.clear();
                    }
                    _ => prop_assert_eq!(ours.is_empty(), set.is_empty()),
                }
                prop_assert_eq!(ours.len(), theirs.len());
            }
        }
    }
}
