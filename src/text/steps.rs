//! Counts work, for tests that check that it grows in proportion to the input.
//!
//! Only programs with debug assertions count; in others this does nothing.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts some steps: a node read, a byte skipped, two texts compared.
#[inline(always)]
pub(crate) fn step(count: usize) {
    if cfg!(debug_assertions) {
        STEPS.set(STEPS.get().saturating_add(count as u64));
    }
}

/// The steps of this thread so far.
#[must_use]
pub fn steps() -> u64 {
    STEPS.get()
}
