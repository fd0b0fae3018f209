//! The firings by hour.

use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;

use super::result::HourCount;

const HOUR: i64 = 3_600_000_000;

/// Each hour with firings, ascending.
pub(super) fn hours(here: impl Iterator<Item = Instant>, recorded: impl Iterator<Item = Instant>) -> Vec<HourCount> {
    let mut counts: Map<i64, (usize, usize)> = Map::default();
    let begin = |at: Instant| at.0.saturating_sub(at.0.rem_euclid(HOUR));
    for at in here {
        let count = &mut counts.or_default(begin(at)).0;
        *count = count.saturating_add(1);
    }
    for at in recorded {
        let count = &mut counts.or_default(begin(at)).1;
        *count = count.saturating_add(1);
    }
    let mut hours: Vec<HourCount> = counts
        .iter()
        .map(|(hour, (here, recorded))| HourCount { hour: Instant(*hour), here: *here, recorded: *recorded })
        .collect();
    step(hours.len());
    order::by_key(&mut hours, &mut |count| count.hour.sortable());
    hours
}
