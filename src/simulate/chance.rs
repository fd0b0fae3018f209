//! Firings of one play that another has not: those of another version of the server, and those that hang on the order of
//! events which are received at the same instant.

use serde::Serialize;
use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::{Firing, Options};

use super::scenario::{Play, Scenario};

/// Labels in the order of their names: what a firing is about.
pub(super) type About<'f> = Vec<(&'f str, &'f str)>;

pub(super) fn about(firing: &Firing) -> About<'_> {
    step(firing.labels.len().saturating_add(1));
    let mut labels: About<'_> = firing.labels.iter().map(|(name, value)| (&**name, &**value)).collect();
    order::by_text(&mut labels, |(name, _)| name);
    labels
}

/// What is the same in two firings that do not differ.
fn identity(firing: &Firing) -> (Instant, Option<Uuid>, About<'_>) {
    (firing.at, firing.event.as_ref().map(|event| event.id), about(firing))
}

/// Those of some firings that others have not. Each of the others stands for one.
pub(super) fn without<'f>(some: &'f [Firing], others: &[Firing]) -> Vec<&'f Firing> {
    let mut left: Map<_, usize> = Map::default();
    for other in others {
        let count = left.or_default(identity(other));
        *count = count.saturating_add(1);
    }
    let mut missing = Vec::new();
    for firing in some {
        match left.get_mut(&identity(firing)) {
            Some(count) if *count > 0 => *count = count.saturating_sub(1),
            _ => missing.push(firing),
        }
    }
    missing
}

/// Firings that hang on the order of events which are received at the same instant. The server leaves it to chance: two
/// consumers take them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ByChance {
    /// How many events are received at the same instant as another.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub events: usize,
    /// The firings that do not come if these are evaluated in the opposite order.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub only_here: Vec<Firing>,
    /// Those that come only then.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub only_reversed: Vec<Firing>,
}

/// Plays a scenario once more, with the events of each instant in the opposite order. `None`: that changes nothing. Orders
/// in between are not tried.
pub(super) fn by_chance(scenario: &Scenario, play: Play, firings: &[Firing]) -> Option<ByChance> {
    step(scenario.events.len());
    let at_once = |group: &&[_]| group.len() > 1;
    let groups = || scenario.events.chunk_by(|one, next| one.received == next.received);
    let events = groups().filter(at_once).map(<[_]>::len).sum();
    if events == 0 {
        return None;
    }
    let reversed = groups().flat_map(|group| group.iter().rev()).cloned().collect();
    let played = play(&Scenario { events: reversed, ..scenario.clone() }, Options::default()).ok()?;
    let only = |some, others| without(some, others).into_iter().cloned().collect::<Vec<_>>();
    let (only_here, only_reversed) = (only(firings, &played.outcome.firings), only(&played.outcome.firings, firings));
    let differs = !only_here.is_empty() || !only_reversed.is_empty();
    differs.then_some(ByChance { events, only_here, only_reversed })
}
