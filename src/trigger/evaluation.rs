//! The evaluation of a bucket, with an event or without one.
//!
//! Source: `evaluate` of `server/events/triggers.py`.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::automation::{EventTrigger, Posture};
use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::time::Instant;

use super::bucket::{Bucket, Buckets, EventRef, SavedSlot, TickPhase};
use super::composite::{self, Tree};
use super::coverage::{AutomationCounts, Tally};
use super::decision::{BucketSnapshot, Decision, Firing, FiringSpan, Outcome, Phase, Reason, TriggerSummary};
use super::delayed::{Delays, SavedDelays};
use super::held;
use super::matching::{Interest, Matching};
use super::quirk::{self, Window};

/// An event trigger with its state.
pub(super) struct TriggerState {
    pub(super) summary: Rc<TriggerSummary>,
    /// Its position in the tree of its automation, and among its event triggers.
    pub(super) node: usize,
    pub(super) place: usize,
    pub(super) trigger: EventTrigger,
    pub(super) matching: Matching,
    pub(super) buckets: Buckets,
    /// Proactive: events that are too late.
    pub(super) delays: Delays,
    /// Proactive: the earliest time of the next evaluation.
    pub(super) next_run: Option<i64>,
    /// Proactive without `for_each`: the end of the window that was removed in the previous round of the loop.
    pub(super) removed: Option<TickPhase>,
    /// Whether it holds expected events for windows that open later.
    pub(super) holds: bool,
}

/// The saved state of an event trigger.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedTrigger {
    next_run: Option<i64>,
    removed: Option<TickPhase>,
    slots: Vec<SavedSlot>,
    delays: SavedDelays,
}

/// The context of an evaluation.
pub(super) struct EvaluationContext<'c> {
    pub(super) now: Instant,
    pub(super) phase: Phase,
    pub(super) trace: bool,
    /// Does what is intended instead of what the server does.
    pub(super) intended: bool,
    /// In a tick, the one before: the server's time, and that of the events clock.
    pub(super) previous: Option<(Instant, Instant)>,
    /// Events at their `after` overwrite the last event of a window (before Prefect 3.9).
    pub(super) after_overwrites: bool,
    pub(super) tree: &'c mut Tree,
    pub(super) outcome: &'c mut Outcome,
    /// How far events get, if requested.
    pub(super) coverage: Option<&'c mut AutomationCounts>,
}

impl EvaluationContext<'_> {
    /// The counts of a trigger.
    pub(super) fn tally(&mut self, place: usize) -> Option<&mut Tally> {
        self.coverage.as_mut()?.tallies.get_mut(place)
    }

    /// From one round of the server's loops to the next; 0 in the first.
    pub(super) fn period(&self) -> i64 {
        self.previous.map_or(0, |(previous, _)| self.now.since(previous))
    }

    /// Records a decision, if requested.
    pub(super) fn note(
        &mut self,
        state: &TriggerState,
        place: Option<u32>,
        as_of: i64,
        event: Option<&ReceivedEvent>,
        reason: Reason,
    ) {
        if let Some(tally) = self.tally(state.place) {
            let count = place.and_then(|place| state.buckets.bucket(place)).map(|bucket| bucket.count);
            tally.note(&reason, state.trigger.threshold, !state.is_reactive(), count);
        }
        if self.trace {
            let slot = place.and_then(|place| state.buckets.slot(place));
            let bucket = slot.and_then(|slot| slot.bucket.as_ref());
            let window = bucket.map(|bucket| Window {
                start: bucket.start,
                end: bucket.end,
                count: bucket.count,
                event: event
                    .map(|event| (event.occurred.0, state.matching.starts_after(&event.name)))
                    .or_else(|| Some((bucket.last_event.as_ref()?.occurred.0, false))),
            });
            self.outcome.add_decision(Decision {
                at: self.now,
                phase: self.phase,
                trigger: Some(state.summary.clone()),
                key: slot.map_or(Vec::new(), |slot| state.matching.labels(&slot.key)),
                event: event.map(EventRef::from),
                bucket: bucket.map(|bucket| snapshot(bucket, as_of)),
                quirk: window.and_then(|window| quirk::of(state, self, &reason, &window)),
                reason,
            });
        }
    }
}

pub(super) fn snapshot(bucket: &Bucket, as_of: i64) -> BucketSnapshot {
    BucketSnapshot {
        count: bucket.count,
        start: Instant(bucket.start),
        end: Instant(bucket.end),
        as_of: Instant(as_of),
    }
}

impl TickPhase {
    /// Of the window that follows one, which was over so long before.
    pub(super) fn next(self, late: i64, context: &EvaluationContext<'_>) -> TickPhase {
        match context.phase {
            Phase::Tick => {
                TickPhase { early: self.early.saturating_add(late), width: self.width.saturating_add(context.period()) }
            }
            // It begins with the event, or at the end of the previous one.
            _ if late > 0 => TickPhase::default(),
            _ => self,
        }
    }
}

