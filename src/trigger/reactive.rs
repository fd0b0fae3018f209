//! An event arrives at a trigger.
//!
//! Source: `reactive_evaluation` of `server/events/triggers.py`.

use uuid::Uuid;

use crate::event::ReceivedEvent;

use super::bucket::{Bucket, EventRef, TickPhase};
use super::decision::Reason;
use super::delayed::{DelayedEvent, LateEvent};
use super::evaluation::{EvaluationContext, TriggerState, evaluate};
use super::held::{self, Held};
use super::matching::Interest;
use super::ordering::LOOKBACK;

/// Evaluates an event whose name interests the trigger.
pub(super) fn react(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    event: &ReceivedEvent,
    interest: Interest,
) {
    let is_covered = state.matching.covers_resources(event);
    if let Some(tally) = context.tally(state.place) {
        tally.see(&state.matching, event, interest, is_covered);
    }
    if !is_covered {
        return;
    }
    if interest.expects && !state.is_reactive() {
        note_delay(state, context, event);
    }
    let occurred = event.occurred.0;
    let end = occurred.saturating_add(state.trigger.within);
    let window = |start: i64, count: i64| Bucket {
        start,
        end,
        count,
        last_event: Some(event.into()),
        phase: TickPhase::default(),
    };
    let place = if interest.starts_after {
        // An event that is also expected opens the window and counts in it: the sum is 0.
        ensure(state, context, event, window(occurred, if interest.expects { -1 } else { 0 }))
    } else if !state.has_after() && interest.expects {
        // The first window reaches back, for events out of order.
        ensure(state, context, event, window(occurred.saturating_sub(LOOKBACK), 0))
    } else {
        if !interest.expects {
            return;
        }
        let Some(place) = find(state, context, event) else { return };
        place
    };
    if interest.expects {
        evaluate(state, context, place, occurred, Some((event, interest)));
    }
}

/// An event whose name interests the trigger waits for the one that it follows.
pub(super) fn wait(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    event: &ReceivedEvent,
    interest: Interest,
    leader: Uuid,
) {
    if !state.matching.covers_resources(event) {
        return;
    }
    context.outcome.waited = context.outcome.waited.saturating_add(1);
    if interest.expects && !state.is_reactive() {
        state.delays.wait(state.matching.key(event), event, leader);
    }
}

/// An expected event is evaluated: it stops waiting, and may be too late for a window that has fired.
fn note_delay(state: &mut TriggerState, context: &mut EvaluationContext<'_>, event: &ReceivedEvent) {
    let waited = event.follows.is_some() && state.delays.has_waiting();
    let late = state.delays.may_be_late(event.occurred);
    if !waited && !late {
        return;
    }
    let key = state.matching.key(event);
    if waited {
        state.delays.remove(&key, event);
    }
    if let Some(fired) = state.delays.missed(&key, event, context.now).filter(|_| late) {
        context.outcome.add_late(LateEvent {
            trigger: state.summary.clone(),
            labels: state.matching.labels(&key),
            fired,
            event: DelayedEvent { event: event.into(), received: event.received, waits_for: None, absent: None },
        });
    }
}

/// Opens a window, unless one is open.
fn ensure(state: &mut TriggerState, context: &mut EvaluationContext<'_>, event: &ReceivedEvent, window: Bucket) -> u32 {
    let place = state.slot_for(event);
    if let Some(bucket) = state.buckets.slot_mut(place).and_then(|slot| slot.bucket.as_mut()) {
        if context.after_overwrites {
            bucket.last_event = Some(EventRef::from(event));
        }
    } else {
        let held = state.open(place, window);
        context.note(state, Some(place), event.occurred.0, Some(event), Reason::Opened { held });
        if let Some(Some(bucket)) = context.outcome.decisions.last_mut().map(|decision| &mut decision.bucket)
            && context.trace
        {
            // An event that opens a window below 0 counts in it immediately.
            bucket.count = bucket.count.max(0);
        }
    }
    place
}

/// The slot with the window for an event that opens none.
fn find(state: &mut TriggerState, context: &mut EvaluationContext<'_>, event: &ReceivedEvent) -> Option<u32> {
    let occurred = event.occurred.0;
    let place = if state.holds {
        let place = state.slot_for(event);
        let held = Held { occurred, id: event.id, at: context.now.0 };
        let (within, threshold) = (state.trigger.within, state.trigger.threshold);
        let is_new = held::hold(&mut state.buckets, place, &held, within, threshold);
        let open = state.buckets.bucket(place).is_some();
        let reason = if is_new { Reason::HeldForWindow { open } } else { Reason::AlreadyHeld };
        context.note(state, Some(place), occurred, Some(event), reason);
        if !open {
            // With a threshold of 0 not even this event is held.
            state.buckets.release(place);
        }
        Some(place).filter(|_| is_new && open)?
    } else {
        let open = state.slot_of(event).filter(|place| state.buckets.bucket(*place).is_some());
        if open.is_none() {
            context.note(state, None, occurred, Some(event), Reason::NoWindow);
        }
        open?
    };
    Some(place)
}
