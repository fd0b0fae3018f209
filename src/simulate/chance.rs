//! Firings that depend on the order of events received at the same instant.

use serde::Serialize;

use crate::event::ReceivedEvent;
use crate::text::steps::step;
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
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
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
