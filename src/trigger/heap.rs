//! What is to be looked at when: the earliest first. Entries that have become void stay until their time comes
//! or they are too many.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A time, a place, and the stamp by which the place knows whether the entry is still its own.
pub type Entry = (i64, u32, u32);

#[derive(Default)]
pub struct Heap(BinaryHeap<Reverse<Entry>>);

impl Heap {
    pub fn push(&mut self, entry: Entry) {
        self.0.push(Reverse(entry));
    }

    pub fn first(&self) -> Option<Entry> {
        self.0.peek().map(|entry| entry.0)
    }

    pub fn pop(&mut self) -> Option<Entry> {
        self.0.pop().map(|entry| entry.0)
    }

    /// Drops the void entries, if most may be void.
    pub fn tidy(&mut self, live: usize, is_live: impl Fn(Entry) -> bool) {
        if self.0.len() > live.saturating_mul(2).saturating_add(64) {
            self.0.retain(|entry| is_live(entry.0));
        }
    }
}
