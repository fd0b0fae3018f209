//! Held events: what a Proactive trigger with `after` expects is held for the windows that open later, so that
//! it counts in whatever order events arrive. New in Prefect 3.9.
//!
//! Source: `server/events/models/automation_held_events.py`.

use uuid::Uuid;

use super::bucket::Buckets;

/// Twice the lookback of the causal ordering (microseconds).
const RETENTION: i64 = 2 * super::ordering::LOOKBACK;

pub struct Held {
    pub occurred: i64,
    pub id: Uuid,
    /// Since when it is held.
    pub at: i64,
}

/// Holds an event; `false` if it was held already.
pub fn hold(buckets: &mut Buckets, place: u32, event: Held, within: i64, threshold: i64) -> bool {
    let Some(slot) = buckets.slot_mut(place) else { return false };
    if slot.held.iter().any(|held| held.id == event.id) {
        return false;
    }
    let due = event.at.saturating_add(RETENTION);
    let occurred = event.occurred;
    let order = |held: &Held| (held.occurred, held.id);
    let at = slot.held.partition_point(|held| order(held) < order(&event));
    slot.held.insert(at, event);

    let newest = slot.held.last().map_or(occurred, |held| held.occurred);
    let horizon = newest.saturating_sub(RETENTION.max(within));
    slot.held.drain(..slot.held.partition_point(|held| held.occurred < horizon));

    // Each stretch of time as wide as a window keeps its first and its last events, as many as the threshold is.
    let start = occurred.saturating_sub(occurred.checked_rem_euclid(within).unwrap_or_default());
    let from = slot.held.partition_point(|held| held.occurred < start);
    let to = slot.held.partition_point(|held| held.occurred < start.saturating_add(within));
    // A negative limit is none in SQLite.
    let kept = usize::try_from(threshold).unwrap_or(usize::MAX);
    let (first, last) = (from.saturating_add(kept), to.saturating_sub(kept));
    if first < last && last <= slot.held.len() {
        slot.held.drain(first..last);
    }

    if slot.held_until.is_none() {
        schedule(buckets, place, due);
    }
    true
}

/// How many are held of a window.
pub fn count(held: &[Held], start: i64, end: i64) -> i64 {
    let from = held.partition_point(|held| held.occurred < start);
    let to = held.partition_point(|held| held.occurred < end);
    i64::try_from(to.saturating_sub(from)).unwrap_or(i64::MAX)
}

/// Looks at the held events of a slot as soon as `until` is over.
fn schedule(buckets: &mut Buckets, place: u32, until: i64) {
    let Some(slot) = buckets.slot_mut(place) else { return };
    slot.held_until = Some(until);
    slot.held_stamp = slot.held_stamp.wrapping_add(1);
    let entry = (until, place, slot.held_stamp);
    buckets.held_ends.push(entry);
}

/// To be called when a bucket is removed or gets another end: what was held for it may be over sooner.
pub fn bucket_changed(buckets: &mut Buckets, place: u32) {
    let Some(slot) = buckets.slot(place) else { return };
    let Some(until) = slot.held_until else { return };
    // A bucket that is open keeps them until before its end.
    let last = slot.bucket.as_ref().map_or(i64::MIN, |bucket| bucket.end.saturating_sub(1));
    if last >= until {
        return;
    }
    let due = slot.held.iter().map(|held| held.at).min().unwrap_or(i64::MAX).saturating_add(RETENTION);
    if last.max(due) < until {
        schedule(buckets, place, last.max(due));
    }
}

/// Drops what has been held for too long, unless a bucket of its key is still open.
pub fn sweep(buckets: &mut Buckets, now: i64) {
    while let Some((_, place, stamp)) = buckets.held_ends.first().filter(|(until, ..)| *until < now) {
        buckets.held_ends.pop();
        let Some(slot) = buckets.slot_mut(place).filter(|slot| slot.held_stamp == stamp) else { continue };
        slot.held_until = None;
        let open = slot.bucket.as_ref().map(|bucket| bucket.end).filter(|end| *end > now);
        if open.is_none() {
            let from = now.saturating_sub(RETENTION);
            slot.held.retain(|held| held.at >= from);
        }
        let oldest = slot.held.iter().map(|held| held.at).min();
        match (oldest, open) {
            (None, _) => buckets.release(place),
            (Some(oldest), open) => {
                let due = oldest.saturating_add(RETENTION);
                // While the bucket is open there is nothing to do.
                let until = open.map_or(due, |end| due.max(end.saturating_sub(1)));
                schedule(buckets, place, until);
            }
        }
    }
}
