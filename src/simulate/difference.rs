//! Firings that differ between two plays: with another version of the server, in another order, or without waiting.

use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::Firing;

/// The labels of a firing, sorted by name.
pub(super) type About<'f> = Vec<(&'f str, &'f str)>;

pub(super) fn about(firing: &Firing) -> About<'_> {
    step(firing.labels.len().saturating_add(1));
    let mut labels: About<'_> = firing.labels.iter().map(|(name, value)| (&**name, &**value)).collect();
    order::by_text(&mut labels, |(name, _)| name);
    labels
}

/// The properties that two equal firings share.
fn identity(firing: &Firing) -> (Instant, Option<Uuid>, About<'_>) {
    (firing.at, firing.event.as_ref().map(|event| event.id), about(firing))
}

/// The firings that are missing among others. Each of the others matches one.
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