impl TriggerState {
    pub(super) fn is_reactive(&self) -> bool {
        self.trigger.posture == Posture::Reactive
    }

    pub(super) fn save(&self, now: i64) -> SavedTrigger {
        SavedTrigger {
            next_run: self.next_run,
            removed: self.removed,
            slots: self.buckets.save(),
            delays: self.delays.save(now),
        }
    }

    /// Takes up a saved state. `false`: it is none of this trigger.
    pub(super) fn restore(&mut self, saved: SavedTrigger, texts: &mut EventReader) -> bool {
        (self.next_run, self.removed) = (saved.next_run, saved.removed);
        self.delays = Delays::restored(saved.delays, texts);
        saved.slots.into_iter().all(|slot| self.load(slot, texts))
    }

    /// Takes up a saved slot. `false`: it is none of this trigger, or there is one already.
    pub(super) fn load(&mut self, slot: SavedSlot, texts: &mut EventReader) -> bool {
        let hash = self.matching.hash_of(&slot.key);
        hash.is_some_and(|hash| self.buckets.restore(slot, hash, texts))
    }

    pub(super) fn has_after(&self) -> bool {
        !self.trigger.after.is_empty()
    }

    /// Whether the last round of the server's loop skipped it.
    pub(super) fn was_skipped(&self, context: &EvaluationContext<'_>) -> bool {
        self.next_run.zip(context.previous).is_some_and(|(next, (tick, _))| next > tick.0)
    }

    fn meets_threshold(&self, count: i64) -> bool {
        match self.trigger.posture {
            Posture::Reactive => count >= self.trigger.threshold,
            Posture::Proactive => count < self.trigger.threshold,
        }
    }

    /// How many held events are in a window.
    fn held(&self, place: u32, start: i64, end: i64) -> i64 {
        let held = self.buckets.slot(place).and_then(|slot| slot.held.as_ref());
        held.map_or(0, |held| held.count(start, end))
    }

    /// Opens a window or replaces one; returns how many held events it starts with.
    pub(super) fn open(&mut self, place: u32, bucket: Bucket) -> i64 {
        let held = self.held(place, bucket.start, bucket.end);
        self.buckets.set(place, Bucket { count: bucket.count.saturating_add(held), ..bucket });
        held::bucket_changed(&mut self.buckets, place);
        held
    }

    pub(super) fn close(&mut self, place: u32) {
        self.buckets.take(place);
        held::bucket_changed(&mut self.buckets, place);
        self.buckets.release(place);
    }

    pub(super) fn slot_of(&self, event: &ReceivedEvent) -> Option<u32> {
        self.buckets.find(self.matching.key_hash(event), |key| self.matching.is_key(event, key))
    }

    /// The slot of an event's key.
    pub(super) fn slot_for(&mut self, event: &ReceivedEvent) -> u32 {
        self.slot_of(event).unwrap_or_else(|| self.buckets.add(self.matching.key_hash(event), self.matching.key(event)))
    }

    /// The only slot of a trigger without `for_each`.
    pub(super) fn only_slot(&mut self) -> u32 {
        self.buckets.find(0, <[SharedText]>::is_empty).unwrap_or_else(|| self.buckets.add(0, Box::default()))
    }
}

/// Evaluates a bucket; returns the end of the window that is open afterwards. `interest`: of the event.
pub(super) fn evaluate(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    place: u32,
    now: i64,
    event: Option<(&ReceivedEvent, Interest)>,
) -> Option<i64> {
    let within = state.trigger.within;
    let reactive = state.is_reactive();
    let cause = event.map(|(event, _)| event);
    // An event after the window is tried again in the next one.
    let mut tries = 2_u8;
    loop {
        tries = tries.saturating_sub(1);
        let bucket = state.buckets.bucket(place)?;
        let (start, end, mut count, phase) = (bucket.start, bucket.end, bucket.count, bucket.phase);
        if now < start {
            context.note(state, Some(place), now, cause, Reason::BeforeWindow);
            return Some(end);
        }
        let inside = now < end;
        let mut unspent = cause;
        let mut previous = None;
        if let Some(event) = cause
            && (inside || (reactive && within == 0))
        {
            previous = state.buckets.increment(place, event.into());
            count = count.saturating_add(1);
            unspent = None;
        }
        let meets = state.meets_threshold(count);
        let fires = meets && (reactive || end <= now);
        if fires {
            fire(state, context, place, now, cause);
        } else if inside {
            if let Some((event, interest)) = event {
                if !reactive
                    && count == state.trigger.threshold
                    && let Some(tally) = context.tally(state.place)
                {
                    tally.answer(end.saturating_sub(now));
                }
                if !reactive && !meets && interest.starts_after && interest.expects {
                    return Some(move_window(state, context, place, event, previous));
                }
                note_count(state, context, place, event, interest, count);
            }
            return Some(end);
        }
        if state.has_after() {
            if !fires {
                context.note(state, Some(place), now, cause, Reason::Over);
            }
            state.close(place);
            // If the server does what is intended, an event that is too late for one window begins the next.
            let begins = context.intended && !reactive && unspent.is_some();
            if let Some((event, _)) = event.filter(|(_, interest)| begins && interest.starts_after) {
                let place = state.slot_for(event);
                let (start, end) = (event.occurred.0, event.occurred.0.saturating_add(within));
                let (last_event, phase) = (Some(event.into()), TickPhase::default());
                let held = state.open(place, Bucket { start, end, count: 0, last_event, phase });
                context.note(state, Some(place), start, Some(event), Reason::Opened { held });
                return Some(end);
            }
            return None;
        }
        if within == 0 {
            if fires {
                state.close(place);
            } else if let Some((event, interest)) = event {
                note_count(state, context, place, event, interest, count);
            }
            return None;
        }
        if !fires {
            context.note(state, Some(place), now, cause, Reason::Over);
        }
        let start = end.max(now);
        let phase = phase.next(start.saturating_sub(end), context);
        let end = start.saturating_add(within);
        let again = reactive && unspent.is_some() && tries > 0;
        let count = i64::from(unspent.is_some() && !again);
        state.open(place, Bucket { start, end, count, last_event: None, phase });
        context.note(state, Some(place), now, cause, Reason::Rolled);
        if !again {
            return Some(end);
        }
    }
}

