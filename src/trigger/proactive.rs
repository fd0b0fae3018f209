//! The passing of time: evaluates the buckets of Proactive triggers without an event, and sweeps those that are over.
//!
//! Source: `evaluate_proactive_triggers`, `proactive_evaluation`, `read_buckets_for_automation` and
//! `sweep_closed_buckets` of `server/events/triggers.py`.

use crate::event::SharedText;
use crate::json::write::string;
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;

use super::bucket::{Bucket, Buckets, TickPhase};
use super::decision::Reason;
use super::evaluation::{EvaluationContext, TriggerState, evaluate};

/// How many buckets the server reads per batch.
const BATCH_SIZE: usize = 500;

/// How many windows that are not over can decide when a trigger is evaluated next: the first of them, behind at most one
/// batch that is skipped. They also show that there is more than one batch.
pub(super) const LOOKED_AHEAD: usize = BATCH_SIZE + 1;

/// Evaluates a Proactive trigger; returns when to evaluate it next. `paged`: like the server, which skips as many
/// buckets as it has removed from earlier batches.
pub(super) fn evaluate_proactively(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    as_of: i64,
    paged: bool,
) -> i64 {
    let latest = as_of.saturating_add(state.trigger.within);
    // The server also opens it where only an event of `after` should.
    if state.trigger.for_each.is_empty() && !(context.intended && state.has_after()) {
        let place = state.only_slot();
        if state.buckets.bucket(place).is_none() {
            // It follows one that was removed in the previous round of the loop.
            let late = state.next_run.map_or(0, |due| context.now.0.saturating_sub(due)).max(0);
            let phase = state.removed.take().map_or_else(TickPhase::default, |phase| phase.next(late, context));
            let held = state.open(place, Bucket { start: as_of, end: latest, count: 0, last_event: None, phase });
            context.note(state, Some(place), as_of, None, Reason::Opened { held });
        }
    }
    let only = state.trigger.for_each.is_empty().then(|| state.only_slot());
    let before = only.and_then(|place| state.buckets.bucket(place)).map(|bucket| (bucket.end, bucket.phase));
    for place in state.buckets.take_reached() {
        context.note(state, Some(place), as_of, None, Reason::Satisfied);
        state.close(place);
    }
    // The remaining ones have not reached the threshold: they fire, if they are over.
    let count = state.buckets.len();
    let ended = state.buckets.pop_ended(as_of);
    let next = if ended.is_empty() || count <= BATCH_SIZE || !paged {
        for place in in_order(&state.buckets, ended) {
            evaluate(state, context, place, as_of, None);
        }
        state.buckets.first().map(|(end, _)| end)
    } else if state.has_after() {
        shrinking_batches(state, context, as_of, ended)
    } else {
        rolling_batches(state, context, as_of, ended)
    };
    if let (Some(place), Some((end, phase))) = (only, before)
        && state.buckets.bucket(place).is_none()
    {
        let known = if end <= as_of { end } else { i64::MIN };
        let due = state.next_run.map_or(context.now.0, |next| next.max(known).min(context.now.0));
        state.removed = Some(phase.next(context.now.0.saturating_sub(due).max(0), context));
    }
    next.filter(|end| *end > as_of).map_or(latest, |end| end.min(latest))
}

/// The batches of a trigger whose buckets are removed when they fire. All have the same length, so those that are over
/// come first; after a batch that was removed completely, the next batch skips the same number again.
fn shrinking_batches(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    as_of: i64,
    ended: Vec<u32>,
) -> Option<i64> {
    let ended = in_order(&state.buckets, ended);
    let mut place_in_batch = 0_usize;
    for place in ended {
        if place_in_batch < BATCH_SIZE {
            evaluate(state, context, place, as_of, None);
        } else {
            state.buckets.put_back(place);
        }
        place_in_batch = place_in_batch.saturating_add(1).checked_rem(BATCH_SIZE.saturating_mul(2)).unwrap_or_default();
    }
    // The first one read that is not over decides when to run again. If all are skipped, none is read.
    let mut skipped =
        if place_in_batch < BATCH_SIZE { 0 } else { BATCH_SIZE.saturating_mul(2).saturating_sub(place_in_batch) };
    let mut left = Vec::new();
    let mut next = None;
    while let Some((end, place)) = state.buckets.pop() {
        left.push(place);
        if end <= as_of {
            continue;
        }
        if skipped == 0 {
            next = Some(end);
            break;
        }
        skipped = skipped.saturating_sub(1);
    }
    for place in left {
        state.buckets.put_back(place);
    }
    next
}

/// The batches of a trigger whose buckets restart when they fire: they move to the end of the order.
fn rolling_batches(
    state: &mut TriggerState,
    context: &mut EvaluationContext<'_>,
    as_of: i64,
    ended: Vec<u32>,
) -> Option<i64> {
    for place in ended {
        state.buckets.put_back(place);
    }
    // The order of the keys stays the same; only the starts change.
    let places = by_key(&state.buckets, state.buckets.places().collect());
    let mut order = by_start(&state.buckets, places.clone());
    let (mut offset, mut next) = (0_usize, None::<i64>);
    loop {
        let batch: Vec<u32> = order.iter().skip(offset).take(BATCH_SIZE).copied().collect();
        if batch.is_empty() {
            return next;
        }
        let mut rolled = false;
        step(batch.len());
        for place in batch {
            let Some(end) = state.buckets.bucket(place).map(|bucket| bucket.end) else { continue };
            if end <= as_of {
                evaluate(state, context, place, as_of, None);
                rolled = true;
            } else {
                next = Some(next.map_or(end, |next| next.min(end)));
            }
        }
        if rolled {
            order = by_start(&state.buckets, places.clone());
        }
        offset = offset.saturating_add(BATCH_SIZE);
    }
}

/// In the database's order: by their starts, then by the texts of their keys.
fn in_order(buckets: &Buckets, places: Vec<u32>) -> Vec<u32> {
    let places = by_start(buckets, places);
    if places.is_sorted_by(|a, b| start(buckets, *a) < start(buckets, *b)) {
        return places;
    }
    by_start(buckets, by_key(buckets, places))
}

fn start(buckets: &Buckets, place: u32) -> u64 {
    buckets.bucket(place).map_or(0, |bucket| Instant(bucket.start).sortable())
}

/// Buckets with the same start keep their order.
fn by_start(buckets: &Buckets, mut places: Vec<u32>) -> Vec<u32> {
    order::by_key(&mut places, &mut |place| start(buckets, *place));
    places
}

/// By the texts of the keys.
fn by_key(buckets: &Buckets, mut places: Vec<u32>) -> Vec<u32> {
    let mut texts: Vec<String> = Vec::with_capacity(places.len());
    for place in &places {
        texts.push(key_text(buckets.slot(*place).map(|slot| &*slot.key).unwrap_or_default()));
    }
    let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    order::arrange(&mut places, order::order_of_texts(&texts));
    places
}

/// The text of a key in the database.
pub(crate) fn key_text<'k>(key: impl IntoIterator<Item = &'k SharedText>) -> String {
    let mut text = String::new();
    for label in key {
        text.push_str(if text.is_empty() { "" } else { ", " });
        step(label.len());
        string(&mut text, label);
    }
    text
}

/// Removes the buckets of a trigger that have ended by a time, whatever they contain.
pub(super) fn sweep(state: &mut TriggerState, context: &mut EvaluationContext<'_>, older_than: i64) {
    for place in state.buckets.pop_ended(older_than) {
        context.note(state, Some(place), older_than, None, Reason::Swept);
        state.close(place);
    }
}
