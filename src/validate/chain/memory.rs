//! How many events a check remembers.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};

use crate::text::table::{HashIndex, HashSeed};

/// The least number of events that are remembered if memory is bounded: links over more events are not checked.
const REMEMBERED: usize = 50_000;

/// How many events a check remembers, for what links them to later ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Memory {
    /// At least the last 50,000: links over more events are not checked, and memory is bounded.
    #[default]
    Recent,
    /// All of them: memory grows with their number.
    All,
}

impl Memory {
    fn remembered(self) -> usize {
        match self {
            Memory::Recent => REMEMBERED,
            Memory::All => usize::MAX,
        }
    }
}

/// A map that forgets entries not added in the last two generations. No result depends on the seed.
pub(super) struct Recent<K, V> {
    now: Generation<K, V>,
    before: Generation<K, V>,
    seed: HashSeed,
    memory: Memory,
}

struct Generation<K, V> {
    index: HashIndex,
    entries: Vec<(K, V)>,
    /// How much has been added: entries, and additions to them.
    size: usize,
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Generation { index: HashIndex::default(), entries: Vec::new(), size: 0 }
    }
}

impl<K, V> Generation<K, V> {
    #[inline(always)]
    fn get_mut<Q: Eq + ?Sized>(&mut self, hash: u64, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let entries = &self.entries;
        let is_it = |place: usize| entries.get(place).is_some_and(|(other, _)| other.borrow() == key);
        let place = self.index.find(hash, &mut { is_it })?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Recent::new(Memory::default())
    }
}

impl<K, V> Recent<K, V> {
    pub(super) fn new(memory: Memory) -> Self {
        Recent { now: Generation::default(), before: Generation::default(), seed: HashSeed::default(), memory }
    }
}

impl<K: Hash, V> Recent<K, V> {
    pub(super) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let hash = self.seed.hash_one(key);
        self.now.get_mut(hash, key).or_else(|| self.before.get_mut(hash, key))
    }

    /// Adds a value with a new key. Returns the forgotten entries.
    pub(super) fn insert(&mut self, key: K, value: V) -> Vec<(K, V)> {
        let forgotten = self.grow();
        self.now.index.add(self.seed.hash_one(&key), self.now.entries.len());
        self.now.entries.push((key, value));
        forgotten
    }

    /// Makes room for one more.
    pub(super) fn grow(&mut self) -> Vec<(K, V)> {
        let full = self.now.size >= self.memory.remembered();
        let forgotten =
            if full { std::mem::replace(&mut self.before, std::mem::take(&mut self.now)).entries } else { Vec::new() };
        self.now.size = self.now.size.saturating_add(1);
        forgotten
    }

    /// All entries, oldest first.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (K, V)> {
        self.before.entries.into_iter().chain(self.now.entries)
    }
}
