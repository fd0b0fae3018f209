//! An event arrives at a trigger.
//!
//! Source: `reactive_evaluation` of `server/events/triggers.py`.

use crate::event::ReceivedEvent;

use super::bucket::{Bucket, EventRef};
use super::decision::Reason;
use super::evaluation::{Stage, Watcher, evaluate};
use super::held::{self, Held};
use super::matching::Interest;
use super::ordering::LOOKBACK;

/// Evaluates an event whose name interests the trigger.
pub fn react(watcher: &mut Watcher, stage: &mut Stage, event: &ReceivedEvent, interest: Interest) {
    if !watcher.matching.covers_resources(event) {
        return;
    }
    let occurred = event.occurred.0;
    let end = occurred.saturating_add(watcher.trigger.within);
    let window = |start: i64, count: i64| Bucket { start, end, count, last_event: Some(event.into()) };
    let place = if interest.starts_after {
        // An event that is expected as well opens the window and counts in it: together that is 0.
        ensure(watcher, stage, event, window(occurred, if interest.expects { -1 } else { 0 }))
    } else if !watcher.has_after() && interest.expects {
        // The first window reaches back, for events that are out of order.
        ensure(watcher, stage, event, window(occurred.saturating_sub(LOOKBACK), 0))
    } else {
        if !interest.expects {
            return;
        }
        let Some(place) = find(watcher, stage, event) else { return };
        place
    };
    if interest.expects {
        evaluate(watcher, stage, place, occurred, Some((event, interest)));
    }
}

/// Opens a window, unless one is open.
fn ensure(watcher: &mut Watcher, stage: &mut Stage, event: &ReceivedEvent, window: Bucket) -> u32 {
    let place = watcher.slot_for(event);
    match watcher.buckets.slot_mut(place).and_then(|slot| slot.bucket.as_mut()) {
        Some(bucket) => {
            if stage.after_overwrites {
                bucket.last_event = Some(EventRef::from(event));
            }
        }
        None => {
            let held = watcher.open(place, window);
            stage.note(watcher, Some(place), event.occurred.0, Some(event), Reason::Opened { held });
            if let Some(Some(bucket)) = stage.outcome.decisions.last_mut().map(|decision| &mut decision.bucket)
                && stage.trace
            {
                // What opens the window below 0 counts in it at once.
                bucket.count = bucket.count.max(0);
            }
        }
    }
    place
}

/// The slot whose window an event that opens none falls into.
fn find(watcher: &mut Watcher, stage: &mut Stage, event: &ReceivedEvent) -> Option<u32> {
    let occurred = event.occurred.0;
    let place = if watcher.holds {
        let place = watcher.slot_for(event);
        let held = Held { occurred, id: event.id, at: stage.now.0 };
        let (within, threshold) = (watcher.trigger.within, watcher.trigger.threshold);
        let is_new = held::hold(&mut watcher.buckets, place, held, within, threshold);
        let open = watcher.buckets.bucket(place).is_some();
        let reason = if is_new { Reason::HeldForWindow { open } } else { Reason::AlreadyHeld };
        stage.note(watcher, Some(place), occurred, Some(event), reason);
        if !open {
            // With a threshold of 0 not even this event is held.
            watcher.buckets.release(place);
        }
        Some(place).filter(|_| is_new && open)?
    } else {
        match watcher.slot_of(event).filter(|place| watcher.buckets.bucket(*place).is_some()) {
            Some(place) => place,
            None => {
                stage.note(watcher, None, occurred, Some(event), Reason::NoWindow);
                return None;
            }
        }
    };
    Some(place)
}
