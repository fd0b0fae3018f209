//! A queue of due checks, earliest first. Void entries stay until they are due or become too many.

use std::collections::BinaryHeap;

use crate::text::steps::step;
use crate::time::Instant;

/// A time, an index, and a stamp that shows whether the entry is still valid for that index.
pub(super) type Entry = (i64, u32, u32);

/// Entries as integers, largest first, so that sorting and this queue share the standard library's heap.
#[derive(Default)]
pub(super) struct Heap(BinaryHeap<(u64, u64)>);

fn as_words((at, place, stamp): Entry) -> (u64, u64) {
    (!Instant(at).sortable(), !(u64::from(place) << 32 | u64::from(stamp)))
}

fn entry((at, rest): (u64, u64)) -> Entry {
    let half = |word: u64| u32::try_from(word).unwrap_or_default();
    (Instant::from_sortable(!at).0, half(!rest >> 32), half(!rest & u64::from(u32::MAX)))
}

impl Heap {
    pub(super) fn push(&mut self, entry: Entry) {
        step(1);
        self.0.push(as_words(entry));
    }

    pub(super) fn first(&self) -> Option<Entry> {
        self.0.peek().copied().map(entry)
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        step(1);
        self.0.pop().map(entry)
    }

    /// Drops the void entries, if most may be void.
    pub(super) fn tidy(&mut self, live: usize, is_live: impl Fn(Entry) -> bool) {
        if self.0.len() > live.saturating_mul(2).saturating_add(64) {
            step(self.0.len());
            self.0.retain(|words| is_live(entry(*words)));
        }
    }
}