/// Records nothing about the event that has just opened the window.
fn note_count(
    state: &TriggerState,
    context: &mut EvaluationContext<'_>,
    place: u32,
    event: &ReceivedEvent,
    interest: Interest,
    count: i64,
) {
    let opened = interest.starts_after && count == 0;
    if (context.trace || context.coverage.is_some()) && !opened {
        let disarmed = !state.is_reactive() && count >= state.trigger.threshold;
        let reason = if disarmed { Reason::Disarmed } else { Reason::Counted };
        context.note(state, Some(place), event.occurred.0, Some(event), reason);
    }
}

/// An event that is in `after` and `expect` restarts the window of a Proactive trigger once the threshold is met.
fn move_window(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    place: u32,
    event: &ReceivedEvent,
    previous: Option<EventRef>,
) -> i64 {
    let own = &state.matching;
    // An expected event that overtook this one stays the reason for a firing (Prefect 3.9).
    let kept = previous.filter(|previous| {
        !context.after_overwrites
            && own.expects(&previous.name)
            && !own.starts_after(&previous.name)
            && previous.occurred >= event.occurred
    });
    let start = event.occurred.0;
    let end = start.saturating_add(state.trigger.within);
    let last_event = Some(kept.unwrap_or_else(|| event.into()));
    let held = state.open(place, Bucket { start, end, count: 0, last_event, phase: TickPhase::default() });
    context.note(state, Some(place), start, Some(event), Reason::Moved { held });
    end
}

/// The range of times at which a server with another loop phase fires. `as_of`: the time that the evaluation uses.
fn span(state: &TriggerState, context: &EvaluationContext<'_>, bucket: &Bucket, as_of: i64) -> FiringSpan {
    let at = context.now.0;
    // The window is over, and a check is due.
    let over = bucket.end.saturating_add(at.saturating_sub(as_of));
    let next = state.next_run.map_or(over, |next| next.min(at));
    // The due time depends on the previous round.
    let (due, more) = if next > over {
        (next.saturating_sub(context.period()).max(over), context.period())
    } else {
        (over.min(at), 0)
    };
    let earliest = due.saturating_sub(bucket.phase.early);
    let latest = due.max(next).saturating_sub(bucket.phase.early).saturating_add(bucket.phase.width);
    let latest = latest.saturating_add(more).saturating_add(context.period());
    FiringSpan { earliest: Instant(earliest), latest: Instant(latest.max(at)) }
}

fn fire(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    place: u32,
    now: i64,
    event: Option<&ReceivedEvent>,
) {
    let Some((slot, bucket)) = state.buckets.slot(place).and_then(|slot| Some((slot, slot.bucket.as_ref()?))) else {
        return;
    };
    let cause = event.map(EventRef::from).or_else(|| bucket.last_event.clone());
    context.note(state, Some(place), now, event, Reason::Fired);
    if let Some(decision) = context.outcome.decisions.last_mut().filter(|_| context.trace) {
        decision.event.clone_from(&cause);
    }
    let mut firing = Firing {
        trigger: state.summary.clone(),
        at: context.now,
        phase: context.phase,
        labels: state.matching.labels(&slot.key),
        event: cause,
        bucket: Some(snapshot(bucket, now)),
        span: (context.phase == Phase::Tick).then(|| span(state, context, bucket, now)),
        children: Vec::new(),
        delayed: Vec::new(),
        if_silent: false,
    };
    if !state.is_reactive() {
        let (key, start, end) = (slot.key.clone(), bucket.start, bucket.end);
        firing.delayed = state.delays.fire(&key, start, end, context.now);
    }
    composite::fire(context, state.node, firing);
}
