//! How long a window over heartbeats must be: one calculation for all code that names a number.

use crate::time::units::SECOND;

/// By how much each heartbeat was late in measurements.
pub(crate) const DRIFT: i64 = 15_000;
/// How long an event may take to arrive.
pub(crate) const DELAY: i64 = SECOND;
/// The most missed heartbeats for which a window is recommended.
pub(crate) const MOST_MISSES: i64 = 4;
/// The least number of missed heartbeats that the two figures tolerate.
const MISSES: i64 = 3;

/// How long a client waits between two heartbeats: no less than 30 seconds. Spans are in microseconds.
pub(crate) fn sent_every(frequency: i64) -> i64 {
    frequency.max(30 * SECOND)
}

/// The real interval between heartbeats.
pub(crate) fn period(frequency: i64) -> i64 {
    sent_every(frequency).saturating_add(DRIFT)
}

/// How many heartbeats in a row may be missed without an alarm; -1: it fires on runs that miss none.
pub(crate) fn tolerated(within: i64, frequency: i64) -> i64 {
    // The next heartbeat must come within, not at the end: `occurred < end`.
    let intervals = within.saturating_sub(1).checked_div(period(frequency)).unwrap_or_default();
    intervals.saturating_sub(1)
}

/// The smallest window that tolerates this many missed heartbeats, in whole seconds.
pub(crate) fn smallest_within(frequency: i64, misses: i64) -> i64 {
    let span = misses.saturating_add(1).saturating_mul(period(frequency));
    // A Proactive trigger waits at least 10 seconds.
    span.saturating_add(DELAY).div_euclid(SECOND).saturating_add(1).max(10)
}

/// The smallest window that tolerates three missed heartbeats, in whole seconds.
pub(crate) fn minimum_within(frequency: i64) -> i64 {
    smallest_within(frequency, MISSES)
}

/// The same with half a heartbeat to spare, in whole seconds.
pub(crate) fn recommended_within(frequency: i64) -> i64 {
    let spare = sent_every(frequency).saturating_mul(9).div_euclid(2 * SECOND);
    spare.max(minimum_within(frequency))
}

/// The window to recommend after a false alarm, in whole seconds. `None`: a longer one would not be the remedy.
pub(crate) fn longer_within(within: i64, frequency: i64, missed: usize) -> Option<i64> {
    let missed = i64::try_from(missed).ok().filter(|missed| *missed <= MOST_MISSES)?;
    if missed == 0 && tolerated(within, frequency) >= 0 {
        return None;
    }
    let longer = smallest_within(frequency, missed).max(recommended_within(frequency));
    Some(longer).filter(|longer| longer.saturating_mul(SECOND) > within)
}
