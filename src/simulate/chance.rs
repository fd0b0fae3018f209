//! Firings that depend on the order of events received at the same instant.

use serde::Serialize;

use crate::event::ReceivedEvent;
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;
use crate::trigger::{Firing, Options};

use super::difference::without;
use super::scenario::{Play, Scenario};

/// Firings that depend on the order of events received at the same instant. The server processes such events in random
/// order, with two consumers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ByChance {
    /// How many events were received at the same instant as another.
    pub events: usize,
    /// The firings that do not happen if these are evaluated in the opposite order.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub only_here: Vec<Firing>,
    /// The firings that happen only then.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub only_reversed: Vec<Firing>,
}

/// The events, sorted by time of receipt, with those of each instant in the opposite order.
pub(super) fn reversed(events: &[ReceivedEvent]) -> Vec<ReceivedEvent> {
    let groups = events.chunk_by(|one, next| one.received == next.received);
    groups.flat_map(|group| group.iter().rev()).cloned().collect()
}

/// The server's two consumers can evaluate events in another order that were received within this time (microseconds).
const BATCH: i64 = 10_000;

/// Another order of events that were received at almost the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BatchOrder {
    /// The opposite one.
    Opposite,
    /// That of their occurrence.
    Occurred,
    /// Neighbours change places: the first with the second, the third with the fourth.
    FromFirst,
    /// The second with the third, the fourth with the fifth.
    FromSecond,
}

impl BatchOrder {
    pub(crate) const ALL: [BatchOrder; 4] =
        [BatchOrder::Opposite, BatchOrder::Occurred, BatchOrder::FromFirst, BatchOrder::FromSecond];
}

/// The events, sorted by time of receipt, with those of each batch in another order. The times stay where they are.
pub(super) fn reordered(events: &[ReceivedEvent], order: BatchOrder) -> Vec<ReceivedEvent> {
    step(events.len());
    let mut first = events.first().map_or(Instant(0), |event| event.received);
    let batches = events.chunk_by(|_, next| {
        let is_same = next.received.since(first) <= BATCH;
        if !is_same {
            first = next.received;
        }
        is_same
    });
    let mut all: Vec<ReceivedEvent> = Vec::with_capacity(events.len());
    for batch in batches {
        let mut others = batch.to_vec();
        match order {
            BatchOrder::Opposite => others.reverse(),
            BatchOrder::Occurred => order::by_key(&mut others, &mut |event| event.occurred.sortable()),
            BatchOrder::FromFirst => swap(&mut others),
            BatchOrder::FromSecond => swap(others.get_mut(1..).unwrap_or_default()),
        }
        all.extend(others.into_iter().zip(batch).map(|(other, own)| ReceivedEvent { received: own.received, ..other }));
    }
    all
}

fn swap(events: &mut [ReceivedEvent]) {
    for pair in events.chunks_exact_mut(2) {
        pair.reverse();
    }
}

/// Plays a scenario once more, with the events of each instant in the opposite order. `None`: that changes nothing.
/// Orders in between are not tried.
pub(super) fn by_chance(scenario: &Scenario, play: Play, firings: &[Firing]) -> Option<ByChance> {
    step(scenario.events.len());
    let at_once = |group: &&[_]| group.len() > 1;
    let groups = || scenario.events.chunk_by(|one, next| one.received == next.received);
    let events = groups().filter(at_once).map(<[_]>::len).sum();
    if events == 0 {
        return None;
    }
    let reversed = reversed(&scenario.events);
    let played = play(&Scenario { events: reversed, ..scenario.clone() }, Options::default()).ok()?;
    let only = |some, others| without(some, others).into_iter().cloned().collect::<Vec<_>>();
    let (only_here, only_reversed) = (only(firings, &played.outcome.firings), only(&played.outcome.firings, firings));
    let differs = !only_here.is_empty() || !only_reversed.is_empty();
    differs.then_some(ByChance { events, only_here, only_reversed })
}
