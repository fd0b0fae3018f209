//! Counts the work on an input in builds with debug assertions, for the tests that hold it in proportion to the input's
//! size. Other builds count nothing.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// A step of work was done.
#[inline(always)]
pub(crate) fn step() {
    if cfg!(debug_assertions) {
        STEPS.set(STEPS.get().wrapping_add(1));
    }
}

/// How many steps this thread has done so far; always 0 without debug assertions.
#[must_use]
pub fn taken() -> u64 {
    STEPS.get()
}
