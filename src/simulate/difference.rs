//! Firings of one play that another has not: of another version of the server, in another order, without waiting.

use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::Firing;

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
